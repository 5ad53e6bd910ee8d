//! The server.

use async_graphql::{Context, Object, Result};

use crate::access::Access;
use crate::object::ServerInfo;

#[derive(Default)]
pub struct ServerQuery;

#[Object]
impl ServerQuery {
    /// About this server.
    async fn server(&self, ctx: &Context<'_>) -> Result<ServerInfo> {
        Access::of(ctx)?;
        Ok(ServerInfo)
    }
}
