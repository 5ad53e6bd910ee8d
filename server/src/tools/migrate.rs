//! `cloud-connector migrate`: brings the database up to date.

use clap::Args;

use crate::compose::open_store;
use crate::config::Config;

/// How to migrate.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print what would be applied, and apply nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command: one line per migration.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let migrations = if arguments.dry_run {
        store.pending_migrations().await?
    } else {
        store.migrate().await?
    };
    for migration in &migrations {
        println!("{migration}");
    }
    if migrations.is_empty() {
        eprintln!("the database is up to date");
    }
    store.close().await;
    Ok(())
}
