//! `unblockDevice`.

use async_graphql::{Context, Object, Result};
use connector_domain::audit::AuditOperation;
use connector_domain::caller::Permission;

use super::attempt::Attempt;
use super::block_target::{Target, refused};
use crate::error::Fault;
use crate::input::UnblockDeviceInput;
use crate::object::DeviceBlockPayload;

#[derive(Default)]
pub struct UnblockDeviceMutation;

#[Object]
impl UnblockDeviceMutation {
    /// Let a device in again. What was set aside while it was blocked stays so. Needs DEVICE_BLOCK.
    async fn unblock_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: UnblockDeviceInput,
    ) -> Result<DeviceBlockPayload> {
        let (permission, operation) = (Permission::DeviceBlock, AuditOperation::UnblockDevice);
        let attempt = Attempt::begin(ctx, permission, operation, &input.client_id)?;
        Ok(unblock(attempt, input).await?)
    }
}

async fn unblock(
    mut attempt: Attempt<'_>,
    input: UnblockDeviceInput,
) -> Result<DeviceBlockPayload, Fault> {
    let target = match Target::of(&mut attempt, input.client_id).await? {
        Ok(target) => target,
        Err(error) => return Ok(refused(attempt, error).await),
    };
    let outbox = &attempt.access.ports.outbox;
    let (client_id, at) = (target.client_id.clone(), attempt.began_at());
    let lifted = outbox.unblock(client_id, at, attempt.done()).await?;
    let duplicate = lifted.is_none();
    let payload = target.payload(&attempt.access, lifted.as_ref(), duplicate);
    attempt.settle(&payload.errors, duplicate).await;
    Ok(payload)
}
