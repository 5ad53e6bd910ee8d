//! Statuses, from the device that says them to a subscriber of `connectionChanged`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use connector_domain::clock::{Clock, System};
use connector_domain::stamp::Stamp;
use connector_load::{Fleet, Kind, Latencies};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::watch::{Happening, Watch};

const DOCUMENT: &str = include_str!("presence.graphql");

/// What a subscriber has heard of this run.
#[derive(Default)]
pub(super) struct Presence {
    /// From the first sending of a status to the first event that shows it.
    pub latencies: Latencies,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    /// Number of the newest status, by client id.
    newest: HashMap<String, u32>,
    /// Events that the server dropped.
    missed: u64,
}

/// The variables of the subscription.
#[derive(Serialize)]
pub(super) struct Variables {
    filter: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    client_id: String,
    connection: Option<Connection>,
}

#[derive(Deserialize)]
struct Connection {
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    key: String,
    value: String,
}

impl Presence {
    /// A subscription to this run; to be begun before its devices speak.
    pub(super) async fn watch<'a>(
        client: &'a Client,
        run: &str,
    ) -> Result<Watch<'a, Variables>, Failure> {
        let filter = json!({"tags": [{"key": "run", "value": run}]});
        Watch::start(client, DOCUMENT, Variables { filter }, None).await
    }

    /// Hears events until one fails to come.
    pub(super) async fn follow(&self, mut watch: Watch<'_, Variables>, run: &str) -> Failure {
        loop {
            match watch.next().await {
                Ok(Happening::Event(event)) => self.hear(event.get(), run),
                Ok(Happening::Missed(count)) => self.heard().missed += count.unwrap_or(1),
                Ok(Happening::Lost(_) | Happening::Back) => {}
                Err(failure) => return failure,
            }
        }
    }

    fn hear(&self, event: &str, run: &str) {
        let Ok(event) = serde_json::from_str::<Event>(event) else {
            return;
        };
        let Some((number, said)) = event.connection.and_then(|shown| status(&shown, run)) else {
            return;
        };
        let mut heard = self.heard();
        let newest = heard.newest.entry(event.client_id).or_default();
        // An event shows the device as it is now: the next one may show nothing newer.
        if number > *newest {
            *newest = number;
            self.latencies.record(System.now().since(said));
        }
    }

    /// How many devices have said a status that no event has shown.
    pub(super) fn untold(&self, fleet: &Fleet) -> usize {
        let heard = self.heard();
        let members = fleet.members().iter();
        let is_untold = |member: &&std::sync::Arc<connector_load::Member>| {
            let memory = member.memory();
            let last = memory
                .said()
                .iter()
                .rposition(|said| said.kind == Kind::Status && said.acknowledged_at().is_some());
            let newest = heard.newest.get(member.client_id()).copied();
            last.is_some_and(|index| newest.unwrap_or(0) as usize <= index)
        };
        members.filter(is_untold).count()
    }

    /// How many events the server dropped.
    pub(super) fn missed(&self) -> u64 {
        self.heard().missed
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of a status of this run, and when it was said.
fn status(connection: &Connection, run: &str) -> Option<(u32, Stamp)> {
    let tag = |key: &str| {
        let mut tags = connection.tags.iter();
        tags.find(|tag| tag.key == key)
            .map(|tag| tag.value.as_str())
    };
    if tag("run") != Some(run) {
        return None;
    }
    let said = Stamp::from_nanos(tag("said")?.parse().ok()?);
    Some((tag("number")?.parse().ok()?, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_counts_once_and_only_of_this_run() {
        let presence = Presence::default();
        let event = |number: u32, run: &str| {
            json!({"clientId": "host-1", "connection": {"tags": [
                {"key": "number", "value": number.to_string()},
                {"key": "run", "value": run},
                {"key": "said", "value": "1"},
            ]}})
            .to_string()
        };
        for (number, run) in [(1, "r"), (3, "r"), (3, "r"), (2, "r"), (9, "other")] {
            presence.hear(&event(number, run), "r");
        }
        presence.hear(r#"{"clientId": "host-1", "connection": null}"#, "r");
        assert_eq!(presence.latencies.take().count, 2);
        assert_eq!(presence.heard().newest["host-1"], 3);
    }
}
