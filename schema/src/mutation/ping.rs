//! `ping`.

use async_graphql::{Context, Object, Result};
use connector_domain::caller::Permission;
use connector_domain::message::Command;

use super::command::{Target, command, refused};
use super::send_message::time_to_live;
use crate::access::Access;
use crate::input::PingInput;
use crate::limits::Limits;
use crate::object::CommandPayload;

#[derive(Default)]
pub struct PingMutation;

#[Object]
impl PingMutation {
    /// Ask a device for a pong.
    async fn ping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: PingInput,
    ) -> Result<CommandPayload> {
        let access = Access::with(ctx, Permission::ConnectionCommand)?;
        let limit = ctx.data::<Limits>()?.message_ttl_seconds;
        let time_to_live = match time_to_live(input.expires_in_seconds, limit) {
            Ok(time_to_live) => time_to_live,
            Err(problem) => return Ok(refused("expiresInSeconds", problem)),
        };
        let target = Target {
            client_id: input.client_id,
            message_id: input.message_id,
            time_to_live,
        };
        Ok(command(&access, target, &Command::Ping).await?)
    }
}
