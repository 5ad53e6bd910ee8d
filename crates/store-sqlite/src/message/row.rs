//! A message as its table holds it.

use connector_domain::id::{CallerName, ClientId, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{
    CommandName, Message, MessageDirection, MessageFailure, MessageKind, MessageState,
};
use connector_domain::stamp::Stamp;
use uuid::Uuid;

use crate::columns::columns;
use crate::error::Fault;

/// The columns of [`Row`], of `messages m`.
pub(super) const COLUMNS: &str = "
    m.client_id,
    m.message_id,
    m.wire_message_id,
    m.org_id,
    m.direction,
    m.kind,
    m.directive,
    m.command,
    m.content,
    m.metadata,
    m.size_bytes,
    m.state,
    m.seq,
    m.failure_code,
    m.failure_message,
    m.sent_by,
    m.created_at,
    m.device_sent,
    m.expires_at,
    m.redelivered,
    m.response_to,
    m.request_hash";

columns! {
    /// One row of `messages`, but for what only the store looks at.
    pub(super) struct Row {
        client_id: String,
        message_id: String,
        wire_message_id: Option<String>,
        org_id: Option<String>,
        direction: String,
        kind: String,
        directive: Option<String>,
        command: Option<String>,
        content: Option<String>,
        metadata: Option<String>,
        size_bytes: i32,
        state: String,
        seq: i64,
        failure_code: Option<String>,
        failure_message: Option<String>,
        sent_by: Option<String>,
        created_at: i64,
        device_sent: Option<String>,
        expires_at: Option<i64>,
        redelivered: bool,
        response_to: Option<String>,
        request_hash: Option<String>,
    }
}

impl TryFrom<Row> for Message {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let org_id = row.org_id.map(OrgId::parse).transpose();
        let sent_by = row.sent_by.map(CallerName::parse).transpose();
        let response_to = row.response_to.as_deref().map(message_id_of).transpose()?;
        let command = row
            .command
            .as_deref()
            .map(|text| CommandName::parse(text).ok_or_else(|| Fault::column("messages.command")));
        let failure = row.failure_code.map(|code| MessageFailure {
            code,
            message: row.failure_message.unwrap_or_default(),
        });
        let direction = MessageDirection::parse(&row.direction);
        let kind = MessageKind::parse(&row.kind);
        Ok(Self {
            client_id: client_id_of(row.client_id)?,
            message_id: message_id_of(&row.message_id)?,
            wire_message_id: row.wire_message_id,
            org_id: org_id.map_err(|_| Fault::column("messages.org_id"))?,
            direction: direction.ok_or_else(|| Fault::column("messages.direction"))?,
            kind: kind.ok_or_else(|| Fault::column("messages.kind"))?,
            directive: row.directive,
            command: command.transpose()?,
            content: json_of(row.content, "messages.content")?,
            metadata: json_of(row.metadata, "messages.metadata")?,
            size_bytes: row.size_bytes,
            state: state_of(&row.state)?,
            seq: row.seq,
            failure,
            sent_by: sent_by.map_err(|_| Fault::column("messages.sent_by"))?,
            created_at: Stamp::from_nanos(row.created_at),
            device_sent: row.device_sent,
            expires_at: row.expires_at.map(Stamp::from_nanos),
            redelivered: row.redelivered,
            response_to,
        })
    }
}

/// Every row of a statement, read.
pub(super) fn messages_of(rows: Vec<Row>) -> Result<Vec<Message>, Fault> {
    rows.into_iter().map(Message::try_from).collect()
}

/// A column `state`, `from_state` or `to_state`.
pub(super) fn state_of(text: &str) -> Result<MessageState, Fault> {
    MessageState::parse(text).ok_or_else(|| Fault::column("state of a message"))
}

/// A column `client_id`.
pub(super) fn client_id_of(text: String) -> Result<ClientId, Fault> {
    ClientId::parse(text).map_err(|_| Fault::column("client_id"))
}

/// A column `message_id` or `response_to`.
pub(super) fn message_id_of(text: &str) -> Result<MessageId, Fault> {
    let uuid = Uuid::parse_str(text).map_err(|_| Fault::column("message_id"))?;
    Ok(MessageId::from(uuid))
}

fn json_of(text: Option<String>, column: &'static str) -> Result<Option<JsonText>, Fault> {
    let json = text.map(JsonText::parse).transpose();
    json.map_err(|_| Fault::column(column))
}
