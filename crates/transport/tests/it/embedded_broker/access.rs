//! Who gets in, and who may use which topic.

use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, LastWill, PubAckReason, SubscribeReasonCode};
use rumqttc::{
    ConnectReturnCode as ConnectReturnCode311, SubscribeReasonCode as SubscribeReasonCode311,
};

use crate::support::{
    API, CONSUMER, Client, Client311, Refused, TestBroker, control_in, control_out,
};

const NOT_AUTHORIZED: Refused = Refused::ByBroker(ConnectReturnCode::NotAuthorized);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_claims_another_ones_client_id_is_refused_and_the_other_stays_connected() {
    let broker = TestBroker::start().await;
    let mut victim = broker.device("d1").await;
    victim.subscribe(&control_in("d1")).await.unwrap();

    let attempt =
        Client::connect("d1", broker.device_port(), broker.device_tls("d2"), |_| {}).await;
    let attempt_311 =
        Client311::connect("d1", broker.device_port(), broker.device_tls("d2"), None).await;

    assert_eq!(attempt.err(), Some(NOT_AUTHORIZED));
    assert_eq!(
        attempt_311.err(),
        Some(Some(ConnectReturnCode311::NotAuthorized))
    );
    assert_eq!(
        broker
            .api()
            .await
            .publish(&control_in("d1"), "still there?")
            .await,
        PubAckReason::Success
    );
    assert_eq!(victim.text().await, "still there?");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_cannot_connect_as_the_consumer_and_take_its_session() {
    let broker = TestBroker::start().await;
    broker.consumer().await.leave().await;
    let mut device = broker.device("d1").await;
    device.publish(&control_out("d1"), "kept").await;

    for common_name in [CONSUMER, "d2"] {
        let attempt = Client::connect(
            CONSUMER,
            broker.device_port(),
            broker.device_tls(common_name),
            |_| {},
        )
        .await;
        assert_eq!(
            attempt.err(),
            Some(NOT_AUTHORIZED),
            "with the certificate of {common_name}"
        );
    }

    let mut consumer = broker.consumer().await;
    assert!(consumer.session_present);
    assert_eq!(consumer.text().await, "kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_certificate_opens_nothing_on_the_service_listener_nor_the_reverse() {
    let broker = TestBroker::start().await;
    let as_service = Client::connect(
        CONSUMER,
        broker.service_port(),
        broker.device_tls(CONSUMER),
        |_| {},
    )
    .await;
    let as_device =
        Client::connect("d1", broker.device_port(), broker.service_tls("d1"), |_| {}).await;
    assert_eq!(as_service.err(), Some(Refused::Closed));
    assert_eq!(as_device.err(), Some(Refused::Closed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_certificate_nobody_connects() {
    let broker = TestBroker::start().await;
    for port in [broker.device_port(), broker.service_port()] {
        assert_eq!(
            Client::connect("d1", port, broker.tls(None), |_| {})
                .await
                .err(),
            Some(Refused::Closed)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_connects_as_itself_or_an_instance_of_itself() {
    let broker = TestBroker::start().await;
    for client_id in [API, "api-host-7"] {
        assert!(
            Client::connect(
                client_id,
                broker.service_port(),
                broker.service_tls(API),
                |_| {}
            )
            .await
            .is_ok(),
            "{client_id}"
        );
    }
    let as_other = Client::connect(
        CONSUMER,
        broker.service_port(),
        broker.service_tls(API),
        |_| {},
    )
    .await;
    let unknown = Client::connect(
        "d1",
        broker.service_port(),
        broker.service_tls("d1"),
        |_| {},
    )
    .await;
    assert_eq!(as_other.err(), Some(NOT_AUTHORIZED));
    assert_eq!(unknown.err(), Some(NOT_AUTHORIZED));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_device_publishes_for_another_reaches_nobody() {
    let broker = TestBroker::start().await;
    let mut consumer = broker.consumer().await;
    let mut victim = broker.device("d1").await;
    victim.subscribe(&control_in("d1")).await.unwrap();
    let mut device = broker.device("d2").await;
    let mut device_311 =
        Client311::connect("d3", broker.device_port(), broker.device_tls("d3"), None)
            .await
            .unwrap();

    assert_eq!(
        device.publish(&control_out("d1"), "forged").await,
        PubAckReason::NotAuthorized
    );
    assert_eq!(
        device.publish(&control_in("d1"), "forged").await,
        PubAckReason::NotAuthorized
    );
    assert!(
        device_311.publish(&control_out("d1"), "forged").await,
        "3.1.1 cannot say no"
    );

    device.publish(&control_out("d2"), "own").await;
    device_311.publish(&control_out("d3"), "own").await;
    assert_eq!(
        [consumer.text().await, consumer.text().await],
        ["own", "own"]
    );
    broker
        .api()
        .await
        .publish(&control_in("d1"), "genuine")
        .await;
    assert_eq!(victim.text().await, "genuine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_cannot_listen_to_another_or_to_all() {
    let broker = TestBroker::start().await;
    let mut device = broker.device("d2").await;
    for filter in [
        "redhat/insights/d1/control/in",
        "redhat/insights/+/control/in",
        "redhat/insights/#",
        "#",
        "$SYS/#",
    ] {
        assert_eq!(
            device.subscribe(filter).await,
            Err(SubscribeReasonCode::NotAuthorized),
            "{filter}"
        );
    }
    assert!(
        device
            .subscribe("$share/g/redhat/insights/d2/control/in")
            .await
            .is_err()
    );
    assert!(device.subscribe(&control_in("d2")).await.is_ok());

    let mut device_311 =
        Client311::connect("d3", broker.device_port(), broker.device_tls("d3"), None)
            .await
            .unwrap();
    assert_eq!(
        device_311.subscribe(&control_in("d1")).await,
        SubscribeReasonCode311::Failure
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_whose_will_is_for_another_device_is_refused() {
    let broker = TestBroker::start().await;
    let will = LastWill::new(
        control_out("d1"),
        "forged",
        rumqttc::v5::mqttbytes::QoS::AtLeastOnce,
        false,
        None,
    );
    let attempt = Client::connect(
        "d2",
        broker.device_port(),
        broker.device_tls("d2"),
        |options| {
            options.set_last_will(will);
        },
    )
    .await;
    assert_eq!(attempt.err(), Some(NOT_AUTHORIZED));
}
