//! `messages send`.

use std::io::Stdout;
use std::time::Duration;

use clap::Args;
use connector_domain::clock::{IdSource, System};
use futures::StreamExt;
use tokio::time::timeout;

use super::delivery::{Delivery, MOST, Pending};
use super::order::{Addressed, Order};
use super::outcome::{Goal, OUTCOMES, Outcome, Payload};
use super::tally::Tally;
use super::targets::Targets;
use crate::cli::WrongUsage;
use crate::tools::api::choice::one_of;
use crate::tools::api::client::Client;
use crate::tools::api::content;
use crate::tools::api::failure::Failure;
use crate::tools::api::interruption::interruptible;
use crate::tools::api::output::{Output, Shape};
use crate::tools::api::progress::Progress;
use crate::tools::token::parse_ttl;

const DOCUMENT: &str = concat!(
    include_str!("send.graphql"),
    include_str!("fields.graphql"),
    include_str!("answers.graphql")
);

/// Messages on their way to the API at the same time.
const AT_ONCE: usize = 8;

pub(super) const EXAMPLES: &str = "\
Examples:
  cloud-connector messages send --client-id host-1 --directive echo '{\"hello\": \"world\"}' --wait
  cloud-connector messages send --client-id host-1 --directive rhc-worker-playbook @playbook.json --metadata crc_dispatcher_correlation_id=7
  generate | cloud-connector messages send --client-id host-1 --directive echo - -o json | jq -r .message.state
  cloud-connector messages send --client-ids-from hosts.txt --directive echo '1' --wait --timeout 5m

Each result has clientId, messageId, duplicate, message (null when refused) and errors. Without --wait a message that
is PUBLISHED (or, with --when-offline queue, QUEUED) is done; with --wait, one that is RESPONDED. Exit status 4: an answer
did not come in time, and may still come: see `messages show MESSAGE_ID`.";

/// What to send.
#[derive(Debug, Args)]
pub(super) struct Send {
    #[command(flatten)]
    targets: Targets,
    /// Worker: one of the device's dispatchers.
    #[arg(long, value_name = "NAME")]
    directive: String,
    /// JSON for the worker: as it is, @FILE, or - for stdin. Left out: null.
    #[arg(value_name = "CONTENT")]
    content: Option<String>,
    /// Key-value pair beside the content; once per pair.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    metadata: Vec<(String, String)>,
    /// Your own id for the message (UUID). Sending the same again under it is safe: it is not sent twice.
    #[arg(long, value_name = "UUID")]
    message_id: Option<String>,
    /// A device that is offline: refuse, or keep the message until it is back.
    #[arg(long, value_name = "WHAT", default_value = "reject", value_parser = one_of(["reject", "queue"]))]
    when_offline: String,
    /// Give up after so long: a number with s, m, h or d.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_ttl)]
    expires_in: Duration,
    /// Check everything, send nothing.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
    /// Wait until the device has answered, and print the answer.
    #[arg(long)]
    wait: bool,
    /// Longest wait for answers.
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = parse_ttl, requires = "wait")]
    timeout: Duration,
}

/// What to send, with all that is read from files and stdin.
pub(super) struct Prepared {
    order: Order,
    messages: Vec<Addressed>,
    wait: Option<Duration>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is not KEY=VALUE"))?;
    Ok((key.to_owned(), value.to_owned()))
}

