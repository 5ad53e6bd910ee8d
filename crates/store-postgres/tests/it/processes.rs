//! One store as the processes share it: an API server with its jobs, and a Kafka consumer, each under its role.

use std::collections::HashMap;
use std::ops::Deref;

use async_trait::async_trait;
use connector_domain::account::Account;
use connector_domain::audit::{AuditEntry, AuditFilter, AuditKeyset};
use connector_domain::block::DeviceBlock;
use connector_domain::connection::{
    Connection, ConnectionFilter, ConnectionKey, ConnectionOrder, ConnectionStats, DeviceBatch,
    StateChange,
};
use connector_domain::id::{AccountNumber, ClientId, MessageId, MessageKey, OrgId};
use connector_domain::message::{
    Accepted, Arrival, InvalidTransition, Message, MessageFilter, MessageKeyset, MessageOrder,
    Moved, NewMessage, Step, Transition,
};
use connector_domain::page::{Page, PageRequest};
use connector_domain::port::{
    Applied, AuditLedger, AuditReader, BlockLedger, BlockReader, Blocked, ConnectionLedger,
    ConnectionReader, ConnectionRestorer, DueDevice, MessageLedger, MessageReader, MessageSender,
    PartitionProgress, StoreError, StoredArrival, TenantDue,
};
use connector_domain::scope::{IngestScope, Scope};
use connector_domain::stamp::Stamp;
use connector_store_postgres::{Options, PostgresStore};

use crate::database::Database;

/// Each call goes to the process whose it is.
pub(crate) struct Processes {
    /// One connection, so that every call meets what the one before left.
    api: PostgresStore,
    ingest: PostgresStore,
}

/// Processes, with the database they share.
pub(crate) struct OnServer {
    processes: Processes,
    _database: Database,
}

impl Deref for OnServer {
    type Target = Processes;

    fn deref(&self) -> &Processes {
        &self.processes
    }
}

impl Processes {
    pub(crate) async fn on(database: &Database) -> Self {
        let one = Options {
            max_connections: 1,
            ..database.options_as("connector_api")
        };
        Self {
            api: PostgresStore::connect(&one).await.expect("connected"),
            ingest: database.store_as("connector_ingest").await,
        }
    }

