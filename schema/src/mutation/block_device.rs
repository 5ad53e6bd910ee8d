//! `blockDevice`.

use async_graphql::{Context, Object, Result};
use connector_domain::audit::AuditOperation;
use connector_domain::block::{BLOCK_REASON_CHARS, DeviceBlock};
use connector_domain::caller::Permission;
use connector_domain::port::Blocked;

use super::attempt::Attempt;
use super::block_target::{Target, refused};
use crate::error::Fault;
use crate::error::user::{InvalidInputError, UserError};
use crate::input::BlockDeviceInput;
use crate::object::DeviceBlockPayload;

#[derive(Default)]
pub struct BlockDeviceMutation;

#[Object]
impl BlockDeviceMutation {
    /// Shut a device out: what it says is set aside, and nothing is sent to it. Needs DEVICE_BLOCK.
    async fn block_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device, and why.")] input: BlockDeviceInput,
    ) -> Result<DeviceBlockPayload> {
        let (permission, operation) = (Permission::DeviceBlock, AuditOperation::BlockDevice);
        let attempt =
            Attempt::begin(ctx, permission, operation, &input.client_id)?.because(&input.reason);
        Ok(block(attempt, input).await?)
    }
}

async fn block(
    mut attempt: Attempt<'_>,
    input: BlockDeviceInput,
) -> Result<DeviceBlockPayload, Fault> {
    if let Err(error) = check_reason(&input.reason) {
        return Ok(refused(attempt, error).await);
    }
    let target = match Target::of(&mut attempt, input.client_id).await? {
        Ok(target) => target,
        Err(error) => return Ok(refused(attempt, error).await),
    };
    let block = DeviceBlock {
        client_id: target.client_id.clone(),
        org_id: target.org_id().cloned(),
        blocked_at: attempt.began_at(),
        blocked_by: attempt.access.caller.name.clone(),
        reason: input.reason,
        lifted_at: None,
    };
    let (block, duplicate) = match attempt
        .access
        .ports
        .outbox
        .block(block, attempt.done())
        .await?
    {
        Blocked::Now(block) => (block, false),
        Blocked::Already(block) => (block, true),
    };
    let payload = target.payload(&attempt.access, Some(&block), duplicate);
    attempt.settle(&payload.errors, duplicate).await;
    Ok(payload)
}

fn check_reason(reason: &str) -> Result<(), UserError> {
    let length = reason.chars().count();
    if !(1..=BLOCK_REASON_CHARS).contains(&length) || reason.contains('\0') {
        let problem = format!("takes 1 to {BLOCK_REASON_CHARS} characters, and no NUL");
        let error = InvalidInputError::field("reason", problem);
        return Err(UserError::InvalidInput(error));
    }
    Ok(())
}
