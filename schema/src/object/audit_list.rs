//! Lists of `AuditEntry`.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use connector_domain::audit::{self as domain, AuditKeyset};
use connector_domain::page::Page;

use super::AuditEntry;
use crate::access::Access;
use crate::error::Fault;
use crate::input::{AuditFilter, audit_filter};
use crate::page::{List, Listing, PageArgs, PageInfo};

/// One entry in a page.
#[derive(SimpleObject)]
pub struct AuditEntryEdge {
    /// Position of the item.
    cursor: String,
    /// The item.
    node: AuditEntry,
}

/// A page of the trail.
pub struct AuditEntryConnection(Listing<Arc<domain::AuditEntry>>);

/// A page of the audit trail.
#[Object]
impl AuditEntryConnection {
    /// Items with their cursors.
    async fn edges(&self) -> Vec<AuditEntryEdge> {
        self.0.edges(|cursor, entry| AuditEntryEdge {
            cursor,
            node: AuditEntry(entry),
        })
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<AuditEntry> {
        self.0.nodes(AuditEntry)
    }

    /// Where this page sits.
    async fn page_info(&self) -> PageInfo {
        self.0.info()
    }
}

/// A page of the entries in the caller's scope.
pub(crate) async fn audit_page(
    access: &Access<'_>,
    filter: Option<AuditFilter>,
    page: &PageArgs,
) -> Result<AuditEntryConnection, Fault> {
    let filter = audit_filter(filter)?;
    let scope = access.scope();
    let list = List::new(
        &access.ports.cursor_key,
        scope.as_ref(),
        "audit trail, newest first",
    );
    let request = page.request(&list)?;
    let found = match &scope {
        None => Page::default(),
        Some(scope) => {
            let reader = &access.ports.audit;
            reader.audit_page(scope, &filter, &request).await?
        }
    };
    let cursor_of = move |entry: &Arc<domain::AuditEntry>| list.cursor(&AuditKeyset::of(entry));
    let listing = Listing::new(found.map(Arc::new), cursor_of);
    Ok(AuditEntryConnection(listing))
}
