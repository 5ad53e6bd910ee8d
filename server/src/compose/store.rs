//! The configured database.

use std::path::PathBuf;

use anyhow::Context;
use connector_store_sqlite::SqliteStore;

use crate::config::{Config, ConfigError};

/// Why a role does not start on a database.
#[derive(Debug, thiserror::Error)]
pub enum StoreOpenError {
    /// It lacks migrations.
    #[error(
        "the database is behind by {count} migrations; run: {command} migrate --data-dir {data_dir}"
    )]
    Behind {
        /// How many are missing.
        count: usize,
        /// This binary.
        command: String,
        /// Its data directory.
        data_dir: String,
    },
}

/// Opens the configured database, as it is.
pub async fn open_store(config: &Config) -> anyhow::Result<SqliteStore> {
    let path = path_of(config)?;
    SqliteStore::open(&path)
        .await
        .with_context(|| format!("the database {} cannot be opened", path.display()))
}

/// Opens the configured database, and refuses one that is behind.
pub async fn open_migrated_store(config: &Config) -> anyhow::Result<SqliteStore> {
    let store = open_store(config).await?;
    let pending = store.pending_migrations().await?;
    if !pending.is_empty() {
        let command = std::env::current_exe().map_or_else(
            |_| "cloud-connector".to_owned(),
            |path| path.display().to_string(),
        );
        let data_dir = config.data_dir.display().to_string();
        return Err(StoreOpenError::Behind {
            count: pending.len(),
            command,
            data_dir,
        }
        .into());
    }
    Ok(store)
}

fn path_of(config: &Config) -> Result<PathBuf, ConfigError> {
    let url = &config.database.url;
    if url.is_empty() {
        return Ok(config.data_dir.join("connector.db"));
    }
    match url.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => {
            Ok(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
        }
        _ => Err(ConfigError::NotAllowed {
            key: "database.url",
            // It may hold a password.
            value: url.split("://").next().unwrap_or_default().to_owned(),
            allowed: "\"sqlite:PATH\", or \"\" for connector.db in the data directory".to_owned(),
        }),
    }
}
