//! GraphQL over HTTP: POST with JSON, GET for queries, SSE for whoever accepts it.

mod answer;
mod media;
mod operation;
mod request;
mod serve;
mod stream;

pub use operation::{Kind, kind_of};
pub use request::request_of;
pub use serve::serve;
