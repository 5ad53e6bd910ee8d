//! `connections list`.

use clap::Args;
use serde::Serialize;

use super::filter::Filter;
use super::row::DEVICES;
use crate::tools::api::choice::one_of;
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::interruption::interruptible;
use crate::tools::api::output::Output;
use crate::tools::api::pages::{self, print_all};

const DOCUMENT: &str = concat!(include_str!("list.graphql"), include_str!("fields.graphql"));

pub(super) const EXAMPLES: &str = "\
Examples:
  cloud-connector connections list --state online --tag site=north
  cloud-connector connections list --search 'web-' --sort last-seen-at --descending --limit 20
  cloud-connector connections list -o ndjson | jq -r 'select(.state == \"OFFLINE\") | .clientId'";

/// Which devices, in which order.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    filter: Filter,
    /// Order of the list.
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "client-id",
        value_parser = one_of(["client-id", "fqdn", "last-seen-at", "state-changed-at"])
    )]
    sort: String,
    /// Largest, or newest, first.
    #[arg(long)]
    descending: bool,
    /// Most devices listed. Left out: all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variables {
    filter: Filter,
    order_by: Order,
}

#[derive(Serialize)]
struct Order {
    field: String,
    direction: &'static str,
}

impl List {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let variables = Variables {
            filter: self.filter,
            order_by: Order {
                field: self.sort,
                direction,
            },
        };
        let list = pages::List {
            document: DOCUMENT,
            variables: &variables,
            limit: self.limit,
            what: "devices",
        };
        interruptible(print_all(client, list, output, DEVICES)).await
    }
}
