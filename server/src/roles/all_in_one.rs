//! `all-in-one`: every role in one process, on an embedded broker and an embedded Kafka, and on SQLite or the
//! configured PostgreSQL.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use connector_domain::id::{AccountNumber, CallerName, OrgId};
use connector_domain::scope::IngestScope;
use tokio::time::timeout;

use super::process::{lifecycle_of, start_management};
use super::{api_server, doorkeeper, kafka_message_consumer, mqtt_message_consumer};
use crate::auth::{NewToken, TokenKeys};
use crate::compose::{Embedded, Store, wait_for_store};
use crate::config::Config;
use crate::demo;
use crate::http::{Check, Readiness};
use crate::lifecycle::{Lifecycle, Stage};
use crate::roles::kafka_message_consumer::{KafkaRole, forget_former_partitions};
use crate::roles::mqtt_message_consumer::Place;
use crate::tools::token::{every_permission_of_an_org, signed};

/// How long the token of the start link is valid.
const TOKEN_TTL: Duration = Duration::from_hours(24);
/// Parts of the drain time: for what devices sent to reach Kafka, for that to be applied, and for the rest.
const STOP_SHARE: u32 = 3;
/// How long every part may take to be ready.
const START_PATIENCE: Duration = Duration::from_secs(30);
const READY_POLL: Duration = Duration::from_millis(20);

// No documentation comment: it would take the place of the command's own.
#[derive(Debug, Clone, Copy, Args)]
pub struct Arguments {
    /// Adds simulated devices to look at, 24 unless told: they come, go, answer, and send messages.
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "24",
        value_parser = fleet_size,
    )]
    pub demo: Option<u16>,
}

fn fleet_size(text: &str) -> Result<u16, &'static str> {
    let size = text.parse().ok().filter(|size| (1..=1000).contains(size));
    size.ok_or("a number from 1 to 1000, or none; a command goes before it: all-in-one --demo")
}

/// A running platform.
pub struct AllInOne {
    lifecycle: Lifecycle,
    embedded: Embedded,
    store: Store,
    kafka_role: KafkaRole,
    demo: Option<demo::Fleet>,
    drain: Duration,
    /// Where the API and the page are.
    pub http: SocketAddr,
    /// Where the management endpoints are.
    pub management: SocketAddr,
}

/// Runs the role: starts, says how to go on, stops on a signal.
pub async fn run(config: Config, arguments: Arguments) -> anyhow::Result<()> {
    let mut platform = AllInOne::start(&config, &|step| println!("{step}")).await?;
    if let Some(size) = arguments.demo {
        let fleet = demo::Fleet::start(&config, platform.devices(), size, &demo::Pace::human())?;
        println!("demo        {fleet}");
        platform.demo = Some(fleet);
    }
    println!("{}", welcome(&config, &platform)?);
    let ended = platform.lifecycle.until_ending().await;
    println!("stopping: what was taken is worked off; press Ctrl-C again to stop at once");
    platform.stop().await?;
    ended
}

