//! The map file: `{client id: {"accountId", "orgId", "error"}}`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, ClientId, InvalidId, OrgId};
use connector_domain::stamp::Stamp;
use connector_domain::tenant::{Denial, TenantLookup};
use serde::Deserialize;

/// What can be wrong with the map file.
#[derive(Debug, thiserror::Error)]
pub enum MapFileError {
    /// It cannot be read.
    #[error("the map file {path} cannot be read: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not JSON of the form asked.
    #[error("the map file {path} is not {{client id: {{accountId, orgId, error}}}}: {source}")]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A tenant in it is not one.
    #[error("the map file {path} gives {client_id:?} a tenant that is not valid: {source}")]
    Tenant {
        /// The file.
        path: PathBuf,
        /// The device.
        client_id: String,
        /// Why.
        source: InvalidId,
    },
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    account_id: String,
    org_id: String,
    error: String,
}

/// What the file says of a device.
#[derive(Clone)]
enum Said {
    Belongs(Account),
    /// It is nobody's.
    Nobodys,
}

/// What the file says, and the default tenant.
pub(super) struct Map {
    named: HashMap<String, Said>,
    default: Said,
}

impl Map {
    pub(super) fn read(path: &Path, default: &Account) -> Result<Self, MapFileError> {
        let default = Said::Belongs(default.clone());
        let mut named = HashMap::new();
        for (client_id, entry) in entries(path)? {
            match answer(&entry, &default) {
                Ok(said) => named.insert(client_id, said),
                Err(source) => {
                    return Err(MapFileError::Tenant {
                        path: path.to_owned(),
                        client_id,
                        source,
                    });
                }
            };
        }
        Ok(Self { named, default })
    }

    /// How many devices it names.
    pub(super) fn len(&self) -> usize {
        self.named.len()
    }

    /// That a device is nobody's is said `now`, and is not trusted by itself.
    pub(super) fn find(&self, client_id: &ClientId, now: Stamp) -> TenantLookup {
        let named = self.named.get(client_id.as_str());
        match named.unwrap_or(&self.default) {
            Said::Belongs(account) => TenantLookup::Known(account.clone()),
            Said::Nobodys => TenantLookup::Unknown(Denial {
                answered_at: now,
                trusted: false,
            }),
        }
    }
}

fn entries(path: &Path) -> Result<HashMap<String, Entry>, MapFileError> {
    let text = std::fs::read_to_string(path).map_err(|source| MapFileError::File {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| MapFileError::Content {
        path: path.to_owned(),
        source,
    })
}

/// A non-empty `orgId` gives that tenant, else a non-empty `error` says that there is none, else the default.
fn answer(entry: &Entry, default: &Said) -> Result<Said, InvalidId> {
    match (entry.org_id.as_str(), entry.error.as_str()) {
        ("", "") => Ok(default.clone()),
        ("", _) => Ok(Said::Nobodys),
        (org_id, _) => belongs(org_id, &entry.account_id),
    }
}

fn belongs(org_id: &str, account: &str) -> Result<Said, InvalidId> {
    let account_number = (!account.is_empty())
        .then(|| AccountNumber::parse(account))
        .transpose()?;
    Ok(Said::Belongs(Account {
        org_id: OrgId::parse(org_id)?,
        account_number,
    }))
}
