//! Whose devices are, from a file: for development and small installations.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, ClientId, InvalidId, OrgId};
use connector_domain::port::TenantDirectory;
use connector_domain::tenant::TenantLookup;
use serde::Deserialize;

use crate::config::Tenancy;

/// What can be wrong with the map file.
#[derive(Debug, thiserror::Error)]
pub enum MapFileError {
    /// It cannot be read.
    #[error("tenancy.map_file {path} cannot be read: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not JSON of the form asked.
    #[error("tenancy.map_file {path} is not {{client id: {{accountId, orgId, error}}}}: {source}")]
    Content {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A tenant in it, or the default one, is not one.
    #[error("the tenant of {of} is not valid: {source}")]
    Tenant {
        /// A client id, or `tenancy.default_org`.
        of: String,
        /// Why.
        source: InvalidId,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Entry {
    account_id: String,
    org_id: String,
    error: String,
}

/// The map file and the default for devices it does not name, as the existing service's `config_file_based`.
pub struct FileDirectory {
    named: HashMap<String, TenantLookup>,
    default: TenantLookup,
}

impl FileDirectory {
    /// Reads the map file, if one is set.
    pub fn load(tenancy: &Tenancy) -> Result<Self, MapFileError> {
        let default = known(&tenancy.default_org, &tenancy.default_account).map_err(|source| {
            MapFileError::Tenant {
                of: "tenancy.default_org".to_owned(),
                source,
            }
        })?;
        let mut named = HashMap::new();
        if !tenancy.map_file.is_empty() {
            for (client_id, entry) in entries(Path::new(&tenancy.map_file))? {
                let lookup =
                    lookup_of(&entry, &default).map_err(|source| MapFileError::Tenant {
                        of: client_id.clone(),
                        source,
                    })?;
                named.insert(client_id, lookup);
            }
        }
        Ok(Self { named, default })
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
fn lookup_of(entry: &Entry, default: &TenantLookup) -> Result<TenantLookup, InvalidId> {
    match (entry.org_id.as_str(), entry.error.as_str()) {
        ("", "") => Ok(default.clone()),
        ("", _) => Ok(TenantLookup::Unknown),
        (org_id, _) => known(org_id, &entry.account_id),
    }
}

fn known(org_id: &str, account: &str) -> Result<TenantLookup, InvalidId> {
    let account_number = (!account.is_empty())
        .then(|| AccountNumber::parse(account))
        .transpose()?;
    Ok(TenantLookup::Known(Account {
        org_id: OrgId::parse(org_id)?,
        account_number,
    }))
}

#[async_trait]
impl TenantDirectory for FileDirectory {
    async fn lookup(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        let find = |client_id: &ClientId| {
            self.named
                .get(client_id.as_str())
                .unwrap_or(&self.default)
                .clone()
        };
        client_ids.iter().map(find).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_map_names_a_tenant_or_none_and_the_rest_get_the_default() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let map = r#"{"a": {"orgId": "1", "accountId": "7"}, "b": {"error": "gone"}, "c": {}}"#;
        std::fs::write(file.path(), map).expect("written");
        let directory = FileDirectory::load(&Tenancy {
            map_file: file.path().display().to_string(),
            default_org: "10000".to_owned(),
            default_account: "111000".to_owned(),
        })
        .expect("valid");
        let ids: Vec<_> = ["a", "b", "c", "d"]
            .map(|id| ClientId::parse(id).expect("valid"))
            .into();
        let default = known("10000", "111000").expect("valid");
        let expected = vec![
            known("1", "7").expect("valid"),
            TenantLookup::Unknown,
            default.clone(),
            default,
        ];
        assert_eq!(directory.lookup(&ids).await, expected);
    }
}
