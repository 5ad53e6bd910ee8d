//! What the tenant directory can say.

use crate::account::Account;
use crate::stamp::Stamp;

/// What the tenant directory answered for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantLookup {
    /// It belongs to this customer.
    Known(Account),
    /// The directory does not know it.
    Unknown(Denial),
    /// No answer, or none that can be trusted.
    Unavailable,
}

impl TenantLookup {
    /// The outcome, in metrics.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Known(_) => "known",
            Self::Unknown(_) => "unknown",
            Self::Unavailable => "unavailable",
        }
    }
}

/// An answer that a device is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial {
    /// When the directory said so, which is before now where the answer was kept.
    pub answered_at: Stamp,
    /// Whether it may count against a tenant. Not while the directory does not know an unusual share of what it is asked
    /// about: then it has lost its data rather than its customers.
    pub trusted: bool,
}
