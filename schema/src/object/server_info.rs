//! `ServerInfo`.

use async_graphql::{Context, Object, Result, SimpleObject};
use connector_domain::limits as fixed;

use crate::access::Access;
use crate::error::Fault;
use crate::limits::Limits;
use crate::scalar::DateTime;

/// Limits that apply to this caller, so clients need not hard-code them.
#[derive(SimpleObject)]
#[allow(clippy::struct_field_names, reason = "the contract names them so")]
pub struct ApiLimits {
    /// Largest `first` or `last` on any list.
    max_page_size: i32,
    /// Largest `content` plus `metadata` of one message, in bytes of JSON.
    max_message_bytes: i32,
    /// Longest `expiresInSeconds`.
    max_message_ttl_seconds: i32,
    /// Largest query depth.
    max_depth: i32,
    /// Largest query cost.
    max_complexity: i32,
    /// Largest number of live subscriptions on one WebSocket.
    max_subscriptions_per_socket: i32,
}

impl From<&Limits> for ApiLimits {
    fn from(limits: &Limits) -> Self {
        let int = |size: usize| i32::try_from(size).unwrap_or(i32::MAX);
        Self {
            max_page_size: i32::from(fixed::PAGE_SIZE),
            max_message_bytes: int(limits.message_bytes),
            max_message_ttl_seconds: limits.message_ttl_seconds,
            max_depth: int(limits.depth),
            max_complexity: int(limits.complexity),
            max_subscriptions_per_socket: i32::from(limits.subscriptions_per_socket),
        }
    }
}

/// The running server.
pub struct ServerInfo;

/// About the running server.
#[Object]
impl ServerInfo {
    /// Semantic version of the server.
    async fn version(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(Access::of(ctx)?.ports.server.version.clone())
    }

    /// Source revision it was built from.
    async fn revision(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Access::of(ctx)?.ports.server.revision.clone())
    }

    /// Server time when the field was resolved.
    async fn time(&self, ctx: &Context<'_>) -> Result<DateTime> {
        Ok(Access::of(ctx)?.ports.clock.now().into())
    }

    /// Everything devices said before this time is in the answers; well behind `time` means that ingestion lags.
    async fn presence_as_of(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let ports = Access::of(ctx)?.ports;
        let known = ports.connections.presence_as_of().await;
        let as_of = known
            .map_err(Fault::from)?
            .unwrap_or(ports.server.started_at);
        Ok(as_of.min(ports.clock.now()).into())
    }

    /// Limits for this caller.
    async fn limits(&self, ctx: &Context<'_>) -> Result<ApiLimits> {
        Access::of(ctx)?;
        Ok(ApiLimits::from(ctx.data::<Limits>()?))
    }
}
