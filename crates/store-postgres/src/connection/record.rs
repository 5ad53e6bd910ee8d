//! Writing connection records: the wide row where something visible changed, the narrow one for every record.

use connector_domain::connection::{Connection, ConnectionView};
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::stamp::Stamp;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres};

use super::row::tenant_status;
use crate::error::Fault;
use crate::rows::column;

/// A record to write, and when its newest version was made.
pub(super) struct Visible<'a> {
    pub(super) record: &'a Connection,
    pub(super) view: ConnectionView,
    pub(super) changed_at: Stamp,
    /// Whether its rows in the side tables differ too.
    pub(super) relabelled: bool,
}

/// The columns of `connections`.
const COLUMNS: &str = "
    client_id,
    tenant_status,
    org_id,
    account_number,
    state,
    reason,
    state_changed_at,
    first_seen_at,
    changed_at,
    version,
    client_name,
    client_name_lower,
    client_version,
    client_version_lower,
    fqdn,
    fqdn_lower,
    insights_id,
    subscription_manager_id,
    details,
    shared_identity_suspected";

/// The arrays that [`bind`] binds, in the order of [`COLUMNS`].
const ARRAYS: &str = "unnest(
    $1::text[],
    $2::text[],
    $3::text[],
    $4::text[],
    $5::text[],
    $6::text[],
    $7::bigint[],
    $8::bigint[],
    $9::bigint[],
    $10::bigint[],
    $11::text[],
    $12::text[],
    $13::text[],
    $14::text[],
    $15::text[],
    $16::text[],
    $17::uuid[],
    $18::uuid[],
    $19::text[],
    $20::boolean[]
)";

/// Writes records of devices that had none, in the order of their ids. Fails with [`Fault::Raced`] when another
/// transaction made one of them meanwhile: it was not there to be locked, so what this one read of it is no more.
pub(super) async fn insert(
    connection: &mut PgConnection,
    records: &[Visible<'_>],
) -> Result<(), Fault> {
    // Waits for a transaction that is making the same row, and then does nothing if that one committed.
    let insert = format!(
        "INSERT INTO connections ({COLUMNS})
         SELECT * FROM {ARRAYS}
             ON CONFLICT (client_id) DO NOTHING"
    );
    if write(connection, insert, records).await? {
        Ok(())
    } else {
        Err(Fault::Raced)
    }
}

/// Writes what anybody can see of records whose devices are locked.
pub(super) async fn update(
    connection: &mut PgConnection,
    records: &[Visible<'_>],
) -> Result<(), Fault> {
    let update = format!(
        "UPDATE connections c SET
            tenant_status = w.tenant_status,
            org_id = w.org_id,
            account_number = w.account_number,
            state = w.state,
            reason = w.reason,
            state_changed_at = w.state_changed_at,
            changed_at = w.changed_at,
            version = w.version,
            client_name = w.client_name,
            client_name_lower = w.client_name_lower,
            client_version = w.client_version,
            client_version_lower = w.client_version_lower,
            fqdn = w.fqdn,
            fqdn_lower = w.fqdn_lower,
            insights_id = w.insights_id,
            subscription_manager_id = w.subscription_manager_id,
            details = w.details,
            shared_identity_suspected = w.shared_identity_suspected
           FROM {ARRAYS} AS w ({COLUMNS})
          WHERE c.client_id = w.client_id"
    );
    if write(connection, update, records).await? {
        Ok(())
    } else {
        Err(Fault::Raced)
    }
}

/// Whether each record was written.
async fn write(
    connection: &mut PgConnection,
    statement: String,
    records: &[Visible<'_>],
) -> Result<bool, Fault> {
    if records.is_empty() {
        return Ok(true);
    }
    let written = bind(sqlx::query(AssertSqlSafe(statement)), records)?
        .execute(connection)
        .await?;
    Ok(usize::try_from(written.rows_affected()) == Ok(records.len()))
}

fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    rows: &[Visible<'_>],
) -> Result<Query<'q, Postgres, PgArguments>, Fault> {
    let details: Vec<Option<String>> = rows
        .iter()
        .map(|each| each.record.details.as_ref().map(serde_json::to_string))
        .map(Option::transpose)
        .collect::<Result<_, _>>()?;
    let account_number = |each: &Visible<'_>| {
        let number = each.record.tenant.account()?.account_number.as_ref()?;
        Some(AccountNumber::as_str(number).to_owned())
    };
    Ok(query
        .bind(column(rows, |each| each.record.client_id.as_str()))
        .bind(column(rows, |each| tenant_status(&each.record.tenant)))
        .bind(column(rows, |each| each.view.org_id().map(OrgId::as_str)))
        .bind(column(rows, account_number))
        .bind(column(rows, |each| each.record.state.as_str()))
        .bind(column(rows, |each| each.record.reason.as_str()))
        .bind(column(rows, |each| each.record.state_changed_at.as_nanos()))
        .bind(column(rows, |each| each.record.first_seen_at.as_nanos()))
        .bind(column(rows, |each| each.changed_at.as_nanos()))
        .bind(column(rows, |each| each.record.version))
        .bind(column(rows, |each| each.view.client_name.as_deref()))
        .bind(column(rows, |each| lower(each.view.client_name.as_deref())))
        .bind(column(rows, |each| each.view.client_version.as_deref()))
        .bind(column(rows, |each| {
            lower(each.view.client_version.as_deref())
        }))
        .bind(column(rows, |each| each.view.fqdn.as_deref()))
        .bind(column(rows, |each| lower(each.view.fqdn.as_deref())))
        .bind(column(rows, |each| each.view.insights_id))
        .bind(column(rows, |each| each.view.subscription_manager_id))
        .bind(details)
        .bind(column(rows, |each| each.record.shared_identity_suspected)))
}

fn lower(text: Option<&str>) -> Option<String> {
    text.map(str::to_lowercase)
}
