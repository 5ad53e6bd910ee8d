//! Customers, as far as they have devices. There is no table of them: what the devices' rows say is what is known.

use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, OrgId};
use connector_domain::page::{Page, PageEnd, PageRequest};
use connector_domain::scope::Scope;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::row::account_of;
use crate::error::Fault;
use crate::predicate::{push_equal, push_scope};

/// Joins to an organisation `o` the account number of its device changed last; nothing when it has no device.
const NUMBER: &str = "
    CROSS JOIN LATERAL (
        SELECT d.account_number
          FROM connections d
         WHERE d.org_id = o.org_id
         ORDER BY d.changed_at DESC, d.client_id DESC
         LIMIT 1) n";

type Row = (String, Option<String>);

/// One page, by organisation id.
pub(super) async fn page(
    connection: &mut PgConnection,
    scope: &Scope,
    page: &PageRequest<OrgId>,
) -> Result<Page<Account>, Fault> {
    let Some(org_id) = scope.org_id() else {
        return page_of_all(connection, page).await;
    };
    let within = page.after.as_ref().is_none_or(|after| after < org_id)
        && page.before.as_ref().is_none_or(|before| org_id < before);
    let own = within.then(|| org_id.clone());
    Ok(page.page_of(find(connection, scope, own.as_slice()).await?))
}

/// Goes from one organisation to the next rather than through all their devices.
async fn page_of_all(
    connection: &mut PgConnection,
    page: &PageRequest<OrgId>,
) -> Result<Page<Account>, Fault> {
    let (direction, next) = match page.end {
        PageEnd::First => ("ASC", ">"),
        PageEnd::Last => ("DESC", "<"),
    };
    let mut query = QueryBuilder::new(
        "WITH RECURSIVE o (org_id) AS ((SELECT c.org_id FROM connections c WHERE ",
    );
    push_bounds(&mut query, page);
    query.push(format_args!(
        " ORDER BY c.org_id {direction} LIMIT 1)
          UNION ALL
         SELECT (SELECT c.org_id FROM connections c WHERE "
    ));
    push_bounds(&mut query, page);
    query.push(format_args!(
        " AND c.org_id {next} o.org_id ORDER BY c.org_id {direction} LIMIT 1)
           FROM o WHERE o.org_id IS NOT NULL)
         SELECT o.org_id, n.account_number
           FROM (SELECT o.org_id FROM o WHERE o.org_id IS NOT NULL LIMIT {}) o {NUMBER}
          ORDER BY o.org_id {direction}",
        u32::from(page.count) + 1
    ));
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    Ok(page.page_of(accounts_of(rows)?))
}

fn push_bounds(query: &mut QueryBuilder<Postgres>, page: &PageRequest<OrgId>) {
    push_scope(query, "c.org_id", &Scope::every_org());
    if let Some(after) = &page.after {
        query.push(" AND c.org_id > ").push_bind(after.as_str());
    }
    if let Some(before) = &page.before {
        query.push(" AND c.org_id < ").push_bind(before.as_str());
    }
}

/// How many there are.
pub(super) async fn count(connection: &mut PgConnection, scope: &Scope) -> Result<i64, Fault> {
    if let Some(org_id) = scope.org_id() {
        let own = find(connection, scope, std::slice::from_ref(org_id)).await?;
        return Ok(i64::from(!own.is_empty()));
    }
    let count =
        "SELECT COUNT(*) FROM (SELECT DISTINCT org_id FROM connections WHERE org_id IS NOT NULL) o";
    Ok(sqlx::query_scalar(count).fetch_one(connection).await?)
}

/// These, where they have a device.
pub(super) async fn find(
    connection: &mut PgConnection,
    scope: &Scope,
    org_ids: &[OrgId],
) -> Result<Vec<Account>, Fault> {
    let mut wanted: Vec<&str> = org_ids.iter().map(OrgId::as_str).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut query =
        QueryBuilder::new("SELECT o.org_id, n.account_number FROM (SELECT org_id FROM unnest(");
    query
        .push_bind(wanted)
        .push("::text[]) AS w (org_id) WHERE ");
    push_scope(&mut query, "w.org_id", scope);
    query.push(format_args!(") o {NUMBER}"));
    let rows: Vec<Row> = query.build_query_as().fetch_all(connection).await?;
    accounts_of(rows)
}

/// The one whose device, of those with this number the one changed last, has it.
pub(super) async fn by_number(
    connection: &mut PgConnection,
    scope: &Scope,
    number: &AccountNumber,
) -> Result<Option<Account>, Fault> {
    let mut query =
        QueryBuilder::new("SELECT c.org_id, c.account_number FROM connections c WHERE ");
    push_scope(&mut query, "c.org_id", scope);
    push_equal(&mut query, "c.account_number", number.as_str());
    query.push(" ORDER BY c.changed_at DESC, c.client_id DESC LIMIT 1");
    let row: Option<Row> = query.build_query_as().fetch_optional(connection).await?;
    row.map(|(org_id, number)| account_of(org_id, number))
        .transpose()
}

fn accounts_of(rows: Vec<Row>) -> Result<Vec<Account>, Fault> {
    rows.into_iter()
        .map(|(org_id, number)| account_of(org_id, number))
        .collect()
}
