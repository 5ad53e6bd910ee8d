//! Who did what to which device, when: kept beside the messages and told in log lines. Payloads are in neither.

mod actor;
mod entry;
mod filter;

pub use actor::Actor;
pub use entry::{AuditEntry, AuditOperation, AuditOutcome};
pub use filter::{AuditFilter, AuditKeyset};
