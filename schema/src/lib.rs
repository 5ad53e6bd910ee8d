//! The GraphQL contract of the Cloud Connector, code-first: what callers read, send and watch.
//!
//! The server executes documents with it ([`build`], [`prepare`]) and does everything HTTP and WebSocket itself. The
//! crate knows ports and the outbox, never an adapter. Doc comments of the GraphQL types are their descriptions in
//! the schema, whose text `schema.graphql` keeps under test.

#![warn(missing_docs)]
#![allow(
    clippy::too_many_arguments,
    clippy::unused_async,
    reason = "a GraphQL field is an async function with one parameter per argument"
)]
#![allow(
    clippy::doc_markdown,
    reason = "doc comments are GraphQL descriptions, worded for callers"
)]

mod access;
mod document;
mod enumeration;
mod error;
mod extension;
mod input;
mod limits;
pub mod live;
mod loader;
mod mutation;
mod node_id;
mod object;
mod page;
mod ports;
mod query;
mod request;
mod scalar;
mod schema;
mod subscription;

pub use document::{DocumentError, check_document};
pub use limits::{DocumentLimits, Limits, Options};
pub use live::LiveEvents;
pub use page::CursorKey;
pub use ports::{Ports, ServerFacts};
pub use request::{RemoteAddress, RequestId, is_request_error, prepare, variables_of};
pub use schema::{ConnectorSchema, build, sdl};
