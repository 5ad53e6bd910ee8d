//! `cloud-connector dead-letters`: what could not be processed, shown and put back.

mod page;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use connector_consumers::dead_letters::{
    Filter, Heading, Mode, Outcome, Place, ReplayPorts, Selection, Topics, find, list, replay,
};
use connector_domain::id::ClientId;
use connector_domain::wire::TopicPrefix;
use connector_transport::kafka;

use super::log::{kafka_of, read_all};
use crate::config::Config;

/// What to do.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The newest dead letters, newest first.
    List(List),
    /// One dead letter with its headers and its payload.
    Show {
        /// Where it is, as `list` prints it.
        #[arg(value_name = "PARTITION/OFFSET")]
        place: Place,
    },
    /// Appends the original record to its original topic again.
    Replay(Replay),
}

#[derive(Debug, Args)]
struct List {
    /// Most letters shown.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    #[command(flatten)]
    which: Which,
    /// How they are printed.
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

#[derive(Debug, Args)]
struct Which {
    /// Of this device only.
    #[arg(long, value_name = "ID")]
    client_id: Option<ClientId>,
    /// Whose error holds this text only; case is ignored.
    #[arg(long, value_name = "TEXT")]
    error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Table,
    Json,
}

#[derive(Debug, Args)]
struct Replay {
    /// These letters, even if they were replayed before.
    #[arg(value_name = "PARTITION/OFFSET", required_unless_present = "all", conflicts_with_all = ["all", "client_id", "error"])]
    places: Vec<Place>,
    /// All letters, or those that --client-id and --error pass; not what was replayed before, nor what failed again.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    which: Which,
    /// Only print what would be done.
    #[arg(long)]
    dry_run: bool,
}

impl Which {
    fn into_filter(self) -> Filter {
        Filter {
            client_id: self.client_id,
            error: self.error,
        }
    }
}

/// Said with every replay.
const ORDER: &str = "a replayed record keeps the time it was received: a status counts only if nothing newer of its device \
                     has been applied, a data message is stored with that time, once";

/// Runs the command.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let settings = kafka_of(config)?;
    let topic = &config.kafka.topics.dead_letter;
    match arguments.action {
        Action::List(List {
            limit,
            which,
            output,
        }) => {
            let tail = read_all(&settings, topic).await?;
            let listing = list(&tail, &which.into_filter(), usize::from(limit)).await?;
            match output {
                Output::Table => print!("{}", table::of(&listing)),
                Output::Json => println!("{}", serde_json::to_string_pretty(&listing.headings)?),
            }
            Ok(())
        }
        Action::Show { place } => {
            let tail = read_all(&settings, topic).await?;
            let Some(letter) = find(&tail, place).await? else {
                anyhow::bail!("there is no dead letter at {place}");
            };
            print!("{}", page::of(&letter));
            Ok(())
        }
        Action::Replay(arguments) => put_back(config, &settings, arguments).await,
    }
}

async fn put_back(
    config: &Config,
    settings: &kafka::Settings,
    arguments: Replay,
) -> anyhow::Result<()> {
    let topics = Topics {
        control: config.kafka.topics.control.clone(),
        data: config.kafka.topics.data.clone(),
        dead_letter: config.kafka.topics.dead_letter.clone(),
        topic_prefix: TopicPrefix::parse(config.mqtt.topic_prefix.as_str())?,
    };
    let ports = ReplayPorts {
        receipts: Arc::new(read_all(settings, &topics.dead_letter).await?),
        letters: Arc::new(read_all(settings, &topics.dead_letter).await?),
        log: Arc::new(kafka::Producer::connect(
            settings,
            kafka::ProducerOptions::default(),
        )?),
    };
    let mode = if arguments.dry_run {
        Mode::DryRun
    } else {
        Mode::Replay
    };
    let asked: BTreeSet<Place> = arguments.places.into_iter().collect();
    let selection = if arguments.all {
        Selection::All(arguments.which.into_filter())
    } else {
        Selection::Places(asked.clone())
    };
    let mut not_done = 0;
    let mut tell = |heading: &Heading, outcome: &Outcome| {
        not_done += u64::from(matches!(outcome, Outcome::Impossible(_)));
        println!("{}\t{}", heading.place, table::outcome(outcome));
    };
    let missing = replay(&ports, &topics, selection, mode, &mut tell).await?;
    for place in &missing {
        println!("{place}\tthere is no such dead letter");
    }
    eprintln!("{ORDER}");
    if asked.is_empty() || (missing.is_empty() && not_done == 0) {
        return Ok(());
    }
    anyhow::bail!("not every letter asked for can be replayed");
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parses(line: &str) -> bool {
        Line::try_parse_from(std::iter::once("dead-letters").chain(line.split(' '))).is_ok()
    }

    #[test]
    fn a_replay_names_letters_or_all_of_them() {
        for line in [
            "replay 0/1 2/3 --dry-run",
            "replay --all",
            "replay --all --error refused",
            "list --client-id host-1 --output json",
            "show 0/1",
        ] {
            assert!(parses(line), "{line}");
        }
        for line in [
            "replay",
            "replay 0/1 --all",
            "replay --error refused",
            "replay 0/1 --error refused",
            "replay 0",
            "list --limit 0",
            "show",
        ] {
            assert!(!parses(line), "{line}");
        }
    }
}
