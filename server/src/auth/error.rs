//! What a caller is told when it is not let in.

use std::time::Duration;

/// Why a caller is not let in, as far as it may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// One text for every reason. The reason itself is in the log.
    #[error("no valid credentials: send a bearer token, or another kind that this server takes")]
    Unauthenticated,
    /// The address failed too often lately. Nothing was looked at.
    #[error("too many failed attempts to authenticate from this address")]
    TooManyFailures {
        /// When to try again.
        retry_after: Duration,
    },
    /// What credentials are checked with is not there: they may be good.
    #[error("credentials cannot be checked at the moment, try again")]
    Unavailable,
}

impl AuthError {
    /// `extensions.code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::TooManyFailures { .. } => "RATE_LIMITED",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    /// When to try again, where that is known.
    pub fn retry_after(self) -> Option<Duration> {
        match self {
            Self::TooManyFailures { retry_after } => Some(retry_after),
            Self::Unauthenticated | Self::Unavailable => None,
        }
    }
}