    pub(crate) async fn on_an_empty_store() -> OnServer {
        let database = Database::migrated().await;
        OnServer {
            processes: Self::on(&database).await,
            _database: database,
        }
    }
}

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl ConnectionLedger for Processes {
    async fn apply(&self, scope: IngestScope, batch: &[DeviceBatch]) -> Result<Applied> {
        self.ingest.apply(scope, batch).await
    }

    async fn mark_published(&self, scope: IngestScope, changes: &[(ClientId, i64)]) -> Result<()> {
        ConnectionLedger::mark_published(&self.ingest, scope, changes).await
    }

    async fn touch(&self, scope: IngestScope, seen: &[(ClientId, Stamp)]) -> Result<()> {
        self.ingest.touch(scope, seen).await
    }

    async fn find(&self, scope: IngestScope, client_ids: &[ClientId]) -> Result<Vec<Connection>> {
        self.ingest.find(scope, client_ids).await
    }

    async fn tenants_due(
        &self,
        scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>> {
        self.ingest.tenants_due(scope, due, after, limit).await
    }

    async fn note_progress(
        &self,
        scope: IngestScope,
        progress: &[PartitionProgress],
    ) -> Result<()> {
        self.ingest.note_progress(scope, progress).await
    }

    async fn keep_progress_of(&self, scope: IngestScope, topics: &[(String, i32)]) -> Result<()> {
        self.ingest.keep_progress_of(scope, topics).await
    }

    async fn newest_stamp(&self, scope: IngestScope) -> Result<Option<Stamp>> {
        self.ingest.newest_stamp(scope).await
    }
}

#[async_trait]
impl ConnectionRestorer for Processes {
    async fn restore(&self, scope: IngestScope, records: &[Connection]) -> Result<usize> {
        self.ingest.restore(scope, records).await
    }

    async fn forget(&self, scope: IngestScope, client_ids: &[ClientId]) -> Result<()> {
        self.ingest.forget(scope, client_ids).await
    }

    async fn scan(
        &self,
        scope: IngestScope,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<Connection>> {
        self.ingest.scan(scope, after, limit).await
    }
}

#[async_trait]
impl ConnectionReader for Processes {
    async fn connections(&self, scope: &Scope, client_ids: &[ClientId]) -> Result<Vec<Connection>> {
        self.api.connections(scope, client_ids).await
    }

    async fn connection_page(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
        order: ConnectionOrder,
        page: &PageRequest<ConnectionKey>,
    ) -> Result<Page<Connection>> {
        self.api.connection_page(scope, filter, order, page).await
    }

    async fn connection_count(&self, scope: &Scope, filter: &ConnectionFilter) -> Result<i64> {
        self.api.connection_count(scope, filter).await
    }

    async fn connection_stats(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<ConnectionStats> {
        self.api.connection_stats(scope, filter).await
    }

    async fn state_changes(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        page: &PageRequest<i64>,
    ) -> Result<HashMap<ClientId, Page<StateChange>>> {
        self.api.state_changes(scope, client_ids, page).await
    }

    async fn account_page(
        &self,
        scope: &Scope,
        page: &PageRequest<OrgId>,
    ) -> Result<Page<Account>> {
        self.api.account_page(scope, page).await
    }

    async fn account_count(&self, scope: &Scope) -> Result<i64> {
        self.api.account_count(scope).await
    }

    async fn accounts(&self, scope: &Scope, org_ids: &[OrgId]) -> Result<Vec<Account>> {
        self.api.accounts(scope, org_ids).await
    }

    async fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Result<Option<Account>> {
        self.api.account_by_number(scope, number).await
    }

    async fn presence_as_of(&self) -> Result<Option<Stamp>> {
        self.api.presence_as_of().await
    }

    async fn ping(&self) -> Result<()> {
        self.api.ping().await
    }
}

/// What arrives is the consumer's; what others left is picked up in API servers.
#[async_trait]
impl MessageLedger for Processes {
    async fn arrive(&self, scope: IngestScope, arrivals: &[Arrival]) -> Result<Vec<StoredArrival>> {
        self.ingest.arrive(scope, arrivals).await
    }

    async fn mark_published(
        &self,
        scope: IngestScope,
        transitions: &[(MessageKey, i64)],
    ) -> Result<()> {
        MessageLedger::mark_published(&self.ingest, scope, transitions).await
    }

    async fn unpublished(
        &self,
        scope: IngestScope,
        before: Stamp,
        limit: u16,
    ) -> Result<Vec<Moved>> {
        self.api.unpublished(scope, before, limit).await
    }

    async fn claim_abandoned(
        &self,
        scope: IngestScope,
        now: Stamp,
        lease_until: Stamp,
        limit: u16,
    ) -> Result<Vec<Message>> {
        self.api
            .claim_abandoned(scope, now, lease_until, limit)
            .await
    }

    async fn expire(&self, scope: IngestScope, now: Stamp, limit: u16) -> Result<Vec<Moved>> {
        self.api.expire(scope, now, limit).await
    }
}

#[async_trait]
impl MessageSender for Processes {
    async fn accept(&self, new: NewMessage) -> Result<Accepted> {
        self.api.accept(new).await
    }

    async fn step(
        &self,
        message: &Message,
        step: Step,
    ) -> Result<std::result::Result<Moved, InvalidTransition>> {
        self.api.step(message, step).await
    }

    async fn told(&self, message: &Message, seq: i64) -> Result<()> {
        self.api.told(message, seq).await
    }
}

#[async_trait]
impl MessageReader for Processes {
    async fn messages(&self, scope: &Scope, keys: &[MessageKey]) -> Result<Vec<Message>> {
        self.api.messages(scope, keys).await
    }

    async fn messages_by_id(&self, scope: &Scope, message_id: MessageId) -> Result<Vec<Message>> {
        self.api.messages_by_id(scope, message_id).await
    }

    async fn message_page(
        &self,
        scope: &Scope,
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<Page<Message>> {
        self.api.message_page(scope, filter, order, page).await
    }

    async fn message_count(&self, scope: &Scope, filter: &MessageFilter) -> Result<i64> {
        self.api.message_count(scope, filter).await
    }

    async fn message_pages(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        filter: &MessageFilter,
        order: MessageOrder,
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<ClientId, Page<Message>>> {
        let pages = self
            .api
            .message_pages(scope, client_ids, filter, order, page);
        pages.await
    }

    async fn answer_pages(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
        page: &PageRequest<MessageKeyset>,
    ) -> Result<HashMap<MessageKey, Page<Message>>> {
        self.api.answer_pages(scope, keys, page).await
    }

    async fn transitions(
        &self,
        scope: &Scope,
        keys: &[MessageKey],
    ) -> Result<HashMap<MessageKey, Vec<Transition>>> {
        self.api.transitions(scope, keys).await
    }
}

#[async_trait]
impl AuditLedger for Processes {
    async fn record(&self, entry: &AuditEntry) -> Result<()> {
        self.api.record(entry).await
    }
}

#[async_trait]
impl AuditReader for Processes {
    async fn audit_page(
        &self,
        scope: &Scope,
        filter: &AuditFilter,
        page: &PageRequest<AuditKeyset>,
    ) -> Result<Page<AuditEntry>> {
        self.api.audit_page(scope, filter, page).await
    }
}

#[async_trait]
impl BlockLedger for Processes {
    async fn block(&self, block: DeviceBlock, entry: &AuditEntry) -> Result<Blocked> {
        self.api.block(block, entry).await
    }

    async fn unblock(
        &self,
        client_id: &ClientId,
        at: Stamp,
        entry: &AuditEntry,
    ) -> Result<Option<DeviceBlock>> {
        self.api.unblock(client_id, at, entry).await
    }
}

#[async_trait]
impl BlockReader for Processes {
    /// Read by whoever sends and by whoever takes: both enforce the same.
    async fn blocks_of(&self, client_ids: &[ClientId]) -> Result<Vec<DeviceBlock>> {
        let found = self.api.blocks_of(client_ids).await?;
        assert_eq!(self.ingest.blocks_of(client_ids).await?, found);
        Ok(found)
    }

    async fn blocks_shown(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<DeviceBlock>> {
        self.api.blocks_shown(scope, client_ids).await
    }

    async fn blocks_now(&self, scope: IngestScope) -> Result<Vec<DeviceBlock>> {
        self.api.blocks_now(scope).await
    }
}
