//! Waiting until devices answer.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::outcome::Outcome;
use super::show;
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::output::Output;
use crate::tools::api::watch::{Happening, Watch};

const DOCUMENT: &str = concat!(
    include_str!("delivery.graphql"),
    include_str!("fields.graphql"),
    include_str!("answers.graphql")
);

/// Most messages waited for at once: a filter names no more.
pub(super) const MOST: usize = 500;

/// What is waited for, by message id.
pub(super) type Pending = HashMap<String, Outcome>;

/// Sees every step of some messages, from before they are sent.
pub(super) struct Delivery<'a> {
    client: &'a Client,
    watch: Watch<'a, Variables>,
}

#[derive(Serialize)]
struct Variables {
    filter: Filter,
    content: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    message_ids: Vec<String>,
    /// A sender may watch its own without `MESSAGE_READ`.
    mine: bool,
}

#[derive(Deserialize)]
struct Event {
    message: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    message_id: String,
}

impl<'a> Delivery<'a> {
    /// To be called before the messages are sent.
    pub(super) async fn start(
        client: &'a Client,
        message_ids: Vec<String>,
    ) -> Result<Self, Failure> {
        let variables = Variables {
            filter: Filter {
                message_ids,
                mine: true,
            },
            content: false,
        };
        let watch = Watch::start(client, DOCUMENT, variables, None).await?;
        Ok(Self { client, watch })
    }

    /// Takes out of `pending` whatever has come to its end, and gives it to `done`, until none is left.
    pub(super) async fn follow(
        mut self,
        pending: &mut Pending,
        output: &Output,
        mut done: impl FnMut(Outcome) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        while !pending.is_empty() {
            match self.watch.next().await? {
                Happening::Event(event) => {
                    let event: Event = serde_json::from_str(event.get()).map_err(unreadable)?;
                    if let Some(outcome) = ended(pending, event.message)? {
                        done(outcome)?;
                    }
                }
                // Each may have moved unseen.
                Happening::Missed(_) => {
                    for message in self.read(pending).await? {
                        if let Some(outcome) = ended(pending, message)? {
                            done(outcome)?;
                        }
                    }
                }
                Happening::Lost(reason) => {
                    output.remark(&format!("connection lost, trying again: {reason}"));
                }
                Happening::Back => output.remark("connected again"),
            }
        }
        Ok(())
    }

    async fn read(&self, pending: &Pending) -> Result<Vec<Box<RawValue>>, Failure> {
        let mut messages = Vec::new();
        for message_id in pending.keys() {
            let variables = json!({"messageId": message_id, "content": false});
            let found: Option<Box<RawValue>> =
                self.client.execute(show::DOCUMENT, &variables).await?;
            messages.extend(found);
        }
        Ok(messages)
    }
}

/// Notes how a message is now; gives its outcome when no answer can come any more.
fn ended(pending: &mut Pending, message: Box<RawValue>) -> Result<Option<Outcome>, Failure> {
    let Named { message_id } = serde_json::from_str(message.get()).map_err(unreadable)?;
    let Some(outcome) = pending.get_mut(&message_id) else {
        return Ok(None);
    };
    outcome.message = Some(message);
    if outcome.may_be_answered() {
        return Ok(None);
    }
    Ok(pending.remove(&message_id))
}

#[allow(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn unreadable(error: serde_json::Error) -> Failure {
    Failure::refused("UNREADABLE", error.to_string())
}
