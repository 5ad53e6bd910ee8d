//! What blocking and unblocking share: whose device it is about, and the answer.

use std::sync::Arc;

use async_graphql::ID;
use connector_domain::block;
use connector_domain::caller::Permission;
use connector_domain::connection::Connection;
use connector_domain::id::{ClientId, OrgId};

use super::attempt::Attempt;
use crate::access::Access;
use crate::error::Fault;
use crate::error::user::{NotFoundError, UserError};
use crate::object::{ConnectionStatus, DeviceBlock, DeviceBlockPayload};

/// A client id that the caller may block.
pub(super) struct Target {
    pub client_id: ClientId,
    device: Option<Arc<Connection>>,
}

impl Target {
    /// A device that the caller sees. Whoever acts for every organisation may name one without a record too: a stolen
    /// certificate need not have been used yet.
    pub async fn of(
        attempt: &mut Attempt<'_>,
        client_id: ID,
    ) -> Result<Result<Self, UserError>, Fault> {
        let not_found = || UserError::NotFound(NotFoundError::client());
        let Ok(client_id) = ClientId::parse(client_id.0) else {
            return Ok(Err(not_found()));
        };
        let device = attempt
            .access
            .loaders()?
            .connection(client_id.clone())
            .await?;
        attempt.on(device.as_deref());
        if device.is_none() && !attempt.access.caller.may(Permission::CrossTenant) {
            return Ok(Err(not_found()));
        }
        Ok(Ok(Self { client_id, device }))
    }

    /// Whose the device is.
    pub fn org_id(&self) -> Option<&OrgId> {
        self.device.as_ref()?.tenant.org_id()
    }

    /// What the caller is told.
    pub fn payload(
        &self,
        access: &Access<'_>,
        block: Option<&block::DeviceBlock>,
        duplicate: bool,
    ) -> DeviceBlockPayload {
        DeviceBlockPayload {
            connection: self.device.clone().map(ConnectionStatus),
            block: block.and_then(|block| DeviceBlock::shown(access, block)),
            duplicate,
            errors: Vec::new(),
        }
    }
}

/// Ends an attempt that is refused.
pub(super) async fn refused(attempt: Attempt<'_>, error: UserError) -> DeviceBlockPayload {
    let errors = vec![error];
    attempt.settle(&errors, false).await;
    DeviceBlockPayload {
        connection: None,
        block: None,
        duplicate: false,
        errors,
    }
}
