//! The pure centre of the Cloud Connector: identifiers, the connection record and how it changes, messages and
//! their states, events, the wire protocol, and the ports that adapters implement.
//!
//! Nothing here does I/O or reads a clock. Every other crate depends on this one; it depends on none of them.

pub mod account;
pub mod audit;
pub mod block;
pub mod caller;
pub mod clock;
pub mod connection;
pub mod event;
pub mod id;
pub mod json;
pub mod limits;
pub mod message;
pub mod page;
pub mod port;
pub mod scope;
pub mod stamp;
pub mod tenant;
pub mod text;
pub mod wire;
