//! The first step: whole records from `connection-state`.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::{IncomingRecord, StoreError};
use connector_domain::scope::IngestScope;
use tracing::warn;

use super::persistence::Persistence;
use super::{RebuildError, Store, Summary};

/// Writes what the topic says of each device, in its order.
pub(super) struct StateRows {
    store: Arc<dyn Store>,
    scope: IngestScope,
    persistence: Persistence,
}

/// What one record of the topic says.
enum Said {
    Is(Box<Connection>),
    Gone,
}

impl StateRows {
    pub(super) fn new(store: Arc<dyn Store>, scope: IngestScope, persistence: Persistence) -> Self {
        Self {
            store,
            scope,
            persistence,
        }
    }

    /// Writes one batch. A device that is gone is forgotten before anything that is said of it after.
    pub(super) async fn restore(
        &self,
        records: &[IncomingRecord],
        summary: &mut Summary,
    ) -> Result<(), RebuildError> {
        let mut gone: Vec<ClientId> = Vec::new();
        let mut rows: BTreeMap<ClientId, Connection> = BTreeMap::new();
        for record in records {
            match read(record) {
                Some((client_id, Said::Gone)) => {
                    summary.forgotten += 1;
                    rows.remove(&client_id);
                    gone.push(client_id);
                }
                Some((client_id, Said::Is(row))) => keep_the_later(&mut rows, client_id, *row),
                None => summary.unreadable += 1,
            }
        }
        self.forget(&gone).await?;
        self.write(rows.into_values().collect(), summary).await
    }

    async fn forget(&self, gone: &[ClientId]) -> Result<(), RebuildError> {
        if gone.is_empty() {
            return Ok(());
        }
        let (store, scope) = (&self.store, self.scope);
        let forget = async || store.forget(scope, gone).await;
        Ok(self.persistence.settle(forget).await??)
    }

    /// Writes rows; halves them until what the database does not take is alone.
    async fn write(
        &self,
        rows: Vec<Connection>,
        summary: &mut Summary,
    ) -> Result<(), RebuildError> {
        let (store, scope) = (&self.store, self.scope);
        let mut left = vec![rows];
        while let Some(mut part) = left.pop() {
            if part.is_empty() {
                continue;
            }
            let restore = async || store.restore(scope, &part).await;
            match self.persistence.settle(restore).await? {
                Ok(written) => summary.restored += u64::try_from(written).unwrap_or(u64::MAX),
                Err(StoreError::Refused(_)) if part.len() > 1 => {
                    let second = part.split_off(part.len() / 2);
                    left.extend([second, part]);
                }
                Err(StoreError::Refused(error)) => {
                    let client_id = part.first().map(|row| row.client_id.to_string());
                    warn!(client.id = client_id, %error, "the database refuses a connection record");
                    summary.refused += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn keep_the_later(rows: &mut BTreeMap<ClientId, Connection>, client_id: ClientId, row: Connection) {
    if rows.get(&client_id).is_none_or(|kept| row.supersedes(kept)) {
        rows.insert(client_id, row);
    }
}

/// `None`, and a line in the log, for what none of ours wrote.
fn read(record: &IncomingRecord) -> Option<(ClientId, Said)> {
    let read = parse(record);
    if let Err(problem) = &read {
        warn!(
            kafka.topic = record.topic,
            kafka.partition = record.partition,
            kafka.offset = record.offset,
            problem,
            "not a connection record"
        );
    }
    read.ok()
}

fn parse(record: &IncomingRecord) -> Result<(ClientId, Said), String> {
    let key = record.key.as_deref().unwrap_or_default();
    let client_id = std::str::from_utf8(key)
        .map_err(|error| error.to_string())
        .and_then(|key| ClientId::parse(key).map_err(|error| error.to_string()))?;
    let Some(value) = &record.value else {
        return Ok((client_id, Said::Gone));
    };
    let row: Connection = serde_json::from_slice(value).map_err(|error| error.to_string())?;
    if row.client_id != client_id {
        return Err("the key is another device's".to_owned());
    }
    Ok((client_id, Said::Is(Box::new(row))))
}
