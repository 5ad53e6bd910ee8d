//! `connections show`.

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::row::{DEVICES, Dispatcher, Tag, labels, names};
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::interruption::interruptible;
use crate::tools::api::output::{Output, Shape, paint};
use crate::tools::api::page_of_facts::PageOfFacts;
use crate::tools::api::table::{Cell, Table};

const DOCUMENT: &str = concat!(include_str!("show.graphql"), include_str!("fields.graphql"));

/// Which device.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The device: the common name of its certificate.
    #[arg(value_name = "CLIENT_ID")]
    client_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Device {
    client_id: String,
    org_id: Option<String>,
    account_number: Option<String>,
    state: String,
    state_reason: String,
    state_changed_at: String,
    last_seen_at: String,
    first_seen_at: String,
    client_name: Option<String>,
    client_version: Option<String>,
    canonical_facts: Option<Facts>,
    dispatchers: Vec<Dispatcher>,
    tags: Vec<Tag>,
    state_history: History,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    fqdn: Option<String>,
    ip_addresses: Vec<String>,
    mac_addresses: Vec<String>,
    insights_id: Option<String>,
    subscription_manager_id: Option<String>,
}

#[derive(Deserialize)]
struct History {
    nodes: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    state: String,
    reason: String,
    occurred_at: String,
}

impl Show {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        interruptible(self.print(client, output)).await
    }

    async fn print(&self, client: &Client, output: &Output) -> Result<(), Failure> {
        let variables = json!({"clientId": self.client_id});
        let found: Option<Box<RawValue>> = client.execute(DOCUMENT, &variables).await?;
        let found = found.ok_or_else(|| {
            let problem = format!("this token sees no device {:?}", self.client_id);
            Failure::refused("CLIENT_NOT_FOUND", problem)
        })?;
        let mut printer = output.printer(DEVICES, Shape::Each);
        if !output.is_table() {
            return printer.print(&[found]);
        }
        let device: Device = serde_json::from_str(found.get())
            .map_err(|error| Failure::refused("UNREADABLE", error.to_string()))?;
        printer.write(&page(device))
    }
}

fn page(device: Device) -> String {
    let mut page = PageOfFacts::new(paint());
    page.line("client id", &Cell::text(device.client_id));
    page.line("state", &Cell::state(device.state));
    page.line("reason", &Cell::text(device.state_reason));
    page.line("since", &Cell::time(device.state_changed_at));
    page.line("last seen", &Cell::time(device.last_seen_at));
    page.line("first seen", &Cell::time(device.first_seen_at));
    page.maybe("organisation", device.org_id);
    page.maybe("account", device.account_number);
    page.maybe("client", device.client_name);
    page.maybe("client version", device.client_version);
    if let Some(facts) = device.canonical_facts {
        page.maybe("fqdn", facts.fqdn);
        page.line("ip addresses", &Cell::text(facts.ip_addresses.join(" ")));
        page.line("mac addresses", &Cell::text(facts.mac_addresses.join(" ")));
        page.maybe("insights id", facts.insights_id);
        page.maybe("subscription", facts.subscription_manager_id);
    }
    page.line("dispatchers", &Cell::text(names(&device.dispatchers)));
    page.line("tags", &Cell::text(labels(&device.tags)));
    let mut history = Table::new(&["TIME", "STATE", "REASON"], paint());
    let changes = device.state_history.nodes.into_iter().map(|change| {
        vec![
            Cell::time(change.occurred_at),
            Cell::state(change.state),
            Cell::text(change.reason),
        ]
    });
    let changes: Vec<_> = changes.collect();
    format!("{}\n{}", page.into_text(), history.lines(&changes))
}
