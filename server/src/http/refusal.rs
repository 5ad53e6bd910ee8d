//! A request that is refused before it is executed: the same reason over HTTP, server-sent events and WebSocket.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::callers::TooMany;
use crate::auth::AuthError;

/// Why a request is not executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Over HTTP.
    pub status: StatusCode,
    /// `extensions.code`.
    pub code: &'static str,
    /// For people.
    pub problem: String,
    /// When it may be tried again, where that is known.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// One that does not pass by itself.
    pub fn new(status: StatusCode, code: &'static str, problem: impl Into<String>) -> Self {
        Self {
            status,
            code,
            problem: problem.into(),
            retry_after: None,
        }
    }

    /// An operation that took too long.
    pub fn timeout() -> Self {
        let problem = "the operation took too long";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TIMEOUT", problem)
    }

    /// The value of `errors`.
    pub fn errors(&self, request_id: &str) -> Value {
        let mut extensions = json!({"code": self.code, "requestId": request_id});
        if let Some(retry_after) = self.retry_after {
            let millis = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
            // Rounded up, so that one who waits that long is let in.
            extensions["retryAfterMs"] = json!(millis.saturating_add(1));
        }
        json!([{"message": self.problem, "extensions": extensions}])
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        let status = match error {
            AuthError::Unauthenticated => StatusCode::UNAUTHORIZED,
            AuthError::TooManyFailures { .. } => StatusCode::TOO_MANY_REQUESTS,
            AuthError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self {
            retry_after: error.retry_after(),
            ..Self::new(status, error.code(), error.to_string())
        }
    }
}

impl From<TooMany> for Refusal {
    fn from(error: TooMany) -> Self {
        Self {
            retry_after: Some(error.retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                error.to_string(),
            )
        }
    }
}
