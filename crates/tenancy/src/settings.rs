//! Which directory, and with what.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::account::Account;
use connector_domain::clock::{Clock, IdSource};
use connector_domain::port::TenantDirectory;

use crate::default_tenant::DefaultDirectory;
use crate::file::{FileDirectory, MapFileError};
use crate::gateway::{EndpointError, GatewayDirectory, GatewaySettings};

/// How often a map file is looked at.
const LOOK_AT_MAP_EVERY: Duration = Duration::from_secs(1);

/// Where tenants are looked up.
#[derive(Debug, Clone)]
pub enum Source {
    /// Nowhere: every device belongs to the default tenant.
    Default,
    /// In this map file; devices it does not name belong to the default tenant.
    File(PathBuf),
    /// At a gateway. It needs no default tenant.
    Gateway(Box<GatewaySettings>),
}

/// Which directory, and with what.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where tenants are looked up.
    pub source: Source,
    /// The default tenant.
    pub default: Account,
}

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The map file is no map of tenants.
    #[error(transparent)]
    Map(#[from] MapFileError),
    /// The gateway cannot be asked with these settings.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
}

impl Settings {
    /// Opens the directory. Reads files; does not ask the gateway, which may be away. `clock` says when answers were given,
    /// `ids` names requests.
    pub fn open(
        self,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Arc<dyn TenantDirectory>, OpenError> {
        Ok(match self.source {
            Source::Default => Arc::new(DefaultDirectory::new(self.default)),
            Source::File(path) => {
                let directory = FileDirectory::open(path, self.default, LOOK_AT_MAP_EVERY, clock);
                Arc::new(directory?)
            }
            Source::Gateway(settings) => Arc::new(GatewayDirectory::open(*settings, clock, ids)?),
        })
    }
}
