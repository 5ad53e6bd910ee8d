//! `cloud-connector migrate`: brings the database up to date.

use clap::Args;

use crate::compose::{open_store, pending_migrations};
use crate::config::Config;

/// How to migrate.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print what would be applied; apply and make nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command: one line per migration.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let migrations = if arguments.dry_run {
        pending_migrations(config, "migrate").await?
    } else {
        apply(config).await?
    };
    for migration in &migrations {
        println!("{migration}");
    }
    if migrations.is_empty() {
        eprintln!("the database is up to date");
    }
    Ok(())
}

async fn apply(config: &Config) -> anyhow::Result<Vec<String>> {
    let store = open_store(config, "migrate").await?;
    let applied = store.migrate().await;
    store.close().await;
    applied
}
