//! Bringing the database to what this binary expects.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, PgConnection, SqlSafeStr};
use tokio::time::sleep;

use crate::pool::PostgresStore;

/// Every file of `migrations/postgres`; a test finds one that is missing here. Not by sqlx's macro, for which the whole
/// library, drivers and TLS included, would be compiled a second time.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let files = [
        (
            1,
            "connections",
            include_str!("../../../migrations/postgres/0001_connections.sql"),
        ),
        (
            2,
            "messages",
            include_str!("../../../migrations/postgres/0002_messages.sql"),
        ),
        (
            3,
            "ingest progress",
            include_str!("../../../migrations/postgres/0003_ingest_progress.sql"),
        ),
        (
            4,
            "client name",
            include_str!("../../../migrations/postgres/0004_client_name.sql"),
        ),
        (
            5,
            "row level security",
            include_str!("../../../migrations/postgres/0005_row_level_security.sql"),
        ),
        (
            6,
            "tenant doubts",
            include_str!("../../../migrations/postgres/0006_tenant_doubts.sql"),
        ),
        (
            7,
            "connections by tenant status",
            include_str!("../../../migrations/postgres/0007_connections_by_tenant_status.sql"),
        ),
        (
            8,
            "connection liveness by tenant doubts",
            include_str!(
                "../../../migrations/postgres/0008_connection_liveness_by_tenant_doubts.sql"
            ),
        ),
        (
            9,
            "audit entries",
            include_str!("../../../migrations/postgres/0009_audit_entries.sql"),
        ),
        (
            10,
            "device blocks",
            include_str!("../../../migrations/postgres/0010_device_blocks.sql"),
        ),
    ];
    let mut migrator = Migrator::with_migrations(files.map(migration).into());
    migrator.set_locking(false);
    migrator
});

/// The advisory lock of whoever migrates.
const TURN: i64 = 0x636c_6f75_6463_6f6e;

/// How often it is asked for.
const TURN_POLL: Duration = Duration::from_millis(100);

fn migration((version, description, sql): (i64, &'static str, &'static str)) -> Migration {
    let (kind, no_transaction) = (MigrationType::Simple, sql.starts_with("-- no-transaction"));
    let sql = sql.into_sql_str();
    Migration::new(version, description.into(), kind, sql, no_transaction)
}

/// Why the tables are not, and cannot be made, what this binary expects.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A newer binary has been here: run that one, or one newer still.
    #[error(
        "the database has migration {version}, which this binary does not know: run a newer one"
    )]
    Newer {
        /// The unknown migration.
        version: i64,
    },
    /// A migration was edited after it ran, or stopped half-way: restore from a backup.
    #[error("migration {version} in the database is not the one in this binary")]
    Altered {
        /// The migration.
        version: i64,
    },
    /// The database is away, busy, or refused a migration.
    #[error("migrating the database failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PostgresStore {
    /// Runs the migrations that the database lacks, in order, each in a transaction unless it says otherwise, and names
    /// them. Those before a failing one stay. Of several processes at once one runs them while the others wait.
    pub async fn migrate(&self) -> Result<Vec<String>, SchemaError> {
        let failed = |error: sqlx::Error| SchemaError::Failed(error.into());
        let pending = self.pending_migrations().await?;
        if !pending.is_empty() {
            let turn = self.await_turn().await.map_err(failed)?;
            let patient = self.patient_pool().await.map_err(failed)?;
            let run = MIGRATIONS.run(&patient).await;
            patient.close().await;
            run.map_err(|error| SchemaError::Failed(error.into()))?;
            turn.close().await.map_err(failed)?;
        }
        Ok(pending)
    }

    /// The right to migrate, for as long as the connection is open. Asked for again and again rather than waited for by a
    /// statement, since an index that is built `CONCURRENTLY` waits in turn for all statements that are under way.
    async fn await_turn(&self) -> Result<PgConnection, sqlx::Error> {
        let mut connection = self.pool().acquire().await?.detach();
        let ask = "SELECT pg_try_advisory_lock($1)";
        while !sqlx::query_scalar(ask)
            .bind(TURN)
            .fetch_one(&mut connection)
            .await?
        {
            sleep(TURN_POLL).await;
        }
        Ok(connection)
    }

    /// Names the migrations that the database lacks, in order. Writes nothing.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, SchemaError> {
        let applied = self.applied_migrations().await?;
        for (version, checksum) in &applied {
            let known = MIGRATIONS.iter().find(|known| known.version == *version);
            let known = known.ok_or(SchemaError::Newer { version: *version })?;
            if known.checksum.as_ref() != checksum.as_slice() {
                return Err(SchemaError::Altered { version: *version });
            }
        }
        Ok(MIGRATIONS
            .iter()
            .filter(|known| !applied.contains_key(&known.version))
            .map(name)
            .collect())
    }

    async fn applied_migrations(&self) -> Result<BTreeMap<i64, Vec<u8>>, SchemaError> {
        let failed = |error: sqlx::Error| SchemaError::Failed(error.into());
        let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(self.pool())
            .await
            .map_err(failed)?;
        if !exists {
            return Ok(BTreeMap::new());
        }
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations")
                .fetch_all(self.pool())
                .await
                .map_err(failed)?;
        Ok(rows.into_iter().collect())
    }
}

/// As its file is called, without the ending.
fn name(migration: &Migration) -> String {
    let words = migration.description.replace(' ', "_");
    format!("{:04}_{words}", migration.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_migration_under_its_name() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres");
        let files = std::fs::read_dir(directory).expect("the migrations are there");
        let mut names: Vec<String> = files
            .map(|file| file.expect("readable").file_name())
            .map(|name| name.to_string_lossy().replace(".sql", ""))
            .collect();
        names.sort();
        assert_eq!(MIGRATIONS.iter().map(name).collect::<Vec<_>>(), names);
    }
}
