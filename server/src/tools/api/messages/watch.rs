//! `messages watch`.

use clap::Args;
use serde::Serialize;

use super::filter::Filter;
use super::row::{ARRIVALS, STEPS};
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::output::Output;
use crate::tools::api::watching::{Span, Watched};

const STEPS_DOCUMENT: &str = concat!(
    include_str!("watch.graphql"),
    include_str!("fields.graphql")
);

const ARRIVALS_DOCUMENT: &str = concat!(
    include_str!("received.graphql"),
    include_str!("fields.graphql")
);

pub(super) const EXAMPLES: &str = "\
Examples:
  cloud-connector messages watch --mine
  cloud-connector messages watch --received --client-id host-1
  cloud-connector messages watch --state failed,unconfirmed -o ndjson --content";

/// Which messages, from where, until when.
#[derive(Debug, Args)]
pub(super) struct Watch {
    /// What devices send, instead of what becomes of messages to them; always with content.
    #[arg(long)]
    received: bool,
    /// With content and metadata.
    #[arg(long)]
    content: bool,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    span: Span,
}

#[derive(Serialize)]
struct Variables {
    filter: Filter,
    content: bool,
}

impl Watch {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        let (document, layout) = if self.received {
            (ARRIVALS_DOCUMENT, ARRIVALS)
        } else {
            (STEPS_DOCUMENT, STEPS)
        };
        let watched = Watched {
            document,
            variables: Variables {
                filter: self.filter,
                content: self.content || self.received,
            },
            layout,
        };
        self.span.print(client, watched, output).await
    }
}
