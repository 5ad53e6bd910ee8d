//! The contract of stores, on a file.

use std::ops::Deref;

use connector_store_memory::{restorer_contract_tests, store_contract_tests};
use connector_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// A store with the folder it lives in.
struct OnDisk {
    store: SqliteStore,
    _folder: TempDir,
}

impl Deref for OnDisk {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

async fn empty_store() -> OnDisk {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).await.expect("opened");
    store.migrate().await.expect("migrated");
    OnDisk {
        store,
        _folder: folder,
    }
}

store_contract_tests!(empty_store());
restorer_contract_tests!(empty_store());
