//! Why the gateway gave no answer that can be used.

/// Why there is no answer. All of them mean *unavailable*: a tenant is neither given nor taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is left alone for a while, after many failures.
    #[error("the gateway is left alone after many failures")]
    Resting,
    /// No answer in time.
    #[error("the gateway did not answer in time")]
    Timeout,
    /// No connection, or it broke.
    #[error("no connection to the gateway: {0}")]
    Connection(String),
    /// It does not accept our certificate: an operator has to act.
    #[error("the gateway refuses us with status {0}")]
    Refused(u16),
    /// A status that says nothing about the device.
    #[error("the gateway answered with status {0}")]
    Status(u16),
    /// An answer that is none.
    #[error("the gateway's answer cannot be read: {0}")]
    Unreadable(&'static str),
}

impl Fault {
    /// Whether asking again may help.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Timeout | Self::Connection(_) => true,
            Self::Status(status) => *status >= 500 || matches!(status, 408 | 425 | 429),
            Self::Resting | Self::Refused(_) | Self::Unreadable(_) => false,
        }
    }

    /// For metrics.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Resting => "resting",
            Self::Timeout => "timeout",
            Self::Connection(_) => "connection",
            Self::Refused(_) => "refused",
            Self::Status(_) => "status",
            Self::Unreadable(_) => "unreadable",
        }
    }
}
