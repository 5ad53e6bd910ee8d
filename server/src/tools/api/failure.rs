//! Why a command did not do what it was asked to do, and the exit status that tells a script.

use std::time::Duration;

/// What the API says when a list or a stream cannot go on from a cursor.
pub(super) const CURSOR_EXPIRED: &str = "CURSOR_EXPIRED";
/// What the API says when a token is not, or no longer, good.
pub(super) const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// What the API says when a caller asks too often.
pub(super) const RATE_LIMITED: &str = "RATE_LIMITED";

/// Why, by what a script can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The API refused, or could not. Asking the same again gives the same, unless the code says that it passes.
    #[error("{code}: {message}{}", request(.request_id.as_deref()))]
    Refused {
        /// The API's code, e.g. `FORBIDDEN` or `CLIENT_OFFLINE`.
        code: String,
        /// For people.
        message: String,
        /// Under which the server's log tells more.
        request_id: Option<String>,
        /// When it may be tried again, where the API says.
        retry_after: Option<Duration>,
    },
    /// Nothing answers as the API does, or the connection broke: the outcome is unknown.
    #[error("{0}")]
    Unreachable(String),
    /// What was waited for did not come in time.
    #[error("{0}")]
    TimedOut(String),
    /// A file or the terminal on this machine.
    #[error("{0}")]
    Local(String),
    /// Whoever reads stdout has enough, as `head` does.
    #[error("the output is read no further")]
    ReaderGone,
    /// Ctrl-C or SIGTERM.
    #[error("interrupted")]
    Interrupted,
}

fn request(id: Option<&str>) -> String {
    id.map(|id| format!(" (request {id})")).unwrap_or_default()
}

impl Failure {
    /// A refusal with a code of the API.
    pub(super) fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused {
            code: code.into(),
            message: message.into(),
            request_id: None,
            retry_after: None,
        }
    }

    /// The exit status; these numbers are part of the contract with scripts.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Refused { .. } | Self::Local(_) => 1,
            Self::Unreachable(_) => 3,
            Self::TimedOut(_) => 4,
            // As a shell counts a process that SIGINT ended.
            Self::Interrupted => 130,
        }
    }

    /// Whether the API refused with this code.
    pub(super) fn is_refusal(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }

    /// Whether it may be gone when tried again.
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut(_) => true,
            Self::Refused { code, .. } => matches!(code.as_str(), "UNAVAILABLE" | RATE_LIMITED),
            Self::Local(_) | Self::ReaderGone | Self::Interrupted => false,
        }
    }
}
