//! Whose devices are, from a file: for development and small installations.

mod map;

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::clock::Clock;
use connector_domain::id::ClientId;
use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;
use tracing::{info, warn};

use crate::lock::{current, replace};
use crate::share::UnknownShare;
use crate::watch::Watch;
use map::Map;

pub use map::MapFileError;

/// A map file and the default tenant of the devices it does not name, as the existing service's `config_file_based`. A
/// file that changes is read again before the next answer; one that then cannot be used leaves the former map in force.
pub struct FileDirectory {
    path: PathBuf,
    default: Account,
    watch: Watch,
    map: RwLock<Arc<Map>>,
    share: UnknownShare,
    clock: Arc<dyn Clock>,
}

impl FileDirectory {
    /// Reads the file, and later looks at it when asked, at most once per `look_every`. `clock` says when it answers.
    pub fn open(
        path: PathBuf,
        default: Account,
        look_every: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, MapFileError> {
        let watch = Watch::new(vec![path.clone()], look_every);
        let map = Map::read(&path, &default)?;
        Ok(Self {
            path,
            default,
            watch,
            map: RwLock::new(Arc::new(map)),
            share: UnknownShare::default(),
            clock,
        })
    }

    fn find(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        if self.watch.changed() {
            self.read_again();
        }
        let (map, now) = (current(&self.map), self.clock.now());
        client_ids.iter().map(|id| map.find(id, now)).collect()
    }

    fn read_again(&self) {
        match Map::read(&self.path, &self.default) {
            Ok(map) => {
                info!(devices = map.len(), "the map file of tenants is read again");
                replace(&self.map, Arc::new(map));
            }
            Err(error) => {
                warn!(%error, "the map file of tenants changed and cannot be used; the former one stays in force");
            }
        }
    }
}

#[async_trait]
impl TenantDirectory for FileDirectory {
    async fn lookup(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        let mut answers = self.find(client_ids);
        self.share.judge(&mut answers);
        answers
    }

    async fn look_again(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        self.find(client_ids)
    }
}
