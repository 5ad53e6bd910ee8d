//! A connection record as its two tables hold it.

use connector_domain::account::Account;
use connector_domain::connection::{Connection, ConnectionState, ConnectionStateReason, Details};
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::{Tenant, TenantDoubts};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::batch;
use crate::columns::columns;
use crate::error::Fault;
use crate::predicate::push_one_of;

/// Begins a statement that reads whole records; the caller appends conditions after its `WHERE`.
pub(super) const SELECT: &str = "
    SELECT c.client_id,
           c.tenant_status,
           c.org_id,
           c.account_number,
           c.state,
           c.reason,
           c.state_changed_at,
           c.first_seen_at,
           c.version,
           c.details,
           c.shared_identity_suspected,
           l.last_seen_at,
           l.position_stamp,
           l.position_partition,
           l.position_offset,
           l.recent_ids,
           l.tenant_doubts
      FROM connections c
      JOIN connection_liveness l ON l.client_id = c.client_id
     WHERE ";

columns! {
    /// One row of [`SELECT`].
    pub(super) struct Row {
        client_id: String,
        tenant_status: String,
        org_id: Option<String>,
        account_number: Option<String>,
        state: String,
        reason: String,
        state_changed_at: i64,
        first_seen_at: i64,
        version: i64,
        details: Option<String>,
        shared_identity_suspected: bool,
        last_seen_at: i64,
        position_stamp: i64,
        position_partition: i32,
        position_offset: i64,
        recent_ids: String,
        tenant_doubts: Option<String>,
    }
}

impl TryFrom<Row> for Connection {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let tenant = tenant_of(&row.tenant_status, row.org_id, row.account_number)?;
        let details = row
            .details
            .map(|json| serde_json::from_str::<Details>(&json));
        let details = details
            .transpose()
            .map_err(|_| Fault::column("connections.details"))?;
        let recent_ids = serde_json::from_str(&row.recent_ids);
        Ok(Self {
            client_id: client_id_of(row.client_id)?,
            tenant,
            tenant_doubts: doubts_of(row.tenant_doubts.as_deref())?,
            state: state_of(&row.state)?,
            reason: reason_of(&row.reason)?,
            state_changed_at: Stamp::from_nanos(row.state_changed_at),
            last_seen_at: Stamp::from_nanos(row.last_seen_at),
            first_seen_at: Stamp::from_nanos(row.first_seen_at),
            version: row.version,
            position: Position {
                stamp: Stamp::from_nanos(row.position_stamp),
                partition: row.position_partition,
                offset: row.position_offset,
            },
            recent_ids: recent_ids.map_err(|_| Fault::column("connection_liveness.recent_ids"))?,
            details,
            shared_identity_suspected: row.shared_identity_suspected,
        })
    }
}

/// The records of these devices, whosever they are.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    client_ids: &[&ClientId],
) -> Result<Vec<Connection>, Fault> {
    let mut found = Vec::with_capacity(client_ids.len());
    for some in client_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(SELECT);
        query.push("TRUE");
        push_one_of(&mut query, "c.client_id", some.iter().map(|id| id.as_str()));
        let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *connection).await?;
        for row in rows {
            found.push(Connection::try_from(row)?);
        }
    }
    Ok(found)
}

/// How a tenant is stored, in the column `tenant_status`.
pub(super) fn tenant_status(tenant: &Tenant) -> &'static str {
    match tenant {
        Tenant::Known(_) => "KNOWN",
        Tenant::Pending => "PENDING",
        Tenant::None => "NONE",
    }
}

fn tenant_of(
    status: &str,
    org_id: Option<String>,
    account_number: Option<String>,
) -> Result<Tenant, Fault> {
    match (status, org_id) {
        ("KNOWN", Some(org_id)) => Ok(Tenant::Known(account_of(org_id, account_number)?)),
        ("PENDING", None) => Ok(Tenant::Pending),
        ("NONE", None) => Ok(Tenant::None),
        _ => Err(Fault::column("connections.tenant_status")),
    }
}

/// A column `tenant_doubts`.
pub(super) fn doubts_of(json: Option<&str>) -> Result<Option<TenantDoubts>, Fault> {
    let doubts = json.map(serde_json::from_str).transpose();
    doubts.map_err(|_| Fault::column("connection_liveness.tenant_doubts"))
}

/// A customer from its two columns.
pub(super) fn account_of(org_id: String, account_number: Option<String>) -> Result<Account, Fault> {
    let number = account_number.map(AccountNumber::parse).transpose();
    Ok(Account {
        org_id: OrgId::parse(org_id).map_err(|_| Fault::column("connections.org_id"))?,
        account_number: number.map_err(|_| Fault::column("connections.account_number"))?,
    })
}

/// A column `client_id`.
pub(super) fn client_id_of(text: String) -> Result<ClientId, Fault> {
    ClientId::parse(text).map_err(|_| Fault::column("client_id"))
}

/// A column `state` or `previous_state`.
pub(super) fn state_of(text: &str) -> Result<ConnectionState, Fault> {
    ConnectionState::parse(text).ok_or_else(|| Fault::column("state"))
}

/// A column `reason`.
pub(super) fn reason_of(text: &str) -> Result<ConnectionStateReason, Fault> {
    ConnectionStateReason::parse(text).ok_or_else(|| Fault::column("reason"))
}
