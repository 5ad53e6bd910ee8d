//! MQTT 3.1.1: no reasons, no properties, no receive maximum.

use bytes::Bytes;
use connector_domain::port::PublishOutcome;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, EventLoop, MqttOptions, Outgoing, Packet,
    Publish, QoS, SubAck, SubscribeFilter, SubscribeReasonCode,
};

use super::super::settings::Endpoint;
use super::super::tls;
use super::{Event, Lost, NotTaken, Purpose, Welcome, request_capacity};

pub(super) fn open(endpoint: &Endpoint, purpose: Purpose) -> (AsyncClient, EventLoop) {
    let settings = &endpoint.settings;
    let packet = usize::try_from(settings.max_packet_size).unwrap_or(usize::MAX);
    let mut options = MqttOptions::new(&settings.client_id, &endpoint.address, endpoint.port);
    options
        .set_transport(endpoint.transport.clone())
        .set_keep_alive(settings.keep_alive)
        .set_max_packet_size(packet, packet);
    if let Some(username) = &settings.username {
        options.set_credentials(username, settings.password.as_deref().unwrap_or_default());
    }
    match purpose {
        Purpose::Receive { .. } => {
            options.set_clean_session(false).set_manual_acks(true);
        }
        Purpose::Send { in_flight } => {
            options
                .set_clean_session(true)
                .set_inflight(in_flight.max(1));
        }
    }
    let (client, mut event_loop) = AsyncClient::new(options, request_capacity(purpose));
    let mut network = event_loop.network_options();
    network.set_tcp_nodelay(true);
    network.set_connection_timeout(settings.connect_timeout.as_secs().max(1));
    event_loop.set_network_options(network);
    (client, event_loop)
}

pub(super) async fn poll(event_loop: &mut EventLoop) -> Result<Event, Lost> {
    let event = event_loop.poll().await.map_err(lost)?;
    if matches!(event, rumqttc::Event::Incoming(_)) {
        // It is alive: the answer to our ping may be behind any number of deliveries.
        event_loop.state.await_pingresp = false;
    }
    Ok(event_of(event))
}

fn event_of(event: rumqttc::Event) -> Event {
    match event {
        rumqttc::Event::Incoming(Packet::ConnAck(welcome)) => Event::Connected(Welcome {
            session_present: welcome.session_present,
            receive_maximum: None,
            max_packet: None,
            keep_alive: None,
        }),
        rumqttc::Event::Incoming(Packet::Publish(publish)) => Event::Delivered {
            packet_id: packet_id(&publish),
            // Set only on what is sent because of a new subscription (MQTT 3.1.1, 3.3.1.3).
            retained: publish.retain,
            // Some brokers send again what is not acknowledged for a while.
            repeated: publish.dup,
            topic: publish.topic,
            payload: publish.payload,
        },
        rumqttc::Event::Incoming(Packet::SubAck(answer)) => Event::Subscribed(subscribed(&answer)),
        rumqttc::Event::Incoming(Packet::PubAck(answer)) => {
            Event::Answered(answer.pkid, PublishOutcome::Acknowledged)
        }
        rumqttc::Event::Outgoing(Outgoing::Publish(packet_id)) => Event::Sent(packet_id),
        rumqttc::Event::Outgoing(Outgoing::PubAck(_)) => Event::Acknowledged,
        rumqttc::Event::Outgoing(Outgoing::PingReq) => Event::Alive,
        rumqttc::Event::Outgoing(Outgoing::Disconnect) => Event::Left,
        _ => Event::Other,
    }
}

fn packet_id(publish: &Publish) -> u16 {
    match publish.qos {
        QoS::AtMostOnce => 0,
        QoS::AtLeastOnce | QoS::ExactlyOnce => publish.pkid,
    }
}

fn subscribed(answer: &SubAck) -> Result<(), String> {
    if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
        return Err("subscription: Failure".to_owned());
    }
    Ok(())
}

fn lost(error: ConnectionError) -> Lost {
    match error {
        ConnectionError::ConnectionRefused(
            code @ (ConnectReturnCode::RefusedProtocolVersion
            | ConnectReturnCode::BadClientId
            | ConnectReturnCode::BadUserNamePassword
            | ConnectReturnCode::NotAuthorized),
        ) => Lost::Refused(format!("{code:?}")),
        ConnectionError::Tls(error) if tls::is_refusal(&error) => Lost::Refused(error.to_string()),
        error => Lost::Broken(error.to_string()),
    }
}

pub(super) fn publish(client: &AsyncClient, topic: &str, payload: Bytes) -> Result<(), NotTaken> {
    client
        .try_publish(topic, QoS::AtLeastOnce, false, payload)
        .map_err(|_| NotTaken)
}

pub(super) fn acknowledge(client: &AsyncClient, packet_id: u16) -> Result<(), NotTaken> {
    let mut delivery = Publish::from_bytes("", QoS::AtLeastOnce, Bytes::new());
    delivery.pkid = packet_id;
    client.try_ack(&delivery).map_err(|_| NotTaken)
}

pub(super) fn subscribe(client: &AsyncClient, filters: &[String]) -> Result<(), NotTaken> {
    let filters = filters
        .iter()
        .map(|filter| SubscribeFilter::new(filter.clone(), QoS::AtLeastOnce));
    client.try_subscribe_many(filters).map_err(|_| NotTaken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_broker_kept_from_before_is_told_from_what_is_new() {
        for retain in [true, false] {
            let mut publish = Publish::new("t", QoS::AtLeastOnce, "x");
            publish.retain = retain;
            let event = event_of(rumqttc::Event::Incoming(Packet::Publish(publish)));
            assert!(
                matches!(event, Event::Delivered { retained, .. } if retained == retain),
                "{event:?}"
            );
        }
    }
}
