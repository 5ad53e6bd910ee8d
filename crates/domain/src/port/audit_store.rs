//! The audit trail: entries are added and read, never changed.
//!
//! That of an accepted message is stored with the message, in one transaction ([`super::MessageSender::accept`]).

use async_trait::async_trait;

use super::store_error::StoreError;
use crate::audit::{AuditEntry, AuditFilter, AuditKeyset};
use crate::page::{Page, PageRequest};
use crate::scope::Scope;

/// Writes of whoever acts for callers.
#[async_trait]
pub trait AuditLedger: Send + Sync {
    /// Adds an entry; one that is there already is left as it is.
    async fn record(&self, entry: &AuditEntry) -> Result<(), StoreError>;
}

/// Reads. Entries outside the scope, and those without an organisation, are absent.
#[async_trait]
pub trait AuditReader: Send + Sync {
    /// One page of the entries that pass, newest first.
    async fn audit_page(
        &self,
        scope: &Scope,
        filter: &AuditFilter,
        page: &PageRequest<AuditKeyset>,
    ) -> Result<Page<AuditEntry>, StoreError>;
}
