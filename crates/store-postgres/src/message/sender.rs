//! The writes of whoever sends.

use async_trait::async_trait;
use connector_domain::id::{MessageKey, OrgId};
use connector_domain::message::{Accepted, InvalidTransition, Message, Moved, NewMessage, Step};
use connector_domain::port::{MessageSender, StoreError};
use sqlx::{AssertSqlSafe, PgConnection};

use super::insertion::{self, New, Origin};
use super::row::{COLUMNS, Row};
use super::{record, transition};
use crate::error::Fault;
use crate::pool::PostgresStore;

#[async_trait]
impl MessageSender for PostgresStore {
    async fn accept(&self, new: NewMessage) -> Result<Accepted, StoreError> {
        self.write(|| accept(self, &new)).await
    }

    async fn step(
        &self,
        key: &MessageKey,
        step: Step,
    ) -> Result<Result<Moved, InvalidTransition>, StoreError> {
        self.write(|| take_step(self, key, &step)).await
    }

    async fn told(&self, key: &MessageKey, seq: i64) -> Result<(), StoreError> {
        let told = [(key.clone(), seq)];
        self.write(|| mark_told(self, &told)).await
    }
}

/// Done again when another made the id its own meanwhile: then it is found.
async fn accept(store: &PostgresStore, new: &NewMessage) -> Result<Accepted, Fault> {
    let mut transaction = store.transaction().await?;
    let message = Message {
        seq: 1,
        ..new.message.clone()
    };
    if let Some(row) = same_id_in_org(&mut transaction, &message).await? {
        let repeated = row.request_hash.as_deref() == Some(new.request_hash.as_str());
        let earlier = Message::try_from(row)?;
        return Ok(if repeated {
            Accepted::Repeated(earlier)
        } else {
            Accepted::Conflict(earlier)
        });
    }
    // Used for this device by another organisation, or by the device itself.
    let others = record::find(&mut transaction, [&message.key()]).await?;
    if let Some(other) = others.into_iter().next() {
        // The same id in the same organisation after all: stored since the first look.
        if other.direction == message.direction && other.org_id == message.org_id {
            return Err(Fault::Raced);
        }
        return Ok(Accepted::Conflict(other));
    }
    let origin = Origin::Caller {
        request_hash: &new.request_hash,
        lease_until: new.lease_until,
    };
    let new = New::of(message, origin);
    insertion::insert(&mut transaction, &[&new]).await?;
    transaction.commit().await?;
    Ok(Accepted::Created(new.moved))
}

async fn same_id_in_org(
    connection: &mut PgConnection,
    message: &Message,
) -> Result<Option<Row>, Fault> {
    let select = format!(
        "SELECT {COLUMNS}
           FROM messages m
          WHERE m.direction = 'TO_DEVICE' AND m.message_id = $1 AND m.org_id = $2"
    );
    let row = sqlx::query_as(AssertSqlSafe(select))
        .bind(message.message_id.as_uuid())
        .bind(message.org_id.as_ref().map(OrgId::as_str))
        .fetch_optional(connection)
        .await?;
    Ok(row)
}

async fn take_step(
    store: &PostgresStore,
    key: &MessageKey,
    step: &Step,
) -> Result<Result<Moved, InvalidTransition>, Fault> {
    let mut transaction = store.transaction().await?;
    let found = record::lock(&mut transaction, [key]).await?;
    let message = found.into_iter().next();
    let message = message.ok_or(Fault::Request("there is no such message"))?;
    let moved = match message.step(step.clone()) {
        Ok(moved) => moved,
        Err(refused) => return Ok(Err(refused)),
    };
    record::save_steps(&mut transaction, &[&moved]).await?;
    transaction.commit().await?;
    Ok(Ok(moved))
}

async fn mark_told(store: &PostgresStore, told: &[(MessageKey, i64)]) -> Result<(), Fault> {
    let mut connection = store.pool().acquire().await?;
    transition::mark_published(&mut connection, told).await
}
