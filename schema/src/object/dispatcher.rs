//! `Dispatcher`.

use async_graphql::SimpleObject;

use crate::scalar::JsonObject;

/// A worker on the device that can receive messages.
#[derive(SimpleObject)]
pub struct Dispatcher {
    /// Routable name: use it as `directive` in `sendMessage`.
    pub name: String,
    /// Key-value pairs the worker published about itself.
    pub features: JsonObject,
}
