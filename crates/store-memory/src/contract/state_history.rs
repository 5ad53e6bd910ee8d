//! Each device's state changes.

use connector_domain::connection::{ConnectionState, OfflineCause, StateChange};
use connector_domain::page::{PageEnd, PageRequest};

use super::Store;
use super::arrange::{ORG, apply, at, client, details, device, scope, tell};
use super::walk::walk;

/// Updates are versions too and are left out, whether told or not.
pub async fn only_changes_of_state_are_history_newest_first(store: &impl Store) {
    let says = device("host-1")
        .online(1, "m1", details("a"))
        .online(2, "m2", details("b"))
        .offline(3, OfflineCause::LastWill)
        .alive(4)
        .online(5, "m3", details("c"))
        .offline(6, OfflineCause::Reported);
    let applied = apply(store, [says]).await;
    tell(store, &applied).await;
    let ids = [client("host-1")];
    let (scope, key_of) = (scope(ORG), |change: &StateChange| change.version);
    let fetch = async |page| {
        let pages = store.state_changes(&scope, &ids, &page).await;
        pages.expect("read").remove(&ids[0]).expect("a page")
    };
    for (end, count) in [(PageEnd::First, 1), (PageEnd::Last, 3), (PageEnd::First, 9)] {
        let found = walk(end, count, key_of, fetch).await;
        let versions: Vec<i64> = found.iter().map(key_of).collect();
        assert_eq!(versions, [6, 4, 3, 1], "{end:?} {count}");
        let last = &found[1];
        assert_eq!(last.previous_state, Some(ConnectionState::Offline));
        assert_eq!(last.state, ConnectionState::Online);
        assert_eq!(last.occurred_at, at(4));
        assert_eq!(found[3].previous_state, None);
    }
}

/// Those without history, or without a record, have an empty one.
pub async fn each_device_has_its_own_page(store: &impl Store) {
    let says = (1..=3).map(|i| {
        let says = device(&format!("host-{i}")).online(1, "m", details("a"));
        (1..i).fold(says, |says, n| {
            says.offline(n * 10, OfflineCause::Reported)
                .alive(n * 10 + 1)
        })
    });
    apply(store, says).await;
    let ids = ["host-1", "host-2", "host-3", "nobody", "host-3"].map(client);
    let page = PageRequest::first(2);
    let pages = store
        .state_changes(&scope(ORG), &ids, &page)
        .await
        .expect("read");
    let page = |id: &str| {
        let page = &pages[&client(id)];
        let versions: Vec<i64> = page.items.iter().map(|change| change.version).collect();
        (versions, page.has_next)
    };
    assert_eq!(page("host-1"), (vec![1], false));
    assert_eq!(page("host-2"), (vec![3, 2], true));
    assert_eq!(page("host-3"), (vec![5, 4], true));
    assert_eq!(page("nobody"), (vec![], false));
}
