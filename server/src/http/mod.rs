//! The HTTP edge: GraphQL over HTTP, WebSocket and SSE, the page, and the management endpoints.

mod callers;
mod connections;
mod cors;
mod graphql;
mod listen;
mod management;
mod origin;
mod page;
mod patient;
mod refusal;
mod request_id;
mod router;
mod turns;
mod websocket;

pub use callers::{CallerOptions, Callers};
pub use listen::{ListenError, Listener};
pub use management::{Check, Readiness, management_router};
pub use router::{Edge, EdgeOptions, router};
