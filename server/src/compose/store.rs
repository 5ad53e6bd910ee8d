//! Opening the configured database.

use std::time::Duration;

use connector_store_sqlite::SqliteStore;

use super::database::{self, Store};
use super::migration::migrate_command;
use super::patience::patiently;
use crate::config::{Config, DatabaseAddress};

/// Why a process does not work on a database.
#[derive(Debug, thiserror::Error)]
pub enum StoreOpenError {
    /// It lacks migrations.
    #[error("the database is behind by {count} migrations: {title}; run: {command}")]
    Behind {
        /// How many are missing.
        count: usize,
        /// Which it is.
        title: String,
        /// What applies them.
        command: String,
    },
    /// There is none yet.
    #[error("there is no database at {path}; run: {command}")]
    Missing {
        /// Where it was looked for.
        path: String,
        /// What makes it.
        command: String,
    },
}

/// Opens the database as it is, for a process of this name. Makes the file of SQLite where it is not there.
pub async fn open_store(config: &Config, process: &str) -> anyhow::Result<Store> {
    match config.database_address()? {
        DatabaseAddress::Sqlite(path) => database::make(&path).await,
        DatabaseAddress::Postgres(url) => database::connect(&config.database, &url, process).await,
    }
}

/// The same, and waits for a server that is away.
pub async fn wait_for_store(config: &Config, process: &str) -> anyhow::Result<Store> {
    patiently(patience(config), async || open_store(config, process).await).await
}

/// Opens the database as it is; nothing where there is no file of SQLite.
pub async fn open_existing_store(config: &Config, process: &str) -> anyhow::Result<Option<Store>> {
    match config.database_address()? {
        DatabaseAddress::Sqlite(path) => database::open(&path).await,
        DatabaseAddress::Postgres(url) => {
            let store = database::connect(&config.database, &url, process).await?;
            Ok(Some(store))
        }
    }
}

/// Opens the database, and refuses one that is behind. Waits for a server that is away; makes nothing.
pub async fn open_migrated_store(config: &Config, process: &str) -> anyhow::Result<Store> {
    let store = patiently(patience(config), async || checked(config, process).await).await?;
    tracing::info!(database = store.title(), "the database is up to date");
    Ok(store)
}

/// Names the migrations that the database lacks. Makes nothing.
pub async fn pending_migrations(config: &Config, process: &str) -> anyhow::Result<Vec<String>> {
    let Some(store) = open_existing_store(config, process).await? else {
        return Ok(SqliteStore::migrations());
    };
    let pending = store.pending_migrations().await;
    store.close().await;
    pending
}

async fn checked(config: &Config, process: &str) -> anyhow::Result<Store> {
    let Some(store) = open_existing_store(config, process).await? else {
        return Err(missing(config)?.into());
    };
    let refused = match store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => return Ok(store),
        Ok(pending) => StoreOpenError::Behind {
            count: pending.len(),
            title: store.title(),
            command: migrate_command(config),
        }
        .into(),
        Err(error) => error.context(format!("{} cannot be used", store.title())),
    };
    store.close().await;
    Err(refused)
}

fn missing(config: &Config) -> anyhow::Result<StoreOpenError> {
    let path = match config.database_address()? {
        DatabaseAddress::Sqlite(path) => path.display().to_string(),
        DatabaseAddress::Postgres(_) => config.masked_database_url(),
    };
    Ok(StoreOpenError::Missing {
        path,
        command: migrate_command(config),
    })
}

fn patience(config: &Config) -> Duration {
    Duration::from_secs(config.database.start_patience_seconds)
}
