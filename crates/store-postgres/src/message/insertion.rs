//! Storing new messages with their first transitions.

use connector_domain::id::{CallerName, MessageId, OrgId};
use connector_domain::json::JsonText;
use connector_domain::message::{CommandName, Message, Moved};
use connector_domain::stamp::{Position, Stamp};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};

use super::transition;
use crate::error::Fault;
use crate::rows::column;

/// The arrays that [`bind`] binds, as rows.
const INSERT: &str = "INSERT INTO messages (
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
        )
        SELECT * FROM unnest(
            $1::text[],
            $2::uuid[],
            $3::text[],
            $4::text[],
            $5::text[],
            $6::text[],
            $7::text[],
            $8::text[],
            $9::text[],
            $10::text[],
            $11::integer[],
            $12::text[],
            $13::bigint[],
            $14::text[],
            $15::bigint[],
            $16::text[],
            $17::bigint[],
            $18::boolean[],
            $19::uuid[],
            $20::text[],
            $21::bigint[],
            $22::integer[],
            $23::bigint[]
        )
        ON CONFLICT DO NOTHING";

/// What the store keeps with a message, by where it comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// A caller's request: its digest, and until when its sender alone may publish the message.
    Caller {
        request_hash: &'a str,
        lease_until: Stamp,
    },
    /// The record it was read from.
    Device(Position),
}

impl<'a> Origin<'a> {
    fn request_hash(self) -> Option<&'a str> {
        match self {
            Self::Caller { request_hash, .. } => Some(request_hash),
            Self::Device(_) => None,
        }
    }

    fn lease_until(self) -> Option<i64> {
        match self {
            Self::Caller { lease_until, .. } => Some(lease_until.as_nanos()),
            Self::Device(_) => None,
        }
    }

    fn position(self) -> Option<Position> {
        match self {
            Self::Caller { .. } => None,
            Self::Device(position) => Some(position),
        }
    }
}

/// A message to store.
pub(super) struct New<'a> {
    pub(super) moved: Moved,
    pub(super) origin: Origin<'a>,
}

impl<'a> New<'a> {
    pub(super) fn of(message: Message, origin: Origin<'a>) -> Self {
        let transition = message.first_transition();
        let moved = Moved {
            message,
            transition,
        };
        Self { moved, origin }
    }

    fn message(&self) -> &Message {
        &self.moved.message
    }
}

/// Stores messages, and their first transitions to be told. Fails with [`Fault::Raced`] when another transaction stored
/// one of them meanwhile. In the order given: callers that may store the same ones give them in the order of keys.
pub(super) async fn insert(connection: &mut PgConnection, rows: &[&New<'_>]) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let inserted = bind(sqlx::query(INSERT), rows)
        .execute(&mut *connection)
        .await?;
    if usize::try_from(inserted.rows_affected()) != Ok(rows.len()) {
        return Err(Fault::Raced);
    }
    transition::add(connection, &column(rows, |row| &row.moved)).await
}

fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    rows: &[&New<'_>],
) -> Query<'q, Postgres, PgArguments> {
    query
        .bind(column(rows, |row| row.message().client_id.as_str()))
        .bind(column(rows, |row| row.message().message_id.as_uuid()))
        .bind(column(rows, |row| row.message().wire_message_id.as_deref()))
        .bind(column(rows, |row| {
            row.message().org_id.as_ref().map(OrgId::as_str)
        }))
        .bind(column(rows, |row| row.message().direction.as_str()))
        .bind(column(rows, |row| row.message().kind.as_str()))
        .bind(column(rows, |row| row.message().directive.as_deref()))
        .bind(column(rows, |row| {
            row.message().command.map(CommandName::as_str)
        }))
        .bind(column(rows, |row| {
            row.message().content.as_ref().map(JsonText::as_str)
        }))
        .bind(column(rows, |row| {
            row.message().metadata.as_ref().map(JsonText::as_str)
        }))
        .bind(column(rows, |row| row.message().size_bytes))
        .bind(column(rows, |row| row.message().state.as_str()))
        .bind(column(rows, |row| row.message().seq))
        .bind(column(rows, |row| {
            row.message().sent_by.as_ref().map(CallerName::as_str)
        }))
        .bind(column(rows, |row| row.message().created_at.as_nanos()))
        .bind(column(rows, |row| row.message().device_sent.as_deref()))
        .bind(column(rows, |row| {
            row.message().expires_at.map(Stamp::as_nanos)
        }))
        .bind(column(rows, |row| row.message().redelivered))
        .bind(column(rows, |row| {
            row.message().response_to.map(MessageId::as_uuid)
        }))
        .bind(column(rows, |row| row.origin.request_hash()))
        .bind(column(rows, |row| row.origin.lease_until()))
        .bind(column(rows, |row| {
            row.origin.position().map(|position| position.partition)
        }))
        .bind(column(rows, |row| {
            row.origin.position().map(|position| position.offset)
        }))
}
