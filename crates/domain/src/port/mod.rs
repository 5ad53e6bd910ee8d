//! What the inside needs from the outside: one trait per need, each with at least two real implementations.

mod audit_store;
mod block_store;
mod connection_restorer;
mod connection_store;
mod device_link;
mod lease;
mod message_store;
mod record_log;
mod store_error;
mod tenant_directory;

pub use audit_store::{AuditLedger, AuditReader};
pub use block_store::{BlockLedger, BlockReader, Blocked};
pub use connection_restorer::ConnectionRestorer;
pub use connection_store::{
    Applied, ConnectionLedger, ConnectionReader, DueDevice, PartitionProgress, RecordedChange,
    TenantDue,
};
pub use device_link::{Delivery, DeviceInbox, DevicePublisher, LinkError, PublishOutcome, Receipt};
pub use lease::Lease;
pub use message_store::{MessageLedger, MessageReader, MessageSender, StoredArrival};
pub use record_log::{
    AppendError, AppendResult, BatchLimit, IncomingRecord, LogEnds, LogError, LogPosition,
    OutgoingRecord, RecordConsumer, RecordLog, RecordTail, TailItem, TailStart,
};
pub use store_error::StoreError;
pub use tenant_directory::TenantDirectory;
