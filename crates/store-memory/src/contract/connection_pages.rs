//! Lists of connections, page by page.

use connector_domain::connection::{
    Connection, ConnectionFilter, ConnectionKey, ConnectionOrder, ConnectionOrderField, SortValue,
};
use connector_domain::page::{Direction, PageEnd, PageRequest};
use connector_domain::port::StoreError;
use connector_domain::scope::Scope;

use super::Store;
use super::arrange::{ORG, client, scope, scopes};
use super::fleet::{Fleet, ids};
use super::walk::walk;

fn orders() -> impl Iterator<Item = ConnectionOrder> {
    let fields = [
        ConnectionOrderField::ClientId,
        ConnectionOrderField::Fqdn,
        ConnectionOrderField::LastSeenAt,
        ConnectionOrderField::StateChangedAt,
    ];
    fields.into_iter().flat_map(|field| {
        [Direction::Ascending, Direction::Descending]
            .map(|direction| ConnectionOrder { field, direction })
    })
}

/// Forward and backward, in small pages, each device exactly once and in order.
pub async fn every_order_walks_the_whole_list_once_from_either_end(store: &impl Store) {
    let fleet = Fleet::arrive(store).await;
    for order in orders() {
        for scope in scopes() {
            let expected = fleet.ordered(&scope, order);
            for (end, count) in [(PageEnd::First, 4), (PageEnd::Last, 4), (PageEnd::First, 1)] {
                let walked = walk_connections(store, &scope, order, end, count).await;
                assert_eq!(ids(&walked), expected, "{order:?} from {end:?}");
            }
        }
    }
}

async fn walk_connections(
    store: &impl Store,
    scope: &Scope,
    order: ConnectionOrder,
    end: PageEnd,
    count: u16,
) -> Vec<Connection> {
    let all = ConnectionFilter::default();
    let key_of = |record: &Connection| order.key_of(&record.view());
    let fetch = async |page| {
        let page = store.connection_page(scope, &all, order, &page).await;
        page.expect("read")
    };
    walk(end, count, key_of, fetch).await
}

/// Both bounds at once.
pub async fn a_page_between_two_keys_holds_what_lies_between(store: &impl Store) {
    let fleet = Fleet::arrive(store).await;
    let scope = scope(ORG);
    for order in orders() {
        let all = walk_connections(store, &scope, order, PageEnd::First, 100).await;
        let key = |i: usize| Some(order.key_of(&all[i].view()));
        let expected = fleet.ordered(&scope, order);
        for (from, to) in [(2, 8), (expected.len() - 5, expected.len() - 1)] {
            for (end, inside) in [
                (PageEnd::First, from + 1..from + 3),
                (PageEnd::Last, to - 2..to),
            ] {
                let page = PageRequest {
                    end,
                    count: 2,
                    after: key(from),
                    before: key(to),
                };
                let any = ConnectionFilter::default();
                let page = store.connection_page(&scope, &any, order, &page).await;
                let page = page.expect("read");
                assert_eq!(ids(&page.items), expected[inside], "{order:?} {end:?}");
                assert!(page.has_next && page.has_previous);
            }
        }
    }
}

/// Rather than an arbitrary page.
pub async fn a_key_of_another_order_is_refused(store: &impl Store) {
    let by_fqdn = ConnectionOrder {
        field: ConnectionOrderField::Fqdn,
        direction: Direction::Ascending,
    };
    let page = PageRequest {
        after: Some(ConnectionKey {
            value: SortValue::ClientId,
            client_id: client("host-1"),
        }),
        ..PageRequest::first(2)
    };
    let any = ConnectionFilter::default();
    let read = store
        .connection_page(&scope(ORG), &any, by_fqdn, &page)
        .await;
    assert!(matches!(read, Err(StoreError::Refused(_))));
}
