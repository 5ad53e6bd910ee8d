//! MQTT 5.

use std::time::Duration;

use bytes::Bytes;
use connector_domain::port::PublishOutcome;
use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnAck, ConnectReturnCode, DisconnectReasonCode, Filter, Packet, PubAck, PubAckReason,
    Publish, RetainForwardRule, SubAck, SubscribeReasonCode,
};
use rumqttc::v5::{AsyncClient, ConnectionError, EventLoop, MqttOptions, StateError};

use super::super::settings::Endpoint;
use super::super::tls;
use super::{Event, Lost, NotTaken, Purpose, Welcome, request_capacity};

pub(super) fn open(endpoint: &Endpoint, purpose: Purpose) -> (AsyncClient, EventLoop) {
    let settings = &endpoint.settings;
    let mut options = MqttOptions::new(&settings.client_id, &endpoint.address, endpoint.port);
    let mut network = options.network_options();
    network.set_tcp_nodelay(true);
    options
        .set_transport(endpoint.transport.clone())
        .set_network_options(network)
        .set_keep_alive(settings.keep_alive)
        .set_connection_timeout(settings.connect_timeout.as_secs().max(1))
        .set_max_packet_size(Some(settings.max_packet_size));
    if let Some(username) = &settings.username {
        options.set_credentials(username, settings.password.as_deref().unwrap_or_default());
    }
    match purpose {
        Purpose::Receive {
            receive_maximum,
            session_expiry,
        } => {
            let seconds = u32::try_from(session_expiry.as_secs()).unwrap_or(u32::MAX);
            options
                .set_clean_start(false)
                .set_manual_acks(true)
                .set_session_expiry_interval(Some(seconds))
                .set_receive_maximum(Some(receive_maximum))
                .set_outgoing_inflight_upper_limit(1);
        }
        Purpose::Send { in_flight } => {
            options
                .set_clean_start(true)
                .set_outgoing_inflight_upper_limit(in_flight);
        }
    }
    AsyncClient::new(options, request_capacity(purpose))
}

pub(super) async fn poll(event_loop: &mut EventLoop) -> Result<Event, Lost> {
    let keep_alive = event_loop.options.keep_alive();
    let event = event_loop.poll().await.map_err(lost)?;
    if event_loop.options.keep_alive().is_zero() {
        // The broker wants none; the client would take that as a ping without pause.
        event_loop.options.set_keep_alive(keep_alive);
    }
    if matches!(event, rumqttc::v5::Event::Incoming(_)) {
        // It is alive: the answer to our ping may be behind any number of deliveries.
        event_loop.state.await_pingresp = false;
    }
    Ok(event_of(event))
}

fn event_of(event: rumqttc::v5::Event) -> Event {
    match event {
        rumqttc::v5::Event::Incoming(Packet::ConnAck(welcome)) => {
            Event::Connected(welcome_of(&welcome))
        }
        rumqttc::v5::Event::Incoming(Packet::Publish(publish)) => Event::Delivered {
            topic: String::from_utf8_lossy(&publish.topic).into_owned(),
            packet_id: packet_id(&publish),
            retained: publish.retain,
            // Only after a reconnect (MQTT 5, 4.4): what has the mark then is new to the connection.
            repeated: false,
            payload: publish.payload,
        },
        rumqttc::v5::Event::Incoming(Packet::SubAck(answer)) => {
            Event::Subscribed(subscribed(&answer))
        }
        rumqttc::v5::Event::Incoming(Packet::PubAck(answer)) => {
            Event::Answered(answer.pkid, outcome(&answer))
        }
        rumqttc::v5::Event::Outgoing(Outgoing::Publish(packet_id)) => Event::Sent(packet_id),
        rumqttc::v5::Event::Outgoing(Outgoing::PubAck(_)) => Event::Acknowledged,
        rumqttc::v5::Event::Outgoing(Outgoing::PingReq) => Event::Alive,
        rumqttc::v5::Event::Outgoing(Outgoing::Disconnect) => Event::Left,
        _ => Event::Other,
    }
}

fn welcome_of(welcome: &ConnAck) -> Welcome {
    let properties = welcome.properties.as_ref();
    let keep_alive = properties.and_then(|properties| properties.server_keep_alive);
    Welcome {
        session_present: welcome.session_present,
        receive_maximum: properties.and_then(|properties| properties.receive_max),
        max_packet: properties.and_then(|properties| properties.max_packet_size),
        keep_alive: keep_alive
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Duration::from_secs(u64::from(seconds))),
    }
}

fn packet_id(publish: &Publish) -> u16 {
    match publish.qos {
        QoS::AtMostOnce => 0,
        QoS::AtLeastOnce | QoS::ExactlyOnce => publish.pkid,
    }
}

fn subscribed(answer: &SubAck) -> Result<(), String> {
    let refusal = answer
        .return_codes
        .iter()
        .find(|code| !matches!(code, SubscribeReasonCode::Success(_)));
    match refusal {
        None => Ok(()),
        Some(code) => Err(format!("subscription: {code:?}")),
    }
}

fn outcome(answer: &PubAck) -> PublishOutcome {
    match answer.reason {
        PubAckReason::Success => PublishOutcome::Acknowledged,
        PubAckReason::NoMatchingSubscribers => PublishOutcome::NoMatchingSubscribers,
        reason => PublishOutcome::Refused(format!("{reason:?}")),
    }
}

fn lost(error: ConnectionError) -> Lost {
    match error {
        ConnectionError::ConnectionRefused(
            code @ (ConnectReturnCode::RefusedProtocolVersion
            | ConnectReturnCode::UnsupportedProtocolVersion
            | ConnectReturnCode::BadClientId
            | ConnectReturnCode::ClientIdentifierNotValid
            | ConnectReturnCode::BadUserNamePassword
            | ConnectReturnCode::NotAuthorized
            | ConnectReturnCode::Banned
            | ConnectReturnCode::BadAuthenticationMethod),
        ) => Lost::Refused(format!("{code:?}")),
        ConnectionError::MqttState(StateError::ServerDisconnect {
            reason_code: DisconnectReasonCode::SessionTakenOver,
            ..
        }) => Lost::TakenOver,
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
    let mut delivery = Publish::new("", QoS::AtLeastOnce, Bytes::new(), None);
    delivery.pkid = packet_id;
    client.try_ack(&delivery).map_err(|_| NotTaken)
}

pub(super) fn subscribe(client: &AsyncClient, filters: &[String]) -> Result<(), NotTaken> {
    let filters = filters.iter().map(|filter| {
        let mut filter = Filter::new(filter, QoS::AtLeastOnce);
        // Retained messages are old news, and would come again with every connection.
        filter.retain_forward_rule = RetainForwardRule::Never;
        filter
    });
    client.try_subscribe_many(filters).map_err(|_| NotTaken)
}
