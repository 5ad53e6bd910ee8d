//! The MQTT link of a simulated device: 3.1.1 with a clean session, as agents have it.

use std::time::Duration;

use rumqttc::{
    AsyncClient, ClientError, EventLoop, LastWill, MqttOptions, QoS, TlsConfiguration, Transport,
};

use crate::identity::Identity;
use crate::status;

/// Requests that may wait for the event loop.
const REQUESTS: usize = 64;
/// Larger than the largest message a broker of ours takes.
const PACKET_BYTES: usize = 2 * 1024 * 1024;

/// Topics of one device.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    pub control_in: String,
    pub control_out: String,
    pub data_in: String,
    pub data_out: String,
}

impl Topics {
    pub fn of(prefix: &str, client_id: &str) -> Self {
        let topic = |rest: &str| format!("{prefix}/{client_id}/{rest}");
        Self {
            control_in: topic("control/in"),
            control_out: topic("control/out"),
            data_in: topic("data/in"),
            data_out: topic("data/out"),
        }
    }
}

/// A link that is not open yet: polling the event loop opens it.
pub(crate) fn open(
    identity: &Identity,
    host: &str,
    port: u16,
    topics: &Topics,
) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(&identity.client_id, host, port);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(
        identity.tls(),
    )));
    options.set_clean_session(true);
    options.set_keep_alive(Duration::from_secs(30));
    options.set_max_packet_size(PACKET_BYTES, PACKET_BYTES);
    options.set_last_will(LastWill::new(
        &topics.control_out,
        status::last_will(),
        QoS::AtLeastOnce,
        false,
    ));
    AsyncClient::new(options, REQUESTS)
}

/// What an agent does first on every connection: subscribe, data before control, and publish an empty message, which
/// makes some brokers create the topic.
pub(crate) fn greet(client: &AsyncClient, topics: &Topics) -> Result<(), ClientError> {
    client.try_subscribe(&topics.data_in, QoS::AtLeastOnce)?;
    client.try_subscribe(&topics.control_in, QoS::AtLeastOnce)?;
    client.try_publish(&topics.data_out, QoS::AtMostOnce, false, Vec::new())
}
