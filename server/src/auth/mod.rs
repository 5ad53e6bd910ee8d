//! Who calls. One authenticator for HTTP, WebSocket and SSE.

mod authenticator;
mod credentials;
mod key;
mod token;

pub use authenticator::{AuthError, Authenticator};
pub use credentials::Credentials;
pub use key::{KeyError, TokenKeys, cursor_secret};
pub use token::{NewToken, issue};
