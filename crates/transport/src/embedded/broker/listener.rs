//! The two listeners and what each allows.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::Path;
use std::time::Duration;

use rmqtt::net::{Builder, Listener};
use rmqtt::types::ListenerId;

use super::{BrokerError, BrokerOptions};

/// How long the session of an MQTT 3.1.1 client is kept while it is away; MQTT 5 clients say so
/// themselves.
const SESSION_EXPIRY: Duration = Duration::from_hours(7 * 24);
/// rmqtt reads zero as "never": messages expire only if their publisher says so, and unacknowledged
/// ones are sent again only on reconnect.
const NEVER: Duration = Duration::ZERO;
/// Room for the properties that MQTT 5 adds to a device's message on its way to a service, in
/// bytes.
const PROPERTIES_HEADROOM: u32 = 1024;
const DEVICE_INFLIGHT: NonZeroU16 = const { NonZeroU16::new(64).expect("64 is not zero") };
const DEVICE_QUEUE: usize = 1000;
/// Connections waiting to be accepted: a whole fleet may come at once. The system may allow fewer.
const BACKLOG: i32 = 4096;
const MAX_CONNECTIONS: usize = 100_000;

/// Who connects to a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Device,
    Service,
}

impl Party {
    /// The number by which rmqtt tells the listeners apart.
    pub(super) fn listener_id(self) -> ListenerId {
        match self {
            Self::Device => 1,
            Self::Service => 2,
        }
    }

    pub(super) fn from_listener_id(id: ListenerId) -> Option<Self> {
        [Self::Device, Self::Service]
            .into_iter()
            .find(|party| party.listener_id() == id)
    }
}

/// A listener and the address it really has.
pub(super) struct Bound {
    pub(super) listener: Listener,
    pub(super) address: SocketAddr,
}

pub(super) fn bind(options: &BrokerOptions, party: Party) -> Result<Bound, BrokerError> {
    let settings = settings(options, party);
    let asked = settings.laddr;
    let listener = settings
        .bind()
        .map_err(|source| bind_error(asked, source))?;
    let address = listener
        .local_addr()
        .map_err(|source| BrokerError::Listen {
            address: asked,
            source,
        })?;
    let listener = listener
        .tls()
        .map_err(|source| BrokerError::Certificates { source })?;
    Ok(Bound { listener, address })
}

fn settings(options: &BrokerOptions, party: Party) -> Builder {
    let files = &options.certificates;
    let common = Builder::new()
        .backlog(BACKLOG)
        .nodelay(true)
        // A restart must not wait for the connections of the previous run to be forgotten.
        .reuseaddr(Some(true))
        .max_connections(MAX_CONNECTIONS)
        // Anonymous clients would pass without the access rules being asked.
        .allow_anonymous(false)
        .session_expiry_interval(SESSION_EXPIRY)
        .message_retry_interval(NEVER)
        .message_expiry_interval(NEVER)
        .tls_cert(Some(text(&files.server_certificate)))
        .tls_key(Some(text(&files.server_key)))
        .tls_cross_certificate(true)
        .collect_cert_info(true);
    match party {
        Party::Device => common
            .name("devices")
            .laddr(options.device_listener)
            .tls_client_ca_certs(Some(text(&files.device_ca)))
            .max_packet_size(options.max_packet_size)
            .max_inflight(DEVICE_INFLIGHT)
            .max_mqueue_len(DEVICE_QUEUE),
        Party::Service => common
            .name("services")
            .laddr(options.service_listener)
            .tls_client_ca_certs(Some(text(&files.service_ca)))
            .max_packet_size(options.max_packet_size.saturating_add(PROPERTIES_HEADROOM))
            .max_inflight(options.max_inflight)
            .max_mqueue_len(options.max_queued),
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn bind_error(address: SocketAddr, source: anyhow::Error) -> BrokerError {
    match source.downcast_ref::<io::Error>() {
        Some(error) if error.kind() == io::ErrorKind::AddrInUse => {
            BrokerError::AddressInUse { address }
        }
        _ => BrokerError::Listen { address, source },
    }
}
