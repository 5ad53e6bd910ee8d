//! `disconnect`.

use async_graphql::{Context, Object, Result};
use connector_domain::audit::AuditOperation;
use connector_domain::caller::Permission;
use connector_domain::message::Command;

use super::attempt::Attempt;
use super::command::{TIME_TO_LIVE, Target, check_reason, command, refuse};
use crate::input::DisconnectInput;
use crate::object::CommandPayload;

#[derive(Default)]
pub struct DisconnectMutation;

#[Object]
impl DisconnectMutation {
    /// Ask a device to disconnect and stay away.
    async fn disconnect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: DisconnectInput,
    ) -> Result<CommandPayload> {
        let (permission, operation) = (Permission::ConnectionCommand, AuditOperation::Disconnect);
        let attempt = Attempt::begin(ctx, permission, operation, &input.client_id)?
            .under(input.message_id.as_ref());
        if let Err(refusal) = check_reason(input.reason.as_deref()) {
            return Ok(refuse(attempt, refusal).await);
        }
        let target = Target {
            client_id: input.client_id,
            message_id: input.message_id,
            time_to_live: TIME_TO_LIVE,
        };
        let disconnect = Command::Disconnect {
            reason: input.reason,
        };
        Ok(command(attempt, target, &disconnect).await?)
    }
}
