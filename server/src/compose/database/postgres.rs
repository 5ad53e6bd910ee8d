//! PostgreSQL: one server for all processes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_store_postgres::{OpenError, Options, PostgresStore, SchemaError};

use super::{Database, Store};
use crate::cli::WrongUsage;
use crate::config;

/// How many statements that just end in time a call may take.
const STATEMENTS_PER_CALL: u32 = 3;

/// Connects once, as the process of this name.
pub(in crate::compose) async fn connect(
    settings: &config::Database,
    url: &str,
    process: &str,
) -> anyhow::Result<Store> {
    let statement_timeout = Duration::from_secs(settings.statement_timeout_seconds);
    let options = Options {
        application_name: format!("cloud-connector/{process}"),
        max_connections: settings.max_connections,
        statement_timeout,
        call_timeout: statement_timeout * STATEMENTS_PER_CALL,
        ..Options::new(url)
    };
    match PostgresStore::connect(&options).await {
        Ok(store) => Ok(Arc::new(store)),
        Err(OpenError::Address(problem)) => {
            Err(WrongUsage(format!("database.url cannot be used: {problem}")).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the same may work later, with nobody changing a setting.
pub(in crate::compose) fn may_pass(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let open = cause.downcast_ref::<OpenError>();
        let schema = cause.downcast_ref::<SchemaError>();
        matches!(open, Some(OpenError::Unreachable { .. }))
            || matches!(schema, Some(SchemaError::Failed(_)))
    })
}

#[async_trait]
impl Database for PostgresStore {
    fn title(&self) -> String {
        format!("PostgreSQL, {}", self.place())
    }

    fn is_walled(&self) -> Option<bool> {
        Some(Self::is_walled(self))
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
