//! Which database `database.url` names.

use std::path::PathBuf;

use super::error::ConfigError;
use super::section::Config;

/// A database, by its kind.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// SQLite, in this file.
    Sqlite(PathBuf),
    /// PostgreSQL, at this URL. It may hold a password.
    Postgres(String),
}

impl Config {
    /// The database of these settings.
    pub fn database_address(&self) -> Result<DatabaseAddress, ConfigError> {
        let url = &self.database.url;
        if url.is_empty() {
            return Ok(DatabaseAddress::Sqlite(self.data_dir.join("connector.db")));
        }
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => {
                let path = path.strip_prefix("//").unwrap_or(path);
                Ok(DatabaseAddress::Sqlite(PathBuf::from(path)))
            }
            Some(("postgres" | "postgresql", _)) if url::Url::parse(url).is_ok() => {
                Ok(DatabaseAddress::Postgres(url.clone()))
            }
            _ => Err(not_allowed(url)),
        }
    }
}

/// Without what follows the scheme, which may hold a password.
fn not_allowed(url: &str) -> ConfigError {
    let value = match url.split_once(':') {
        Some((scheme, _)) => format!("{scheme}:…"),
        None => "…".to_owned(),
    };
    ConfigError::NotAllowed {
        key: "database.url",
        value,
        allowed: "\"postgres://USER:PASSWORD@HOST:PORT/DATABASE\" (special characters in it as %XX), \"sqlite:PATH\", or \
                  \"\" for connector.db in the data directory"
            .to_owned(),
    }
}
