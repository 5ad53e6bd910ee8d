//! Writing messages: a new one with its first transition, and steps.

use connector_domain::id::{ClientId, MessageId, MessageKey};
use connector_domain::json::JsonText;
use connector_domain::message::{Message, MessageFailure, Moved};
use connector_domain::stamp::{Position, Stamp};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::row::{COLUMNS, Row};
use super::transition;
use crate::error::Fault;

/// What the store keeps with a message, by where it comes from.
pub(super) enum Origin<'a> {
    /// A caller's request: its digest, and until when its sender alone may publish the message.
    Caller {
        request_hash: &'a str,
        lease_until: Stamp,
    },
    /// The record it was read from.
    Device(Position),
}

/// Stores a message, and its first transition to be told.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    message: Message,
    origin: Origin<'_>,
) -> Result<Moved, Fault> {
    let (request_hash, lease_until, position) = match origin {
        Origin::Caller {
            request_hash,
            lease_until,
        } => (Some(request_hash), Some(lease_until.as_nanos()), None),
        Origin::Device(position) => (None, None, Some(position)),
    };
    let failure = message.failure.as_ref();
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO messages (
            client_id,
            message_id,
            wire_message_id,
            org_id,
            direction,
            kind,
            directive,
            command,
            content,
            metadata,
            size_bytes,
            state,
            seq,
            failure_code,
            failure_message,
            sent_by,
            created_at,
            device_sent,
            expires_at,
            redelivered,
            response_to,
            request_hash,
            lease_until,
            position_partition,
            position_offset
        ) ",
    );
    query.push_values([&message], |mut row, message| {
        row.push_bind(message.client_id.as_str())
            .push_bind(message.message_id.to_string())
            .push_bind(message.wire_message_id.as_deref())
            .push_bind(message.org_id.as_ref().map(AsRef::<str>::as_ref))
            .push_bind(message.direction.as_str())
            .push_bind(message.kind.as_str())
            .push_bind(message.directive.as_deref())
            .push_bind(
                message
                    .command
                    .map(connector_domain::message::CommandName::as_str),
            )
            .push_bind(message.content.as_ref().map(JsonText::as_str))
            .push_bind(message.metadata.as_ref().map(JsonText::as_str))
            .push_bind(message.size_bytes)
            .push_bind(message.state.as_str())
            .push_bind(message.seq)
            .push_bind(failure.map(|failure| failure.code.as_str()))
            .push_bind(failure.map(|failure| failure.message.as_str()))
            .push_bind(message.sent_by.as_ref().map(AsRef::<str>::as_ref))
            .push_bind(message.created_at.as_nanos())
            .push_bind(message.device_sent.as_deref())
            .push_bind(message.expires_at.map(Stamp::as_nanos))
            .push_bind(message.redelivered)
            .push_bind(message.response_to.map(|id| id.to_string()))
            .push_bind(request_hash)
            .push_bind(lease_until)
            .push_bind(position.map(|position| position.partition))
            .push_bind(position.map(|position| position.offset));
    });
    query.build().execute(&mut *connection).await?;
    let moved = Moved {
        transition: message.first_transition(),
        message,
    };
    transition::add(connection, &moved).await?;
    Ok(moved)
}

/// Stores a step, and its transition to be told.
pub(super) async fn save_step(
    connection: &mut SqliteConnection,
    moved: &Moved,
) -> Result<(), Fault> {
    let Moved { message, .. } = moved;
    let (code, reason) = match &message.failure {
        Some(MessageFailure { code, message }) => (Some(code.as_str()), Some(message.as_str())),
        None => (None, None),
    };
    let updated = sqlx::query(
        "UPDATE messages
            SET state = ?, seq = ?, failure_code = ?, failure_message = ?
          WHERE client_id = ? AND message_id = ? AND seq = ?",
    )
    .bind(message.state.as_str())
    .bind(message.seq)
    .bind(code)
    .bind(reason)
    .bind(message.client_id.as_str())
    .bind(message.message_id.to_string())
    .bind(message.seq - 1)
    .execute(&mut *connection)
    .await?;
    if updated.rows_affected() != 1 {
        return Err(Fault::Request("the message took another step meanwhile"));
    }
    transition::add(connection, moved).await
}

/// The message of this name, whosever it is.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    key: &MessageKey,
) -> Result<Option<Message>, Fault> {
    let condition = "m.client_id = ? AND m.message_id = ?";
    find_by(connection, condition, &key.client_id, key.message_id).await
}

/// The message to this device of this id.
pub(super) async fn find_sent(
    connection: &mut SqliteConnection,
    client_id: &ClientId,
    message_id: MessageId,
) -> Result<Option<Message>, Fault> {
    let condition = "m.client_id = ? AND m.message_id = ? AND m.direction = 'TO_DEVICE'";
    find_by(connection, condition, client_id, message_id).await
}

async fn find_by(
    connection: &mut SqliteConnection,
    condition: &str,
    client_id: &ClientId,
    message_id: MessageId,
) -> Result<Option<Message>, Fault> {
    let select = format!("SELECT {COLUMNS} FROM messages m WHERE {condition}");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(select))
        .bind(client_id.as_str())
        .bind(message_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(Message::try_from).transpose()
}
