//! `cloud-connector rebuild`: connection records from Kafka into an empty database; with `--check`, a live database
//! against what that would give.

mod progress;
mod report;

use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use connector_consumers::rebuild::{
    Check, CheckOptions, Checked, Options, Rebuild, RebuildError, Source, Sources, Store,
};
use connector_domain::scope::IngestScope;
use connector_domain::wire::TopicPrefix;
use connector_store_sqlite::SqliteStore;
use connector_transport::kafka;
use tokio_util::sync::CancellationToken;

use super::log::{kafka_of, read_all};
use super::signal::until_signal;
use crate::compose::{self, open_migrated_store};
use crate::config::Config;
use progress::Progress;

/// Records applied in one transaction.
const BATCH: usize = 1_000;

/// What to do.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Change nothing: rebuild into a temporary database, compare, and print what differs; exit status 1 if anything does.
    #[arg(long)]
    check: bool,
}

/// Runs the command. Ctrl-C ends it after the batch at hand; run again, it goes on.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let settings = kafka_of(config)?;
    let store = open_migrated_store(config, "rebuild").await?;
    let outcome = if arguments.check {
        check(config, &settings, &store).await
    } else {
        fill(config, &settings, &store).await
    };
    store.close().await;
    outcome
}

async fn fill(
    config: &Config,
    settings: &kafka::Settings,
    store: &compose::Store,
) -> anyhow::Result<()> {
    let mut rebuild = rebuild_into(config, settings, store.clone(), store).await?;
    let shutdown = CancellationToken::new();
    let summary = until_done(&shutdown, rebuild.run(&shutdown)).await?;
    print!("{}", report::of_summary(&summary));
    Ok(())
}

async fn check(
    config: &Config,
    settings: &kafka::Settings,
    live: &compose::Store,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("there is no room for a temporary database")?;
    let scratch = SqliteStore::open(&folder.path().join("rebuilt.db")).await?;
    scratch.migrate().await?;
    let rebuild = rebuild_into(config, settings, Arc::new(scratch.clone()), live).await?;
    let check = Check::new(CheckOptions::default(), live.clone(), rebuild);
    let shutdown = CancellationToken::new();
    let checked = until_done(&shutdown, check.run(&shutdown)).await;
    scratch.close().await;
    verdict(&checked?)
}

fn verdict(checked: &Checked) -> anyhow::Result<()> {
    print!("{}", report::of_check(checked));
    let differing = u64::try_from(checked.differences.len())?.saturating_add(checked.more);
    if differing > 0 {
        anyhow::bail!("{differing} of {} devices differ", checked.devices);
    }
    Ok(())
}

/// The control topic is opened first, so that what the others hold is at least as new.
async fn rebuild_into(
    config: &Config,
    settings: &kafka::Settings,
    store: Arc<dyn Store>,
    blocks: &compose::Store,
) -> anyhow::Result<Rebuild> {
    let topics = &config.kafka.topics;
    let sources = Sources {
        control: source(settings, &topics.control).await?,
        data: source(settings, &topics.data).await?,
        state: source(settings, &topics.connection_state).await?,
        blocks: blocks.clone(),
    };
    let options = Options {
        topic_prefix: TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?,
        batch: BATCH,
    };
    let progress = Arc::new(Progress::new(topics));
    Ok(Rebuild::new(
        options,
        store,
        IngestScope::issue(),
        sources,
        progress,
    ))
}

async fn source(settings: &kafka::Settings, topic: &str) -> anyhow::Result<Source> {
    let tail = read_all(settings, topic).await?;
    Ok(Source {
        backlog: tail.backlog(),
        tail: Arc::new(tail),
    })
}

/// Waits for the work; a signal asks it to stop.
async fn until_done<T>(
    shutdown: &CancellationToken,
    work: impl Future<Output = Result<T, RebuildError>>,
) -> anyhow::Result<T> {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return Ok(done?),
        signalled = until_signal() => signalled?,
    }
    shutdown.cancel();
    Ok(work.await?)
}
