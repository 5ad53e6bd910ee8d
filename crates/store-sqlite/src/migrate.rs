//! Bringing the database to what this binary expects.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::pool::SqliteStore;

/// Every file of `migrations/sqlite`; a test finds one that is missing here. Not by sqlx's macro, for which the whole
/// library, drivers and TLS included, would be compiled a second time.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let files = [
        (
            1,
            "connections",
            include_str!("../../../migrations/sqlite/0001_connections.sql"),
        ),
        (
            2,
            "messages",
            include_str!("../../../migrations/sqlite/0002_messages.sql"),
        ),
        (
            3,
            "ingest progress",
            include_str!("../../../migrations/sqlite/0003_ingest_progress.sql"),
        ),
        (
            4,
            "tenants due",
            include_str!("../../../migrations/sqlite/0004_tenants_due.sql"),
        ),
        (
            5,
            "audit entries",
            include_str!("../../../migrations/sqlite/0005_audit_entries.sql"),
        ),
        (
            6,
            "device blocks",
            include_str!("../../../migrations/sqlite/0006_device_blocks.sql"),
        ),
    ];
    Migrator::with_migrations(files.map(migration).into())
});

fn migration((version, description, sql): (i64, &'static str, &'static str)) -> Migration {
    let (kind, whole) = (MigrationType::Simple, false);
    Migration::new(version, description.into(), kind, sql.into_sql_str(), whole)
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

impl SqliteStore {
    /// Names every migration of this binary, in order: what a database that is not there yet lacks.
    pub fn migrations() -> Vec<String> {
        MIGRATIONS.iter().map(name).collect()
    }

    /// Runs the migrations that the database lacks, in order, each in a transaction, and names them. Those before a
    /// failing one stay.
    pub async fn migrate(&self) -> Result<Vec<String>, SchemaError> {
        let pending = self.pending_migrations().await?;
        if !pending.is_empty() {
            let run = MIGRATIONS.run(self.writer()).await;
            run.map_err(|error| SchemaError::Failed(error.into()))?;
        }
        Ok(pending)
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
        let table: Option<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'",
        )
        .fetch_optional(self.readers())
        .await
        .map_err(failed)?;
        if table.is_none() {
            return Ok(BTreeMap::new());
        }
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations")
                .fetch_all(self.readers())
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
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");
        let files = std::fs::read_dir(directory).expect("the migrations are there");
        let mut names: Vec<String> = files
            .map(|file| file.expect("readable").file_name())
            .map(|name| name.to_string_lossy().replace(".sql", ""))
            .collect();
        names.sort();
        assert_eq!(MIGRATIONS.iter().map(name).collect::<Vec<_>>(), names);
    }
}