impl Send {
    /// Reads files and stdin.
    pub(super) fn prepare(self) -> Result<Prepared, WrongUsage> {
        if self.targets.are_in_stdin() && self.content.as_deref() == Some("-") {
            let problem = "stdin holds the client ids or the content, not both";
            return Err(WrongUsage(problem.to_owned()));
        }
        let targets = self.targets.read()?;
        if targets.len() > 1 && self.message_id.is_some() {
            let problem = "--message-id is for one device: each message has an id of its own";
            return Err(WrongUsage(problem.to_owned()));
        }
        if self.wait && targets.len() > MOST {
            let problem = format!("--wait takes at most {MOST} devices");
            return Err(WrongUsage(problem));
        }
        let content = self.content.as_deref().map(content::read).transpose()?;
        let messages = targets.into_iter().map(|client_id| Addressed {
            client_id,
            // Chosen here, so that a request whose answer got lost can be repeated.
            message_id: match &self.message_id {
                Some(message_id) => message_id.to_ascii_lowercase(),
                None => System.message_id().to_string(),
            },
        });
        Ok(Prepared {
            messages: messages.collect(),
            order: Order {
                directive: self.directive,
                content,
                metadata: self.metadata.into_iter().collect(),
                when_offline: self.when_offline,
                expires_in_seconds: self.expires_in.as_secs(),
                dry_run: self.dry_run,
            },
            wait: self.wait.then_some(self.timeout),
        })
    }
}

impl Prepared {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        interruptible(self.send(client, output)).await
    }

    async fn send(self, client: &Client, output: &Output) -> Result<(), Failure> {
        let (goal, delivery) = match self.wait {
            None => (Goal::Sent, None),
            Some(patience) => {
                let ids = self.messages.iter().map(|to| to.message_id.clone());
                let delivery = Delivery::start(client, ids.collect()).await?;
                (Goal::Answered, Some((patience, delivery)))
            }
        };
        let single = self.messages.len() == 1;
        let shape = if single { Shape::Each } else { Shape::List };
        let mut tally = Tally::new(goal, output.printer(OUTCOMES, shape));
        let progress = output.progress();
        if !single {
            progress.begin("messages", self.messages.len() as u64);
        }
        let mut pending = Pending::new();
        let sending = self.messages.iter().map(|to| self.send_one(client, to));
        let mut sending = futures::stream::iter(sending).buffer_unordered(AT_ONCE);
        while let Some(outcome) = sending.next().await {
            let outcome = outcome?;
            if delivery.is_some() && outcome.may_be_answered() {
                if single {
                    progress.note(&format!(
                        "sent as {}, waiting for the answer",
                        outcome.message_id
                    ));
                }
                pending.insert(outcome.message_id.clone(), outcome);
            } else {
                tally.add(&outcome, &progress)?;
            }
        }
        if let Some((patience, delivery)) = delivery {
            wait(delivery, patience, pending, &mut tally, output, &progress).await?;
        }
        drop(progress);
        tally.finish()
    }

    async fn send_one(&self, client: &Client, to: &Addressed) -> Result<Outcome, Failure> {
        let payload: Payload = client
            .execute(DOCUMENT, &self.order.variables(to))
            .await
            .map_err(|failure| self.outcome_unknown(failure, to))?;
        Ok(Outcome::of(to.clone(), payload))
    }

    /// When no answer came, the message may be on its way.
    fn outcome_unknown(&self, failure: Failure, to: &Addressed) -> Failure {
        if self.messages.len() > 1 || self.order.dry_run {
            return failure;
        }
        let hint = |problem: String| {
            format!(
                "{problem}; whether it was sent is unknown: the same command with --message-id {} is safe",
                to.message_id
            )
        };
        match failure {
            Failure::Unreachable(problem) => Failure::Unreachable(hint(problem)),
            Failure::TimedOut(problem) => Failure::TimedOut(hint(problem)),
            failure => failure,
        }
    }
}

async fn wait(
    delivery: Delivery<'_>,
    patience: Duration,
    mut pending: Pending,
    tally: &mut Tally<Stdout>,
    output: &Output,
    progress: &Progress,
) -> Result<(), Failure> {
    let following = delivery.follow(&mut pending, output, |outcome| {
        tally.add(&outcome, progress)
    });
    if let Ok(outcome) = timeout(patience, following).await {
        return outcome;
    }
    for outcome in pending.values() {
        tally.print(outcome, progress)?;
    }
    tally.close()?;
    let missing = match pending.len() {
        1 => "no answer came".to_owned(),
        number => format!("{number} answers did not come"),
    };
    Err(Failure::TimedOut(format!(
        "{missing} within {patience:?}; an answer may still come: see messages show MESSAGE_ID"
    )))
}
