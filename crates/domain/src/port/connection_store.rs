//! Connection records: one writer, many readers.

use std::collections::HashMap;

use async_trait::async_trait;

use super::store_error::StoreError;
use crate::account::Account;
use crate::connection::{
    Connection, ConnectionChange, ConnectionFilter, ConnectionKey, ConnectionOrder,
    ConnectionStats, DeviceBatch, Outcome, StateChange,
};
use crate::id::{AccountNumber, ClientId, OrgId};
use crate::page::{Page, PageRequest};
use crate::scope::{IngestScope, Scope};
use crate::stamp::Stamp;
use crate::tenant::TenantDoubts;

/// A change with the device it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedChange {
    /// The device.
    pub client_id: ClientId,
    /// The change.
    pub change: ConnectionChange,
}

/// What a batch did.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// Per device of the batch, in its order: one outcome per record.
    pub outcomes: Vec<Vec<Outcome>>,
    /// Every change of these devices that is committed and not marked published, whether this batch made it or an
    /// earlier one that crashed before it could tell: per device in version order.
    pub unpublished: Vec<RecordedChange>,
    /// The records of the devices that `unpublished` names, as they are now.
    pub changed: Vec<Connection>,
}

/// How far one ingress partition has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionProgress {
    /// Kafka topic.
    pub topic: String,
    /// Kafka partition.
    pub partition: i32,
    /// Everything devices said before this is applied.
    pub as_of: Stamp,
}

/// Which devices are to be looked up again without having spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantDue {
    /// Those that no lookup had an answer for.
    Pending,
    /// Those that the directory did not know.
    None,
    /// Those of somebody that the directory did not know of late.
    Doubted,
}

impl TenantDue {
    /// For logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::None => "none",
            Self::Doubted => "doubted",
        }
    }
}

/// A device that is to be looked up again, and what a signal about it has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDevice {
    /// The device.
    pub client_id: ClientId,
    /// Version of its record.
    pub version: i64,
    /// Answers that speak against its tenant.
    pub doubts: Option<TenantDoubts>,
}

/// The one writer of connection records: the Kafka consumer.
#[async_trait]
pub trait ConnectionLedger: Send + Sync {
    /// Applies a batch in one transaction: locks the rows in the order of client ids, folds each device's records
    /// ([`crate::connection::fold`]), writes one row per device that differs and one history row per change, commits.
    /// Each device may occur once in `batch`. On an error nothing was written.
    async fn apply(&self, scope: IngestScope, batch: &[DeviceBatch])
    -> Result<Applied, StoreError>;

    /// Marks changes as told to everyone, by client id and version.
    async fn mark_published(
        &self,
        scope: IngestScope,
        changes: &[(ClientId, i64)],
    ) -> Result<(), StoreError>;

    /// Notes later signs of life of devices whose state they do not touch; never moves a time back. Devices without
    /// a record are skipped.
    async fn touch(&self, scope: IngestScope, seen: &[(ClientId, Stamp)])
    -> Result<(), StoreError>;

    /// The records of these devices, whosever they are; those without one are left out.
    async fn find(
        &self,
        scope: IngestScope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError>;

    /// Devices whose tenant is due, in the byte order of client ids, from the first after `after` on. Fewer than `limit`
    /// are the last ones.
    async fn tenants_due(
        &self,
        scope: IngestScope,
        due: TenantDue,
        after: Option<&ClientId>,
        limit: u16,
    ) -> Result<Vec<DueDevice>, StoreError>;

    /// Notes how far partitions have been applied.
    async fn note_progress(
        &self,
        scope: IngestScope,
        progress: &[PartitionProgress],
    ) -> Result<(), StoreError>;

    /// Forgets progress of partitions that are not there any more: all but the first so many of each of these topics. What
    /// nobody reads would hold [`ConnectionReader::presence_as_of`] back for ever.
    async fn keep_progress_of(
        &self,
        scope: IngestScope,
        topics: &[(String, i32)],
    ) -> Result<(), StoreError>;

    /// The greatest stamp of positions, signs of life and progress; `None` before the first. Somebody who stamps and has no
    /// log to ask starts above it.
    async fn newest_stamp(&self, scope: IngestScope) -> Result<Option<Stamp>, StoreError>;
}

/// Reads of connection records. Rows outside the scope, and rows without a tenant, are absent.
#[async_trait]
pub trait ConnectionReader: Send + Sync {
    /// These devices, in any order; those absent are left out.
    async fn connections(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
    ) -> Result<Vec<Connection>, StoreError>;

    /// One page of the devices that pass.
    async fn connection_page(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
        order: ConnectionOrder,
        page: &PageRequest<ConnectionKey>,
    ) -> Result<Page<Connection>, StoreError>;

    /// How many devices pass.
    async fn connection_count(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<i64, StoreError>;

    /// Counts over the devices that pass.
    async fn connection_stats(
        &self,
        scope: &Scope,
        filter: &ConnectionFilter,
    ) -> Result<ConnectionStats, StoreError>;

    /// One page of state changes for each of these devices, newest first (so `first` is newest), in a fixed number of
    /// statements. Keys are versions. Only changes under the scope, and only those in which the state changed.
    async fn state_changes(
        &self,
        scope: &Scope,
        client_ids: &[ClientId],
        page: &PageRequest<i64>,
    ) -> Result<HashMap<ClientId, Page<StateChange>>, StoreError>;

    /// Customers with at least one device, by organisation id.
    async fn account_page(
        &self,
        scope: &Scope,
        page: &PageRequest<OrgId>,
    ) -> Result<Page<Account>, StoreError>;

    /// How many customers have at least one device.
    async fn account_count(&self, scope: &Scope) -> Result<i64, StoreError>;

    /// These customers, where they have at least one device. The account number is that of the device changed last.
    async fn accounts(&self, scope: &Scope, org_ids: &[OrgId]) -> Result<Vec<Account>, StoreError>;

    /// The customer with this account number, where it has at least one device.
    async fn account_by_number(
        &self,
        scope: &Scope,
        number: &AccountNumber,
    ) -> Result<Option<Account>, StoreError>;

    /// The least progress over partitions; `None` before the first.
    async fn presence_as_of(&self) -> Result<Option<Stamp>, StoreError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
