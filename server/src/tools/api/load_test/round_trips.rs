//! Messages to devices through the API: accepted, received by the device, answered, and the answer told to a subscriber.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_domain::clock::{IdSource, System};
use connector_load::{Fleet, Latencies, Truth};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::sent::{Book, Sent};
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::watch::{Happening, Watch};

const SEND: &str = include_str!("send.graphql");
const DOCUMENT: &str = include_str!("round_trips.graphql");

/// Messages on their way to the API at the same time.
const AT_ONCE: usize = 64;

/// What became of the messages.
#[derive(Default)]
pub(super) struct RoundTrips {
    /// Until `sendMessage` has answered PUBLISHED.
    pub accepted: Latencies,
    /// Until the device had the message.
    pub received: Latencies,
    /// Until a subscriber of `messageStateChanged` heard RESPONDED.
    pub responded: Latencies,
    book: Mutex<Book>,
}

/// The variables of the subscription.
#[derive(Serialize)]
pub(super) struct Variables {
    filter: Value,
}

#[derive(Deserialize)]
struct Payload {
    message: Option<Message>,
    errors: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Message {
    state: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

#[derive(Deserialize)]
struct Event {
    state: String,
    message: Named,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    message_id: String,
}

impl RoundTrips {
    /// A subscription to one's own messages; to be begun before the first is sent.
    pub(super) async fn watch(client: &Client) -> Result<Watch<'_, Variables>, Failure> {
        let filter = json!({"mine": true, "directive": ["echo"]});
        Watch::start(client, DOCUMENT, Variables { filter }, None).await
    }

    /// Sends `rate` messages per second to devices that are there, until stopped; then waits for the API's answers.
    pub(super) async fn send(
        &self,
        client: &Client,
        fleet: &Fleet,
        rate: f64,
        stop: &CancellationToken,
    ) {
        if rate <= 0.0 {
            return;
        }
        let mut ticks = interval(Duration::from_secs_f64(1.0 / rate));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut under_way = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = ticks.tick(), if under_way.len() < AT_ONCE => {
                    let member = target(fleet, self.book().sent);
                    under_way.extend(member.map(|member| self.send_one(client, fleet, member)));
                }
                Some(()) = under_way.next() => {}
            }
        }
        while under_way.next().await.is_some() {}
    }

    async fn send_one(&self, client: &Client, fleet: &Fleet, member: usize) {
        let message_id = System.message_id().to_string();
        let asked = fleet.elapsed();
        self.book().add(&message_id, Sent { member, asked });
        let client_id = fleet.members()[member].client_id();
        let input = json!({"clientId": client_id, "messageId": message_id, "directive": "echo", "content": {"load": true}});
        let outcome: Result<Payload, Failure> =
            client.execute(SEND, &json!({"input": input})).await;
        match outcome {
            Ok(payload) => {
                let published = payload
                    .message
                    .is_some_and(|message| matches!(&*message.state, "PUBLISHED" | "RESPONDED"));
                if published {
                    self.accepted.record(fleet.elapsed().saturating_sub(asked));
                } else if let Some(refusal) = payload.errors.first() {
                    self.book().fail(&message_id, &refusal.code);
                }
            }
            Err(failure) => self.book().fail(&message_id, code(&failure)),
        }
    }

    /// Hears what becomes of the messages until an event fails to come.
    pub(super) async fn follow(&self, mut watch: Watch<'_, Variables>, fleet: &Fleet) -> Failure {
        loop {
            match watch.next().await {
                Ok(Happening::Event(event)) => self.hear(event.get(), fleet),
                Ok(Happening::Missed(_) | Happening::Lost(_) | Happening::Back) => {}
                Err(failure) => return failure,
            }
        }
    }

    fn hear(&self, event: &str, fleet: &Fleet) {
        let Ok(Event { state, message }) = serde_json::from_str(event) else {
            return;
        };
        let id = message.message_id;
        match state.as_str() {
            "RESPONDED" => {
                let Some(sent) = self.book().respond(&id) else {
                    return;
                };
                self.responded
                    .record(fleet.elapsed().saturating_sub(sent.asked));
                let received = fleet.members()[sent.member]
                    .memory()
                    .received
                    .get(&id)
                    .copied();
                if let Some(received) = received {
                    self.received.record(received.at.saturating_sub(sent.asked));
                }
            }
            "FAILED" | "REJECTED" | "EXPIRED" | "CANCELLED" => self.book().fail(&id, &state),
            _ => {}
        }
    }

    /// What is known of the messages.
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next device, in turn, that is connected.
fn target(fleet: &Fleet, turn: u64) -> Option<usize> {
    let members = fleet.members();
    let first = usize::try_from(turn).ok()? % members.len();
    let mut places = (first..members.len()).chain(0..first);
    places.find(|index| members[*index].memory().truth == Truth::Online)
}

fn code(failure: &Failure) -> &str {
    match failure {
        Failure::Refused { code, .. } => code,
        Failure::TimedOut(_) => "TIMEOUT",
        _ => "UNREACHABLE",
    }
}
