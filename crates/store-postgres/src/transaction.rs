//! Transactions, each begun with what it may see.
//!
//! The second wall behind the scope of every call: row-level security shows a transaction the rows of the organisation
//! that it named, or those of the role that it became, and one that said nothing no row (`migrations/README.md`). What was
//! said ends with the transaction, however that ends, so that nothing is left on a connection of the pool. It is said in
//! the same round trip as `BEGIN`.

use std::fmt::Write as _;

use connector_domain::id::OrgId;
use connector_domain::scope::Scope;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Transaction};

use crate::error::Fault;
use crate::pool::PostgresStore;

/// A transaction of a pooled connection. Dropped without a commit it is rolled back, which is how reads end: in the same
/// round trip in which the pool looks after the connection.
pub(crate) type Begun = Transaction<'static, Postgres>;

/// Each statement sees what is committed when it begins, so that what is read after waiting for a lock is what the lock's
/// last holder wrote.
const WRITING: &str = "READ COMMITTED";

/// The same, and nothing is written by mistake.
const READING: &str = "READ COMMITTED READ ONLY";

/// All statements see the same moment.
const SNAPSHOT: &str = "REPEATABLE READ READ ONLY";

/// Roles that the process is not but may become, each for one transaction. An API server may become both; the owner of the
/// tables and a superuser see every row as they are, and a Kafka consumer has its role by its login.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Becomes {
    every_org: bool,
    jobs: bool,
    /// As itself it sees no row of a tenant that it has not named.
    is_walled: bool,
}

impl Becomes {
    /// Asks who the session is.
    pub(crate) async fn ask(session: &mut PgConnection) -> Result<Self, sqlx::Error> {
        Ok(Self {
            every_org: may_become(session, "connector_every_org").await?,
            jobs: may_become(session, "connector_jobs").await?,
            is_walled: is_walled(session).await?,
        })
    }
}

/// Whether row-level security leaves a session nothing but the policy of organisations. Not before the tables are there.
async fn is_walled(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT COALESCE(row_security_active(to_regclass('connections')::oid), false)
            AND NOT EXISTS (
                SELECT 1
                  FROM pg_policy, unnest(polroles) AS role
                 WHERE polrelid = to_regclass('connections')
                   AND polname <> 'by_org'
                   AND (role = 0 OR pg_has_role(role, 'USAGE')))",
    )
    .fetch_one(session)
    .await
}

async fn may_become(session: &mut PgConnection, role: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (
                SELECT 1
                  FROM pg_roles
                 WHERE rolname = $1
                   AND NOT pg_has_role(oid, 'USAGE')
                   AND pg_has_role(oid, CASE
                           WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER'
                           ELSE 'SET'
                       END))",
    )
    .bind(role)
    .fetch_one(session)
    .await
}

impl PostgresStore {
    /// Whether a statement of this login that forgot its scope would show no row: not for a superuser, the owner of the
    /// tables, or whoever reads for all tenants. As it was when connecting.
    pub fn is_walled(&self) -> bool {
        self.becomes().is_walled
    }

    /// Reads within a scope.
    pub(crate) async fn reading(&self, scope: &Scope) -> Result<Begun, Fault> {
        self.begin(READING, &self.named(scope)).await
    }

    /// Reads within a scope, all of one moment.
    pub(crate) async fn snapshot(&self, scope: &Scope) -> Result<Begun, Fault> {
        self.begin(SNAPSHOT, &self.named(scope)).await
    }

    /// Writes within an organisation.
    pub(crate) async fn writing(&self, org_id: &OrgId) -> Result<Begun, Fault> {
        self.begin(WRITING, &named(org_id)).await
    }

    /// Reads and writes whosever rows.
    pub(crate) async fn ingesting(&self) -> Result<Begun, Fault> {
        let role = if self.becomes().jobs {
            "; SET LOCAL ROLE connector_jobs"
        } else {
            ""
        };
        self.begin(WRITING, role).await
    }

    async fn begin(&self, isolation: &str, and: &str) -> Result<Begun, Fault> {
        let begin = format!("BEGIN ISOLATION LEVEL {isolation}{and}");
        let pool = self.pool().clone();
        // To its end even when whoever asked gives up: sqlx rolls a transaction back only once it knows that there is one,
        // and would put the connection back into the pool with the scope on it.
        let beginning = self
            .beginning()
            .spawn(async move { pool.begin_with(AssertSqlSafe(begin)).await });
        Ok(beginning.await.unwrap_or(Err(sqlx::Error::PoolClosed))?)
    }

    fn named(&self, scope: &Scope) -> String {
        match scope.org_id() {
            Some(org_id) => named(org_id),
            None if self.becomes().every_org => "; SET LOCAL ROLE connector_every_org".to_owned(),
            None => String::new(),
        }
    }
}

/// Names an organisation. It is spelt in hexadecimal, since statements sent with `BEGIN` take no parameters: whatever it is
/// called, it is a value.
fn named(org_id: &OrgId) -> String {
    let mut hex = String::new();
    for byte in org_id.as_str().bytes() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    format!(
        "; SELECT set_config('connector.org', convert_from(decode('{hex}', 'hex'), 'UTF8'), true)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_is_a_value_whatever_it_is_called() {
        let org_id = OrgId::parse("a'; DROP").expect("an id");
        assert_eq!(
            named(&org_id),
            "; SELECT set_config('connector.org', convert_from(decode('61273b2044524f50', 'hex'), 'UTF8'), true)"
        );
    }
}