impl AllInOne {
    /// Starts everything; `say` is told each step.
    pub async fn start(config: &Config, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<Self> {
        let lifecycle = lifecycle_of(config);
        let listener = api_server::listen(config).await?;
        let http = listener.address();
        let store = wait_for_store(config, "all-in-one").await?;
        let applied = store.migrate().await?.len();
        say(&format!(
            "database    {}, {applied} migrations applied",
            store.title()
        ));
        let (embedded, endpoints) = Embedded::start(config).await?;
        say(&format!(
            "mqtt        embedded broker for devices on {}, mutual TLS",
            embedded.device_address()
        ));
        say("kafka       embedded; records in flight do not survive a kill, the database does");
        let partitions = config.kafka.embedded_partitions;
        forget_former_partitions(config, &store, |_| Some(partitions)).await?;
        let kafka_role = kafka_message_consumer::start(config, &endpoints, &store, &lifecycle)?;
        // Never stamp below what an earlier run stamped, even if the clock was set back: its log is gone, its rows are not.
        let newest = store.newest_stamp(IngestScope::issue()).await?;
        let newest = newest.unwrap_or_default();
        let mut checks: Vec<Arc<dyn Check>> =
            mqtt_message_consumer::start(config, &endpoints, Place::Only(newest), &lifecycle)?;
        say("consumers   mqtt-message-consumer, kafka-message-consumer");
        checks.extend(api_server::start(config, &endpoints, &store, listener, &lifecycle).await?);
        checks.extend(kafka_role.checks.iter().cloned());
        say(&format!(
            "api         GraphQL on {}/graphql, WebSocket on /graphql/ws",
            api_server::url_of(http)
        ));
        until_ready(&lifecycle, &Readiness::new(checks.clone())).await?;
        let management = start_management(config, &lifecycle, checks).await?;
        let bouncer = embedded.bouncer();
        doorkeeper::look(&store, &bouncer).await?;
        let keeping = doorkeeper::run(store.clone(), bouncer, lifecycle.stop_of(Stage::Work));
        lifecycle.spawn(Stage::Work, "doorkeeper", keeping);
        // Last, since a start that fails drops what was taken from devices.
        embedded.admit_devices();
        say(&format!(
            "management  {}/livez, /readyz, /metrics",
            api_server::url_of(management)
        ));
        let drain = Duration::from_secs(config.lifecycle.drain_seconds);
        Ok(Self {
            lifecycle,
            embedded,
            store,
            kafka_role,
            demo: None,
            drain,
            http,
            management,
        })
    }

    /// Where devices connect.
    pub fn devices(&self) -> SocketAddr {
        self.embedded.device_address()
    }

    /// Lets the demonstration's devices leave, works off what was taken from devices, then stops everything.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let demo = self.demo.take();
        let share = self.drain / STOP_SHARE;
        let taken = async {
            if let Some(fleet) = demo {
                fleet.stop().await;
            }
            self.embedded.drain().await;
        };
        let drained = async { drop(timeout(share, taken).await) };
        let settled = async { drop(timeout(share, self.kafka_role.settled()).await) };
        let outcome = self.lifecycle.stop(drained, settled).await;
        self.embedded.stop().await;
        self.store.close().await;
        outcome
    }
}

/// Waits until every part is ready: what devices say from then on is taken.
async fn until_ready(lifecycle: &Lifecycle, readiness: &Readiness) -> anyhow::Result<()> {
    let waiting = async {
        while !readiness.report().await.0 {
            tokio::time::sleep(READY_POLL).await;
        }
    };
    tokio::select! {
        waited = timeout(START_PATIENCE, waiting) => {
            if waited.is_err() {
                let (_, report) = readiness.report().await;
                anyhow::bail!("not ready within {START_PATIENCE:?}: {report}");
            }
            Ok(())
        }
        ended = lifecycle.until_ending() => {
            ended?;
            lifecycle.stop(std::future::ready(()), std::future::ready(())).await?;
            anyhow::bail!("stopped before everything was ready")
        }
    }
}

/// The last lines on the screen: the page, a token, and a command that connects a device.
fn welcome(config: &Config, platform: &AllInOne) -> anyhow::Result<String> {
    let tenancy = &config.tenancy;
    let account = (!tenancy.default_account.is_empty())
        .then(|| AccountNumber::parse(tenancy.default_account.as_str()));
    let token = NewToken {
        name: CallerName::parse("developer")?,
        org_id: Some(OrgId::parse(tenancy.default_org.as_str())?),
        account_number: account.transpose()?,
        permissions: every_permission_of_an_org(),
        ttl: TOKEN_TTL,
    };
    let url = api_server::url_of(platform.http);
    let (token_life, entrance) = entrance(config, &url, token)?;
    let binary = std::env::current_exe()?.display().to_string();
    let data_dir = config.data_dir.display();
    let devices = platform.devices();
    Ok(format!(
        "\nready. Organisation {org}; {token_life}.\n\n\
         a certificate for a device of your own:\n  {binary} certs issue host-1 --out certs --data-dir {data_dir}\n\n\
         {entrance}\n\n\
         connect a simulated device:\n  {binary} device --client-id device --broker {devices} --data-dir {data_dir}\n",
        org = tenancy.default_org,
    ))
}

/// How long the printed token is valid, and the page with it; without one where tokens come from elsewhere.
fn entrance(config: &Config, url: &str, token: NewToken) -> anyhow::Result<(&'static str, String)> {
    if TokenKeys::load(config)?.signing.is_none() {
        let life = "tokens come from elsewhere, as [auth] says";
        return Ok((life, format!("playground:\n  {url}/")));
    }
    let token = signed(config, token)?;
    let entrance = format!("playground:\n  {url}/#token={token}\n\ntoken:\n  {token}");
    Ok(("the token is valid for a day", entrance))
}
