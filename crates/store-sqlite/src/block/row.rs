//! A block as its table holds it.

use connector_domain::block::DeviceBlock;
use connector_domain::id::{CallerName, ClientId, OrgId};
use connector_domain::stamp::Stamp;

use crate::columns::columns;
use crate::error::Fault;

/// The columns of [`Row`], of `device_blocks`.
pub(super) const COLUMNS: &str = "
    client_id,
    blocked_at,
    org_id,
    blocked_by,
    reason,
    lifted_at";

columns! {
    /// One row of `device_blocks`.
    pub(super) struct Row {
        client_id: String,
        blocked_at: i64,
        org_id: Option<String>,
        blocked_by: String,
        reason: String,
        lifted_at: Option<i64>,
    }
}

impl TryFrom<Row> for DeviceBlock {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let client_id = ClientId::parse(row.client_id);
        let org_id = row.org_id.map(OrgId::parse).transpose();
        let blocked_by = CallerName::parse(row.blocked_by);
        Ok(Self {
            client_id: client_id.map_err(|_| Fault::column("device_blocks.client_id"))?,
            org_id: org_id.map_err(|_| Fault::column("device_blocks.org_id"))?,
            blocked_at: Stamp::from_nanos(row.blocked_at),
            blocked_by: blocked_by.map_err(|_| Fault::column("device_blocks.blocked_by"))?,
            reason: row.reason,
            lifted_at: row.lifted_at.map(Stamp::from_nanos),
        })
    }
}

/// Every row of a statement, read.
pub(super) fn blocks_of(rows: Vec<Row>) -> Result<Vec<DeviceBlock>, Fault> {
    rows.into_iter().map(DeviceBlock::try_from).collect()
}
