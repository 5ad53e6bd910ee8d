//! `DeviceBlock`.

use async_graphql::SimpleObject;
use connector_domain::block as domain;

use crate::access::Access;
use crate::scalar::DateTime;

/// Since when a client id is shut out, by whom and why.
#[derive(SimpleObject)]
pub struct DeviceBlock {
    /// Since when.
    blocked_at: DateTime,
    /// Who blocked it: `viewer.name` of the caller.
    blocked_by: String,
    /// Why.
    reason: String,
}

impl DeviceBlock {
    /// What this caller is shown of a block: one that was laid under another organisation binds its device too, and is
    /// not shown.
    pub(crate) fn shown(access: &Access<'_>, block: &domain::DeviceBlock) -> Option<Self> {
        let scope = access.scope()?;
        block.is_shown_to(&scope).then(|| Self {
            blocked_at: block.blocked_at.into(),
            blocked_by: block.blocked_by.to_string(),
            reason: block.reason.clone(),
        })
    }
}
