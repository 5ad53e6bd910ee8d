//! `messages list`.

use std::time::Duration;

use clap::Args;
use connector_domain::clock::{Clock, System};
use serde::Serialize;

use super::filter::Filter;
use super::row::MESSAGES;
use crate::tools::api::choice::one_of;
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::interruption::interruptible;
use crate::tools::api::output::Output;
use crate::tools::api::pages::{self, print_all};
use crate::tools::token::parse_ttl;

const DOCUMENT: &str = concat!(include_str!("list.graphql"), include_str!("fields.graphql"));

pub(super) const EXAMPLES: &str = "\
Examples:
  cloud-connector messages list --client-id host-1 --limit 10 --content
  cloud-connector messages list --mine --state failed,unconfirmed --since 1h
  cloud-connector messages list --direction from-device --content -o ndjson | jq -c .content";

/// Which messages.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    more: More,
    /// Most messages listed. Left out: all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// With content and metadata.
    #[arg(long)]
    content: bool,
}

/// Filters that make sense for a list only.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which messages (all of these)")]
struct More {
    /// Which way.
    #[arg(long, value_name = "WAY", value_parser = one_of(["to-device", "from-device"]))]
    direction: Option<String>,
    /// Answers to this message.
    #[arg(long, value_name = "UUID")]
    response_to: Option<String>,
    /// Not older than this: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", value_parser = parse_ttl)]
    since: Option<Duration>,
}

#[derive(Serialize)]
struct Variables {
    filter: FilterOfList,
    content: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterOfList {
    #[serde(flatten)]
    filter: Filter,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<From>,
}

#[derive(Serialize)]
struct From {
    from: String,
}

impl List {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        let since = self.more.since.map(|age| From {
            from: System.now().minus(age).to_string(),
        });
        let variables = Variables {
            filter: FilterOfList {
                filter: self.filter,
                direction: self.more.direction,
                response_to: self.more.response_to,
                created_at: since,
            },
            content: self.content,
        };
        let list = pages::List {
            document: DOCUMENT,
            variables: &variables,
            limit: self.limit,
            what: "messages",
        };
        interruptible(print_all(client, list, output, MESSAGES)).await
    }
}
