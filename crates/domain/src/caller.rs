//! Who asks, and what they may do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::connection::enum_text;
use crate::id::{AccountNumber, CallerName, OrgId};
use crate::scope::Scope;
use crate::stamp::Stamp;

/// How a caller proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthMethod {
    /// Platform identity header set by the gateway.
    IdentityHeader,
    /// Bearer JWT.
    Jwt,
    /// Service client id and pre-shared key.
    PreSharedKey,
}

enum_text!(AuthMethod {
    IdentityHeader => "IDENTITY_HEADER",
    Jwt => "JWT",
    PreSharedKey => "PRE_SHARED_KEY",
});

/// One thing a caller may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    /// Read connections and their counts.
    ConnectionRead,
    /// Send ping, reconnect and disconnect.
    ConnectionCommand,
    /// Read messages that any service of the organisation sent.
    MessageRead,
    /// Send and cancel data messages.
    MessageSend,
    /// Block devices and lift blocks.
    DeviceBlock,
    /// Read who did what to which device.
    AuditRead,
    /// Read and act over every organisation.
    CrossTenant,
}

enum_text!(Permission {
    ConnectionRead => "CONNECTION_READ",
    ConnectionCommand => "CONNECTION_COMMAND",
    MessageRead => "MESSAGE_READ",
    MessageSend => "MESSAGE_SEND",
    DeviceBlock => "DEVICE_BLOCK",
    AuditRead => "AUDIT_READ",
    CrossTenant => "CROSS_TENANT",
});

impl Permission {
    /// Every one there is.
    pub const ALL: [Self; 7] = [
        Self::ConnectionRead,
        Self::ConnectionCommand,
        Self::MessageRead,
        Self::MessageSend,
        Self::DeviceBlock,
        Self::AuditRead,
        Self::CrossTenant,
    ];
}

/// An authenticated caller. Made by the server's authenticator only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// How it proved who it is.
    pub auth_method: AuthMethod,
    /// Who it is.
    pub name: CallerName,
    /// Organisation it acts for; `None` for a cross-tenant service that named none.
    pub org_id: Option<OrgId>,
    /// Legacy account number it came with.
    pub account_number: Option<AccountNumber>,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// When its credentials run out; `None` where they do not.
    pub expires_at: Option<Stamp>,
}

impl Caller {
    /// Whether it may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// What it sees: every organisation with CROSS_TENANT, else its own; `None` when it has neither, and then it sees
    /// nothing.
    pub fn scope(&self) -> Option<Scope> {
        if self.may(Permission::CrossTenant) {
            return Some(Scope::every_org());
        }
        self.org_id.clone().map(Scope::org)
    }
}
