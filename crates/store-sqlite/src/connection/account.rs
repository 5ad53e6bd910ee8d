//! Customers, as far as they have devices. There is no table of them: what the devices' rows say is what is known.

use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::page::{Page, PageEnd, PageRequest};
use connector_domain::scope::Scope;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::row::account_of;
use crate::batch;
use crate::error::Fault;
use crate::predicate::{push_equal, push_one_of, push_scope};

/// The account number of an organisation: that of the device changed last.
const NUMBER: &str = "
    (SELECT d.account_number
       FROM connections d
      WHERE d.org_id = o.org_id
      ORDER BY d.changed_at DESC, d.client_id DESC
      LIMIT 1)";

type Row = (String, Option<String>);

/// One page, by organisation id.
pub(super) async fn page(
    readers: &SqlitePool,
    scope: &Scope,
    page: &PageRequest<OrgId>,
) -> Result<Page<Account>, Fault> {
    let direction = match page.end {
        PageEnd::First => "ASC",
        PageEnd::Last => "DESC",
    };
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT o.org_id, {NUMBER} FROM (SELECT DISTINCT org_id FROM connections WHERE "
    ));
    push_scope(&mut query, "org_id", scope);
    if let Some(after) = &page.after {
        query.push(" AND org_id > ").push_bind(after.as_str());
    }
    if let Some(before) = &page.before {
        query.push(" AND org_id < ").push_bind(before.as_str());
    }
    query
        .push(format_args!(" ORDER BY org_id {direction} LIMIT "))
        .push_bind(i64::from(page.count) + 1)
        .push(format_args!(") o ORDER BY o.org_id {direction}"));
    let rows: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
    Ok(page.page_of(accounts_of(rows)?))
}

/// How many there are.
pub(super) async fn count(readers: &SqlitePool, scope: &Scope) -> Result<i64, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT COUNT(*) FROM (SELECT DISTINCT org_id FROM connections WHERE ",
    );
    push_scope(&mut query, "org_id", scope);
    query.push(") o");
    Ok(query.build_query_scalar().fetch_one(readers).await?)
}

/// These, where they have a device.
pub(super) async fn find(
    readers: &SqlitePool,
    scope: &Scope,
    org_ids: &[OrgId],
) -> Result<Vec<Account>, Fault> {
    let mut rows: Vec<Row> = Vec::with_capacity(org_ids.len());
    for some in org_ids.chunks(batch::ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "SELECT o.org_id, {NUMBER} FROM (SELECT DISTINCT org_id FROM connections WHERE "
        ));
        push_scope(&mut query, "org_id", scope);
        push_one_of(&mut query, "org_id", some.iter().map(OrgId::as_str));
        query.push(") o");
        let found: Vec<Row> = query.build_query_as().fetch_all(readers).await?;
        rows.extend(found);
    }
    accounts_of(rows)
}

/// The one whose device, of those with this number the one changed last, has it.
pub(super) async fn by_number(
    readers: &SqlitePool,
    scope: &Scope,
    number: &AccountNumber,
) -> Result<Option<Account>, Fault> {
    let mut query =
        QueryBuilder::<Sqlite>::new("SELECT org_id, account_number FROM connections WHERE ");
    push_scope(&mut query, "org_id", scope);
    push_equal(&mut query, "account_number", number.as_str());
    query.push(" ORDER BY changed_at DESC, client_id DESC LIMIT 1");
    let row: Option<Row> = query.build_query_as().fetch_optional(readers).await?;
    row.map(|(org_id, number)| account_of(org_id, number))
        .transpose()
}

fn accounts_of(rows: Vec<Row>) -> Result<Vec<Account>, Fault> {
    rows.into_iter()
        .map(|(org_id, number)| account_of(org_id, number))
        .collect()
}
