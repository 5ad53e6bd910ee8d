//! Lists of connections in every order, and reads by id.

use connector_domain::connection::{ConnectionFilter, ConnectionOrder, ConnectionOrderField};
use connector_domain::id::{AccountNumber, ClientId, OrgId};
use connector_domain::page::{Direction, PageRequest};
use connector_domain::port::ConnectionReader;
use connector_domain::scope::Scope;
use connector_store_postgres::PostgresStore;

use super::{PAGE, PAGE_READS, Readings, device, scopes};

/// Every order, either way, from the start and from within.
pub(super) async fn pages_of_connections_in_every_order_read_little(readings: &mut Readings) {
    let fields = [
        ConnectionOrderField::ClientId,
        ConnectionOrderField::Fqdn,
        ConnectionOrderField::LastSeenAt,
        ConnectionOrderField::StateChangedAt,
    ];
    let all = ConnectionFilter::default();
    for (whose, scope) in scopes() {
        for field in fields {
            for direction in [Direction::Ascending, Direction::Descending] {
                let order = ConnectionOrder { field, direction };
                let what = format!("{whose} by {order:?}");
                readings
                    .at_most(2 * PAGE_READS, &what, async |store| {
                        let first = PageRequest::first(PAGE);
                        let page = store.connection_page(&scope, &all, order, &first).await;
                        let last = page.expect("read").items.pop().expect("a full page");
                        let next = PageRequest {
                            after: Some(order.key_of(&last.view())),
                            ..first
                        };
                        let page = store.connection_page(&scope, &all, order, &next).await;
                        assert_eq!(page.expect("read").items.len(), usize::from(PAGE));
                    })
                    .await;
            }
        }
    }
}

pub(super) async fn other_reads_of_connections_read_little(readings: &mut Readings) {
    let every = Scope::every_org();
    let [_, (_, small), _] = scopes();
    let some: Vec<ClientId> = (0..20).map(|n| device(n * 200 + 7)).collect();
    let all = ConnectionFilter::default();
    readings
        .at_most(PAGE_READS, "devices by id", async |store| {
            let found = store.connections(&small, &some).await.expect("read");
            assert_eq!(found.len(), 20);
        })
        .await;
    readings
        .at_most(PAGE_READS, "state changes", async |store| {
            let page = PageRequest::first(2);
            let found = store.state_changes(&every, &some, &page).await;
            assert_eq!(found.expect("read").len(), 20);
        })
        .await;
    readings
        .at_most(8_000, "counts of a small organisation", async |store| {
            let stats = store.connection_stats(&small, &all).await.expect("read");
            assert_eq!(stats.total, 300);
        })
        .await;
    for (whose, scope) in scopes() {
        let what = format!("customers seen by {whose}");
        readings
            .at_most(PAGE_READS, &what, async |store| {
                accounts(store, &scope).await;
            })
            .await;
    }
}

async fn accounts(store: &PostgresStore, scope: &Scope) {
    let page = PageRequest::first(PAGE);
    let accounts = store.account_page(scope, &page).await.expect("read");
    let ids: Vec<OrgId> = accounts.items.into_iter().map(|one| one.org_id).collect();
    let found = store.accounts(scope, &ids).await.expect("read");
    assert_eq!(found.len(), ids.len());
    if scope.org_id().is_some() {
        assert_eq!(store.account_count(scope).await.expect("read"), 1);
    }
    let number = AccountNumber::parse("account-org-7").expect("a number");
    let found = store.account_by_number(scope, &number).await;
    found.expect("read");
}
