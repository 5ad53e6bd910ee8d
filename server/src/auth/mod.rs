//! Who calls. One authenticator for HTTP, WebSocket and server-sent events: tokens, identities that a gateway vouches for,
//! and keys of services. `docs/authentication.md` says how each is set up.

mod accounts;
mod admission;
mod authenticator;
mod bearer;
mod credentials;
mod error;
mod gateway;
mod identity;
mod inspection;
mod issuer;
mod jwt;
mod key;
mod key_files;
mod keys;
mod open_files;
mod peer;
mod proof;
mod psk;
mod reason;
mod service;
mod setup;
mod token;

pub use admission::Admission;
pub use authenticator::Authenticator;
pub use credentials::Credentials;
pub use error::AuthError;
pub use inspection::{count_service_keys, fetch_issued_keys, read_token_keys};
pub use key::{KeyError, TokenKeys, cursor_secret};
pub use open_files::warn_of_open_key_files;
pub use peer::Peer;
pub use psk::{Grant, NewKey, Organisations, SHORTEST_KEY, ShortKey};
pub use setup::{KeyKeeper, set_up};
pub use token::{NewToken, issue};

pub(crate) use peer::PeerRanges;
