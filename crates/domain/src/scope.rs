//! What a read or write may see. There is no call without one, so an unscoped read cannot be written by accident.

use crate::id::OrgId;

/// The organisations a caller acts for. Rows outside it are absent, not forbidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(Reach);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Reach {
    Org(OrgId),
    EveryOrg,
}

impl Scope {
    /// One organisation's rows.
    pub fn org(org_id: OrgId) -> Self {
        Self(Reach::Org(org_id))
    }

    /// Every organisation's rows. For callers with CROSS_TENANT; devices without a tenant stay invisible.
    pub fn every_org() -> Self {
        Self(Reach::EveryOrg)
    }

    /// The one organisation, or `None` when it reaches all.
    pub fn org_id(&self) -> Option<&OrgId> {
        match &self.0 {
            Reach::Org(org_id) => Some(org_id),
            Reach::EveryOrg => None,
        }
    }

    /// Whether something that belongs to `owner` is visible. What has no owner is invisible to everyone.
    pub fn sees(&self, owner: Option<&OrgId>) -> bool {
        match (&self.0, owner) {
            (_, None) => false,
            (Reach::EveryOrg, Some(_)) => true,
            (Reach::Org(own), Some(owner)) => own == owner,
        }
    }
}

/// The right to write what devices say and to read without a tenant, which only consumers and jobs have.
///
/// It is issued where the process is composed and handed down; the GraphQL crate holds no way to obtain one.
#[derive(Debug, Clone, Copy)]
pub struct IngestScope(());

impl IngestScope {
    /// Issues the right. `clippy.toml` of `schema/` forbids the call there.
    pub fn issue() -> Self {
        Self(())
    }
}
