//! Pages of the audit trail.

use connector_domain::audit::{AuditFilter, AuditKeyset, AuditOperation};
use connector_domain::connection::StampRange;
use connector_domain::id::CallerName;
use connector_domain::page::PageRequest;
use connector_domain::port::AuditReader;
use connector_domain::scope::Scope;
use connector_store_postgres::PostgresStore;

use super::{PAGE, PAGE_READS, Readings, at, device, scopes};

pub(super) async fn pages_of_the_trail_read_little(readings: &mut Readings) {
    for (whose, scope) in scopes() {
        for (name, filter) in filters() {
            let what = format!("entries: {name} in {whose}");
            readings
                .at_most(2 * PAGE_READS, &what, async |store| {
                    pages(store, &scope, &filter).await;
                })
                .await;
        }
    }
}

async fn pages(store: &PostgresStore, scope: &Scope, filter: &AuditFilter) {
    let first = PageRequest::first(PAGE);
    let page = store.audit_page(scope, filter, &first).await;
    let Some(last) = page.expect("read").items.pop() else {
        return;
    };
    let next = PageRequest {
        after: Some(AuditKeyset::of(&last)),
        ..first
    };
    let page = store.audit_page(scope, filter, &next).await;
    page.expect("read");
}

fn filters() -> Vec<(&'static str, AuditFilter)> {
    let base = AuditFilter::default;
    let mut filters = vec![("all", base())];
    let mut add = |name, filter| filters.push((name, filter));
    let client_ids = Some(vec![device(207)]);
    add(
        "a device",
        AuditFilter {
            client_ids,
            ..base()
        },
    );
    let callers = Some(vec![CallerName::parse("service-7").expect("a name")]);
    add("a caller", AuditFilter { callers, ..base() });
    let operations = Some(vec![AuditOperation::SendMessage]);
    add(
        "a common operation",
        AuditFilter {
            operations,
            ..base()
        },
    );
    let occurred_at = Some(StampRange {
        from: Some(at(30_000)),
        to: Some(at(30_020)),
    });
    add(
        "a time",
        AuditFilter {
            occurred_at,
            ..base()
        },
    );
    filters
}
