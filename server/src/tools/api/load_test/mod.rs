//! `cloud-connector load-test`: a fleet of simulated devices speaks, a caller sends it messages, and the times are told as
//! the API shows them. For a platform of one's own: it refuses one that is not on this machine unless allowed.

mod broker;
mod credentials;
mod load;
mod presence;
mod report;
mod round_trips;
mod sent;
mod test;
mod voice;

use clap::Args;
use connector_domain::clock::{Clock, System};
use connector_domain::id::{CallerName, OrgId};
use connector_load::Options;

use self::broker::Broker;
use self::credentials::Credentials;
use self::load::Load;
use self::test::Test;
use self::voice::Voice;
use super::access::Access;
use super::client::Client;
use super::epilogue;
use crate::auth::{NewToken, TokenKeys};
use crate::cli::WrongUsage;
use crate::config::Config;
use crate::tools::token::{every_permission_of_an_org, signed};

const EXAMPLES: &str = "\
Examples:
  cloud-connector load-test                                        # all-in-one of this directory, 30 s
  cloud-connector load-test --devices 1000 --rate 500 --send-rate 20 --duration 5m
  cloud-connector load-test --json | jq '.latencies.statusToEvent'
  cloud-connector load-test --broker broker.test:8883 --url https://api.test/graphql --allow-remote --authority ca/

Every status is a change that a subscriber to connectionChanged hears of, every message sent is answered by its device.
Ctrl-C ends it early with the report so far. The devices stay in the database, offline; a later run with the same
--client-id uses them again. Without a token, one is signed with the key of the data directory, for an API on this machine.
Exit status 1 also where a device was refused, a link lost or a message failed; 4 where something did not come in time.";

/// How much load, where.
#[derive(Debug, Args)]
#[command(after_help = epilogue(EXAMPLES))]
pub struct Arguments {
    #[command(flatten)]
    load: Load,
    #[command(flatten)]
    credentials: Credentials,
    #[command(flatten)]
    access: Access,
    /// The report as one JSON document.
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// No progress and no remarks on stderr, only warnings and errors.
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,
}

/// Runs the command.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let Arguments {
        load,
        credentials,
        access,
        json,
        quiet,
    } = arguments;
    let broker = Broker::of(load.broker.as_deref(), config)?;
    check_targets(&load, &broker, &access)?;
    let client = (!load.mqtt_only)
        .then(|| caller(config, &access))
        .transpose()?;
    let voice = Voice::new(quiet);
    let identities = credentials.identities(config, &load, &voice)?;
    let options = Options {
        topic_prefix: config.mqtt.topic_prefix.clone(),
        run: format!("{:x}", System.now().as_nanos() / 1_000_000),
        status_every: load.status_every,
        data_bytes: load.data_bytes,
        ..Options::new(broker.host.clone(), broker.port, load.rate)
    };
    voice.remark(&format!(
        "{} devices to {broker}, for {:?}; Ctrl-C ends it early",
        identities.len(),
        load.duration
    ));
    let test = Test::new(&load, client.as_ref(), &voice);
    let report = Box::pin(test.run(options, identities)).await?;
    report.print(json)?;
    Ok(report.verdict()?)
}

/// Loads what is not ours only when told that it may.
fn check_targets(load: &Load, broker: &Broker, access: &Access) -> Result<(), WrongUsage> {
    let is_near = broker.is_loopback() && (load.mqtt_only || access.is_loopback());
    if is_near || load.allow_remote {
        return Ok(());
    }
    Err(WrongUsage(format!(
        "the broker ({broker}) or the API is not on this machine: --allow-remote loads it all the same; it must be yours"
    )))
}

fn caller(config: &Config, access: &Access) -> Result<Client, WrongUsage> {
    access.client_or_with(|| development_token(config, access))
}

/// A token of the data directory's key, for an API that has the same one.
fn development_token(config: &Config, access: &Access) -> Option<String> {
    if !access.is_loopback() || TokenKeys::are_made_by_loading(config) {
        return None;
    }
    let token = NewToken {
        name: CallerName::parse("load-test").ok()?,
        org_id: OrgId::parse(config.tenancy.default_org.as_str()).ok(),
        account_number: None,
        permissions: every_permission_of_an_org(),
        ttl: std::time::Duration::from_hours(24),
    };
    signed(config, token).ok()
}
