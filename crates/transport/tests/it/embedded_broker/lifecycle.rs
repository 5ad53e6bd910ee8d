//! Starting, stopping, and many at once.

use connector_transport::embedded::{Broker, BrokerError};
use rumqttc::v5::mqttbytes::v5::PubAckReason;
use tokio::task::JoinSet;

use crate::support::{Client, TestBroker, control_out};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_port_is_reported_with_its_address() {
    let running = TestBroker::start().await;
    let mut options = running.options.clone();
    options.device_listener = running.broker.device_addr();
    let busy = Broker::start(options.clone()).await.err();
    assert!(
        matches!(busy, Some(BrokerError::AddressInUse { address }) if address == options.device_listener),
        "{busy:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_certificate_is_an_error_and_not_a_panic() {
    let mut options = TestBroker::start().await.options.clone();
    options.certificates.device_ca = "/nonexistent/ca.pem".into();
    assert!(matches!(
        Broker::start(options).await.err(),
        Some(BrokerError::Certificates { .. })
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_the_broker_cannot_run_with_are_named() {
    let options = TestBroker::start().await.options.clone();
    let mut ambiguous = options.clone();
    ambiguous.service_names = vec!["api".into(), "api-consumer".into()];
    let mut wild = options.clone();
    wild.topic_prefix = "redhat/+".into();
    let mut tiny = options;
    tiny.max_packet_size = 100;
    for (options, named) in [
        (ambiguous, "service_names"),
        (wild, "topic_prefix"),
        (tiny, "max_packet_size"),
    ] {
        let refused = Broker::start(options).await.err();
        assert!(
            matches!(refused, Some(BrokerError::InvalidOption { option, .. }) if option == named),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_broker_ends_its_connections_and_frees_its_ports() {
    let mut running = TestBroker::start().await;
    let (mut consumer, mut device) = (running.consumer().await, running.device("d1").await);
    let mut options = running.options.clone();
    options.device_listener = running.broker.device_addr();
    options.service_listener = running.broker.service_addr();

    running.broker.stop().await;
    consumer.closed().await;
    device.closed().await;

    running.broker = Broker::start(options).await.unwrap();
    let mut consumer = running.consumer().await;
    assert!(
        !consumer.session_present,
        "sessions are kept in memory only"
    );
    running
        .device("d1")
        .await
        .publish(&control_out("d1"), "again")
        .await;
    assert_eq!(consumer.text().await, "again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_fleet_that_connects_at_once_gets_in() {
    const DEVICES: usize = 200;
    let broker = TestBroker::start().await;
    let mut connecting = JoinSet::new();
    for device in 0..DEVICES {
        let name = format!("d{device}");
        let (port, tls) = (broker.device_port(), broker.device_tls(&name));
        connecting.spawn(async move {
            let mut client = Client::connect(&name, port, tls, |_| {}).await.unwrap();
            assert_eq!(
                client.publish(&control_out(&name), "here").await,
                PubAckReason::Success
            );
            client
        });
    }
    assert_eq!(connecting.join_all().await.len(), DEVICES);
}
