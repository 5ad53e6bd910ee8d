//! `Permission`.

use async_graphql::Enum;

/// One thing a caller may be allowed to do.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::caller::Permission")]
pub enum Permission {
    /// Read connections and their counts.
    ConnectionRead,
    /// Send ping, reconnect and disconnect.
    ConnectionCommand,
    /// Read messages that any service of the organisation sent.
    MessageRead,
    /// Send and cancel data messages.
    MessageSend,
    /// Block devices and lift blocks, and read who blocked one and why.
    DeviceBlock,
    /// Read who did what to which device.
    AuditRead,
    /// Read and act over every organisation.
    CrossTenant,
}
