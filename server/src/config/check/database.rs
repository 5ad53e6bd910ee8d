//! What must hold of the database.

use super::refuse;
use crate::config::error::ConfigError;
use crate::config::section::Config;

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    config.database_address()?;
    let database = &config.database;
    if !(2..=500).contains(&database.max_connections) {
        return Err(refuse(
            "database.max_connections",
            database.max_connections,
            "2 to 500".to_owned(),
        ));
    }
    if !(1..=300).contains(&database.statement_timeout_seconds) {
        return Err(refuse(
            "database.statement_timeout_seconds",
            database.statement_timeout_seconds,
            "1 to 300".to_owned(),
        ));
    }
    if database.start_patience_seconds > 3600 {
        return Err(refuse(
            "database.start_patience_seconds",
            database.start_patience_seconds,
            "at most 3600".to_owned(),
        ));
    }
    Ok(())
}
