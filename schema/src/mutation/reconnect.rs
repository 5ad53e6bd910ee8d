//! `reconnect`.

use async_graphql::{Context, Object, Result};
use connector_domain::audit::AuditOperation;
use connector_domain::caller::Permission;
use connector_domain::message::Command;

use super::attempt::Attempt;
use super::command::{TIME_TO_LIVE, Target, check_reason, command, invalid, refuse};
use crate::input::ReconnectInput;
use crate::object::CommandPayload;

/// Longest time to stay away, in seconds.
const LONGEST_DELAY: u32 = 3600;

#[derive(Default)]
pub struct ReconnectMutation;

#[Object]
impl ReconnectMutation {
    /// Ask a device to reconnect.
    async fn reconnect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: ReconnectInput,
    ) -> Result<CommandPayload> {
        let (permission, operation) = (Permission::ConnectionCommand, AuditOperation::Reconnect);
        let attempt = Attempt::begin(ctx, permission, operation, &input.client_id)?
            .under(input.message_id.as_ref());
        let delay = u32::try_from(input.delay_seconds).ok();
        let Some(delay_seconds) = delay.filter(|delay| *delay <= LONGEST_DELAY) else {
            let problem = format!("must be between 0 and {LONGEST_DELAY}");
            return Ok(refuse(attempt, invalid("delaySeconds", problem)).await);
        };
        if let Err(refusal) = check_reason(input.reason.as_deref()) {
            return Ok(refuse(attempt, refusal).await);
        }
        let target = Target {
            client_id: input.client_id,
            message_id: input.message_id,
            time_to_live: TIME_TO_LIVE,
        };
        let reconnect = Command::Reconnect {
            delay_seconds,
            reason: input.reason,
        };
        Ok(command(attempt, target, &reconnect).await?)
    }
}
