//! `messages show`.

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::row::MESSAGES;
use crate::tools::api::client::Client;
use crate::tools::api::failure::Failure;
use crate::tools::api::interruption::interruptible;
use crate::tools::api::output::{Output, Shape, paint};
use crate::tools::api::page_of_facts::PageOfFacts;
use crate::tools::api::table::{Cell, Table};

pub(super) const DOCUMENT: &str = concat!(
    include_str!("show.graphql"),
    include_str!("fields.graphql"),
    include_str!("answers.graphql")
);

/// Which message.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its id, as `send` and `list` print it.
    #[arg(value_name = "MESSAGE_ID")]
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(rename = "messageId")]
    id: String,
    client_id: String,
    direction: String,
    kind: String,
    directive: Option<String>,
    command: Option<String>,
    state: String,
    failure: Option<Why>,
    sent_by: Option<String>,
    created_at: String,
    expires_at: Option<String>,
    answer_overdue: bool,
    response_to: Option<Other>,
    content: Option<Box<RawValue>>,
    metadata: Option<Box<RawValue>>,
    transitions: Vec<Step>,
    responses: Answers,
}

#[derive(Deserialize)]
struct Why {
    code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Other {
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    state: String,
    occurred_at: String,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct Answers {
    nodes: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    message_id: String,
    created_at: String,
    content: Option<Box<RawValue>>,
}

impl Show {
    pub(super) async fn run(self, client: &Client, output: &Output) -> Result<(), Failure> {
        interruptible(self.print(client, output)).await
    }

    async fn print(&self, client: &Client, output: &Output) -> Result<(), Failure> {
        let variables = json!({"messageId": self.message_id, "content": true});
        let found: Option<Box<RawValue>> = client.execute(DOCUMENT, &variables).await?;
        let found = found.ok_or_else(|| {
            let problem = format!("this token sees no message {:?}", self.message_id);
            Failure::refused("MESSAGE_NOT_FOUND", problem)
        })?;
        let mut printer = output.printer(MESSAGES, Shape::Each);
        if !output.is_table() {
            return printer.print(&[found]);
        }
        let message: Message = serde_json::from_str(found.get())
            .map_err(|error| Failure::refused("UNREADABLE", error.to_string()))?;
        printer.write(&facts(&message))?;
        printer.write(&timeline(message.transitions))?;
        printer.write(&answers(message.responses.nodes))
    }
}

fn facts(message: &Message) -> String {
    let mut page = PageOfFacts::new(paint());
    page.line("message id", &Cell::text(&message.id));
    page.line("client id", &Cell::text(&message.client_id));
    page.line("direction", &Cell::text(&message.direction));
    page.line("kind", &Cell::text(&message.kind));
    page.maybe("directive", message.directive.as_ref());
    page.maybe("command", message.command.as_ref());
    page.line("state", &Cell::state(&message.state));
    if let Some(why) = &message.failure {
        page.line("why", &Cell::text(format!("{}: {}", why.code, why.message)));
    }
    if message.answer_overdue {
        page.line("answer", &Cell::text("overdue"));
    }
    page.maybe("sent by", message.sent_by.as_ref());
    page.line("created", &Cell::time(&message.created_at));
    if let Some(expires_at) = &message.expires_at {
        page.line("expires", &Cell::time(expires_at));
    }
    page.maybe(
        "answers",
        message.response_to.as_ref().map(|asked| &asked.message_id),
    );
    page.maybe("content", message.content.as_deref().map(RawValue::get));
    page.maybe("metadata", message.metadata.as_deref().map(RawValue::get));
    page.into_text()
}

fn timeline(steps: Vec<Step>) -> String {
    let rows = steps.into_iter().map(|step| {
        vec![
            Cell::time(step.occurred_at),
            Cell::state(step.state),
            Cell::maybe(step.detail),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let mut table = Table::new(&["TIME", "STATE", "DETAIL"], paint());
    format!("\n{}", table.lines(&rows))
}

fn answers(answers: Vec<Answer>) -> String {
    if answers.is_empty() {
        return String::new();
    }
    let rows = answers.into_iter().map(|answer| {
        let content = answer.content.as_deref().map(RawValue::get);
        vec![
            Cell::time(answer.created_at),
            Cell::text(answer.message_id),
            Cell::maybe(content),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let mut table = Table::new(&["TIME", "ANSWER", "CONTENT"], paint());
    format!("\n{}", table.lines(&rows))
}
