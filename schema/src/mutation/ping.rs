//! `ping`.

use async_graphql::{Context, Object, Result};
use connector_domain::audit::AuditOperation;
use connector_domain::caller::Permission;
use connector_domain::message::Command;

use super::attempt::Attempt;
use super::command::{Target, command, invalid, refuse};
use super::send_message::time_to_live;
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
        let (permission, operation) = (Permission::ConnectionCommand, AuditOperation::Ping);
        let attempt = Attempt::begin(ctx, permission, operation, &input.client_id)?
            .under(input.message_id.as_ref());
        let limit = ctx.data::<Limits>()?.message_ttl_seconds;
        let time_to_live = match time_to_live(input.expires_in_seconds, limit) {
            Ok(time_to_live) => time_to_live,
            Err(problem) => {
                let refusal = invalid("expiresInSeconds", problem);
                return Ok(refuse(attempt, refusal).await);
            }
        };
        let target = Target {
            client_id: input.client_id,
            message_id: input.message_id,
            time_to_live,
        };
        Ok(command(attempt, target, &Command::Ping).await?)
    }
}
