//! SQLite: one file on one machine.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use connector_store_sqlite::{OpenError, SqliteStore};

use super::{Database, Store};

/// Opens the file, making it where it is not there.
pub(in crate::compose) async fn make(path: &Path) -> anyhow::Result<Store> {
    Ok(Arc::new(SqliteStore::open(path).await?))
}

/// Opens the file; nothing where it is not there.
pub(in crate::compose) async fn open(path: &Path) -> anyhow::Result<Option<Store>> {
    match SqliteStore::open_existing(path).await {
        Ok(store) => Ok(Some(Arc::new(store))),
        Err(OpenError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[async_trait]
impl Database for SqliteStore {
    fn title(&self) -> String {
        format!("SQLite in {}", self.path().display())
    }

    fn is_walled(&self) -> Option<bool> {
        None
    }

    async fn migrate(&self) -> anyhow::Result<Vec<String>> {
        Ok(Self::migrate(self).await?)
    }

    async fn pending_migrations(&self) -> anyhow::Result<Vec<String>> {
        Ok(Self::pending_migrations(self).await?)
    }

    async fn close(&self) {
        Self::close(self).await;
    }
}
