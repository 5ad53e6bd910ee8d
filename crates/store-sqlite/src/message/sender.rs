//! The writes of whoever sends.

use async_trait::async_trait;
use connector_domain::message::{Accepted, InvalidTransition, Message, Moved, NewMessage, Step};
use connector_domain::port::{MessageSender, StoreError};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::record::{self, Origin};
use super::row::{COLUMNS, Row};
use super::transition;
use crate::audit;
use crate::error::Fault;
use crate::pool::SqliteStore;

#[async_trait]
impl MessageSender for SqliteStore {
    async fn accept(&self, new: NewMessage) -> Result<Accepted, StoreError> {
        Ok(accept(self, new).await?)
    }

    async fn step(
        &self,
        message: &Message,
        step: Step,
    ) -> Result<Result<Moved, InvalidTransition>, StoreError> {
        Ok(take_step(self, message, step).await?)
    }

    async fn told(&self, message: &Message, seq: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        transition::mark_published(&mut transaction, &[(message.key(), seq)]).await?;
        transaction.commit().await.map_err(Fault::from)?;
        Ok(())
    }
}

async fn accept(store: &SqliteStore, new: NewMessage) -> Result<Accepted, Fault> {
    let mut transaction = store.write().await?;
    let message = Message {
        seq: 1,
        ..new.message
    };
    if let Some(row) = same_id_in_org(&mut transaction, &message).await? {
        let repeated = row.request_hash.as_deref() == Some(new.request_hash.as_str());
        let earlier = Message::try_from(row)?;
        return Ok(if repeated {
            Accepted::Repeated(earlier)
        } else {
            Accepted::Conflict(Some(earlier))
        });
    }
    // Used for this device by another organisation, or by the device itself.
    if let Some(other) = record::find(&mut transaction, &message.key()).await? {
        let own = other.org_id == message.org_id;
        return Ok(Accepted::Conflict(own.then_some(other)));
    }
    let origin = Origin::Caller {
        request_hash: &new.request_hash,
        lease_until: new.lease_until,
    };
    let moved = record::insert(&mut transaction, message, origin).await?;
    if let Some(entry) = &new.audit {
        audit::insert(&mut transaction, entry).await?;
    }
    transaction.commit().await?;
    Ok(Accepted::Created(moved))
}

async fn same_id_in_org(
    connection: &mut SqliteConnection,
    message: &Message,
) -> Result<Option<Row>, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS} FROM messages m WHERE m.direction = 'TO_DEVICE' AND m.message_id = "
    ));
    query
        .push_bind(message.message_id.to_string())
        .push(" AND m.org_id = ")
        .push_bind(message.org_id.as_ref().map(AsRef::<str>::as_ref));
    Ok(query.build_query_as().fetch_optional(connection).await?)
}

async fn take_step(
    store: &SqliteStore,
    message: &Message,
    step: Step,
) -> Result<Result<Moved, InvalidTransition>, Fault> {
    let mut transaction = store.write().await?;
    let found = record::find(&mut transaction, &message.key()).await?;
    let found = found.filter(|found| found.org_id == message.org_id);
    let message = found.ok_or(Fault::Request("there is no such message"))?;
    let moved = match message.step(step) {
        Ok(moved) => moved,
        Err(refused) => return Ok(Err(refused)),
    };
    record::save_step(&mut transaction, &moved).await?;
    transaction.commit().await?;
    Ok(Ok(moved))
}
