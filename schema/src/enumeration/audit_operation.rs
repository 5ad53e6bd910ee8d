//! `AuditOperation`.

use async_graphql::Enum;

/// What a caller may ask for and the audit trail keeps.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::audit::AuditOperation")]
pub enum AuditOperation {
    /// `sendMessage`.
    SendMessage,
    /// `ping`.
    Ping,
    /// `reconnect`.
    Reconnect,
    /// `disconnect`.
    Disconnect,
    /// `blockDevice`.
    BlockDevice,
    /// `unblockDevice`.
    UnblockDevice,
}
