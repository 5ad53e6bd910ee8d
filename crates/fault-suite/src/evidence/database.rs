//! Reads the database past the platform.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use connector_domain::stamp::Stamp;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Row as _, query};
use uuid::Uuid;

use crate::checker::{Row, Shown, StoredLetter};

/// The stack's database.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
}

impl Database {
    /// Connects when it is first asked, and again as connections are lost.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let options = options.options([("statement_timeout", "30000")]);
        let pool = PgPoolOptions::new()
            .max_connections(3)
            .acquire_timeout(Duration::from_secs(3))
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Which of these messages of devices, by client id and wire id, are stored.
    pub async fn stored_of(
        &self,
        client_ids: &[String],
        wire_ids: &[String],
    ) -> sqlx::Result<Vec<String>> {
        let found = query(
            "SELECT m.client_id
               FROM unnest($1::text[], $2::text[]) AS wanted (client_id, wire_id)
               JOIN messages m
                 ON m.client_id = wanted.client_id
                AND m.wire_message_id = wanted.wire_id
                AND m.direction = 'FROM_DEVICE'
                AND m.wire_message_id <> ''",
        )
        .bind(client_ids)
        .bind(wire_ids)
        .fetch_all(&self.pool)
        .await?;
        found.iter().map(|row| row.try_get(0)).collect()
    }

    /// Messages from devices received since, by client ids that end with `suffix`.
    pub async fn rows(&self, since: Stamp, suffix: &str) -> sqlx::Result<Vec<Row>> {
        let found = query(
            "SELECT client_id,
                    coalesce((content::json ->> 'n')::bigint, 0),
                    created_at,
                    coalesce(position_offset, 0)
               FROM messages
              WHERE direction = 'FROM_DEVICE'
                AND created_at >= $1
                AND right(client_id, length($2)) = $2",
        )
        .bind(since.as_nanos())
        .bind(suffix)
        .fetch_all(&self.pool)
        .await?;
        let row = |row: &sqlx::postgres::PgRow| {
            Ok(Row {
                client_id: row.try_get(0)?,
                number: u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX),
                created_at: Stamp::from_nanos(row.try_get(2)?),
                offset: row.try_get(3)?,
            })
        };
        found.iter().map(row).collect()
    }

    /// How many messages were stored since.
    pub async fn count(&self, since: Stamp) -> sqlx::Result<i64> {
        let found = query("SELECT count(*) FROM messages WHERE created_at >= $1")
            .bind(since.as_nanos())
            .fetch_one(&self.pool)
            .await?;
        found.try_get(0)
    }

    /// The connections as they are.
    pub async fn connections(&self, suffix: &str) -> sqlx::Result<Vec<Shown>> {
        let found = query(
            "SELECT c.client_id, c.state, c.reason, t.value
               FROM connections c
               LEFT JOIN connection_tags t ON t.client_id = c.client_id AND t.key = 'number'
              WHERE right(c.client_id, length($1)) = $1",
        )
        .bind(suffix)
        .fetch_all(&self.pool)
        .await?;
        let shown = |row: &sqlx::postgres::PgRow| {
            let number: Option<String> = row.try_get(3)?;
            Ok(Shown {
                client_id: row.try_get(0)?,
                state: row.try_get(1)?,
                reason: row.try_get(2)?,
                number: number.and_then(|number| number.parse().ok()),
            })
        };
        found.iter().map(shown).collect()
    }

    /// The messages to devices with these ids.
    pub async fn letters(&self, ids: &[Uuid]) -> sqlx::Result<HashMap<Uuid, StoredLetter>> {
        let found = query(
            "SELECT message_id, state, redelivered
               FROM messages
              WHERE message_id = ANY($1) AND direction = 'TO_DEVICE'",
        )
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        let letter = |row: &sqlx::postgres::PgRow| {
            let stored = StoredLetter {
                state: row.try_get(1)?,
                redelivered: row.try_get(2)?,
            };
            Ok((row.try_get(0)?, stored))
        };
        found.iter().map(letter).collect()
    }

    /// What a rebuild must give again, by client id: state, reason, tenant, version, facts.
    pub async fn facts(&self, suffix: &str) -> sqlx::Result<BTreeMap<String, String>> {
        let found = query(
            "SELECT client_id,
                    concat_ws(' ', state, reason, tenant_status, org_id, account_number, version, details)
               FROM connections
              WHERE right(client_id, length($1)) = $1",
        )
        .bind(suffix)
        .fetch_all(&self.pool)
        .await?;
        let facts = |row: &sqlx::postgres::PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
        found.iter().map(facts).collect()
    }

    /// Runs statements one after the other.
    pub async fn run(&self, statements: &[&'static str]) -> sqlx::Result<()> {
        for statement in statements {
            query(*statement).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// What is left to do: changes and steps that nobody was told of, and messages whose sender is gone.
    pub async fn unfinished(&self) -> sqlx::Result<Unfinished> {
        let found = query(
            "SELECT (SELECT count(*) FROM connection_history WHERE NOT published),
                    (SELECT count(*) FROM message_transitions WHERE NOT published),
                    (SELECT count(*) FROM messages WHERE state = 'QUEUED' AND direction = 'TO_DEVICE')",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Unfinished {
            changes: found.try_get(0)?,
            steps: found.try_get(1)?,
            queued: found.try_get(2)?,
        })
    }
}

/// What is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unfinished {
    /// Changes of connections that were not told.
    pub changes: i64,
    /// Steps of messages that were not told.
    pub steps: i64,
    /// Messages to devices that are not sent.
    pub queued: i64,
}
