//! The audit trail.

use async_trait::async_trait;
use connector_domain::audit::{AuditEntry, AuditFilter, AuditKeyset};
use connector_domain::page::{Page, PageRequest};
use connector_domain::port::{AuditLedger, AuditReader, StoreError};
use connector_domain::scope::Scope;

use crate::list;
use crate::store::{MemoryStore, Tables};

#[async_trait]
impl AuditLedger for MemoryStore {
    async fn record(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.call().add_entry(entry.clone());
        Ok(())
    }
}

#[async_trait]
impl AuditReader for MemoryStore {
    async fn audit_page(
        &self,
        scope: &Scope,
        filter: &AuditFilter,
        page: &PageRequest<AuditKeyset>,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let tables = self.call();
        let entries = tables.audit.values().rev();
        let found =
            entries.filter(|entry| scope.sees(entry.org_id.as_ref()) && filter.matches(entry));
        let compare = |entry: &&AuditEntry, place: &AuditKeyset| place.cmp(&AuditKeyset::of(entry));
        Ok(list::page(found, page, compare).map(AuditEntry::clone))
    }
}

impl Tables {
    pub(crate) fn add_entry(&mut self, entry: AuditEntry) {
        let there = self
            .audit
            .values()
            .any(|other| other.audit_id == entry.audit_id);
        if !there {
            self.audit.insert(AuditKeyset::of(&entry), entry);
        }
    }
}
