//! `MessageDirection`.

use async_graphql::Enum;

/// Which way a message went.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::message::MessageDirection")]
pub enum MessageDirection {
    /// From this service to the device.
    ToDevice,
    /// From the device to this service.
    FromDevice,
}
