//! `connections watch`.

use clap::Args;
use serde::Serialize;

use super::filter::Filter;
use super::row::CHANGES;
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::output::Output;
use crate::tools::api::watching::{Span, Watched};

const DOCUMENT: &str = concat!(
    include_str!("watch.graphql"),
    include_str!("fields.graphql")
);

pub(super) const EXAMPLES: &str = "\
Examples:
  cloud-connector connections watch --tag site=north
  cloud-connector connections watch --client-id host-1 --count 1 --timeout 5m     # until it comes, goes or changes
  cloud-connector connections watch -o ndjson | jq --unbuffered -c '{clientId, state, cursor}'";

/// Which devices, from where, until when.
#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    span: Span,
}

#[derive(Serialize)]
struct Variables {
    filter: Filter,
}

impl Watch {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        let watched = Watched {
            document: DOCUMENT,
            variables: Variables {
                filter: self.filter,
            },
            layout: CHANGES,
        };
        self.span.print(client, watched, output).await
    }
}
