//! The writes of whoever sends, within the organisation of the message.

use async_trait::async_trait;
use connector_domain::id::OrgId;
use connector_domain::message::{Accepted, InvalidTransition, Message, Moved, NewMessage, Step};
use connector_domain::port::{MessageSender, StoreError};
use sqlx::{AssertSqlSafe, PgConnection};

use super::insertion::{self, New, Origin};
use super::row::{COLUMNS, Row};
use super::{record, transition};
use crate::audit;
use crate::error::Fault;
use crate::pool::PostgresStore;
use crate::transaction::Begun;

#[async_trait]
impl MessageSender for PostgresStore {
    async fn accept(&self, new: NewMessage) -> Result<Accepted, StoreError> {
        self.write(|| accept(self, &new)).await
    }

    async fn step(
        &self,
        message: &Message,
        step: Step,
    ) -> Result<Result<Moved, InvalidTransition>, StoreError> {
        self.write(|| take_step(self, message, &step)).await
    }

    async fn told(&self, message: &Message, seq: i64) -> Result<(), StoreError> {
        self.write(|| mark_told(self, message, seq)).await
    }
}

/// Done again when another made the id its own meanwhile: then it is found.
async fn accept(store: &PostgresStore, new: &NewMessage) -> Result<Accepted, Fault> {
    let message = Message {
        seq: 1,
        ..new.message.clone()
    };
    let mut transaction = writing_as_owner(store, &message).await?;
    if let Some(row) = same_id_in_org(&mut transaction, &message).await? {
        let repeated = row.request_hash.as_deref() == Some(new.request_hash.as_str());
        let earlier = Message::try_from(row)?;
        return Ok(if repeated {
            Accepted::Repeated(earlier)
        } else {
            Accepted::Conflict(Some(earlier))
        });
    }
    let origin = Origin::Caller {
        request_hash: &new.request_hash,
        lease_until: new.lease_until,
    };
    let row = New::of(message, origin);
    match insertion::insert(&mut transaction, &[&row]).await {
        Err(Fault::Raced) => id_is_taken(&mut transaction, &row.moved.message).await,
        inserted => {
            inserted?;
            if let Some(entry) = &new.audit {
                audit::insert(&mut transaction, entry).await?;
            }
            transaction.commit().await?;
            Ok(Accepted::Created(row.moved))
        }
    }
}

/// What to say of an id that a message to the same device has, or one of the same organisation had a moment later: by the
/// device itself, by another organisation, whose message is not to be seen, or by a faster request of the same one.
async fn id_is_taken(connection: &mut PgConnection, message: &Message) -> Result<Accepted, Fault> {
    if same_id_in_org(connection, message).await?.is_some() {
        return Err(Fault::Raced);
    }
    let found = record::find(connection, [&message.key()]).await?;
    let own = |found: &Message| found.org_id == message.org_id;
    Ok(Accepted::Conflict(found.into_iter().find(own)))
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
    message: &Message,
    step: &Step,
) -> Result<Result<Moved, InvalidTransition>, Fault> {
    let mut transaction = writing_as_owner(store, message).await?;
    let found = record::lock(&mut transaction, [&message.key()]).await?;
    let own = |found: &Message| found.org_id == message.org_id;
    let message = found.into_iter().find(own);
    let message = message.ok_or(Fault::Request("there is no such message"))?;
    let moved = match message.step(step.clone()) {
        Ok(moved) => moved,
        Err(refused) => return Ok(Err(refused)),
    };
    record::save_steps(&mut transaction, &[&moved]).await?;
    transaction.commit().await?;
    Ok(Ok(moved))
}

async fn mark_told(store: &PostgresStore, message: &Message, seq: i64) -> Result<(), Fault> {
    let mut transaction = writing_as_owner(store, message).await?;
    transition::mark_published(&mut transaction, &[(message.key(), seq)]).await?;
    transaction.commit().await?;
    Ok(())
}

/// Within the message's organisation. One that has none came from a device; only the jobs, which found it, say that it was
/// told.
async fn writing_as_owner(store: &PostgresStore, message: &Message) -> Result<Begun, Fault> {
    match &message.org_id {
        Some(org_id) => store.writing(org_id).await,
        None => store.ingesting().await,
    }
}
