//! Whole records in and out, as a rebuild needs them.

use connector_domain::account::Account;
use connector_domain::connection::{
    ChangeKind, Connection, ConnectionFilter, Details, OfflineCause,
};
use connector_domain::page::PageRequest;
use connector_domain::port::ConnectionRestorer;
use connector_domain::tenant::Tenant;

use super::Store;
use super::arrange::{
    ORG, apply, at, client, details, device, ingest, number, org, record, scope, tell,
};
use crate::MemoryStore;

/// Records that a store made, to be put into another.
async fn made_elsewhere() -> Vec<Connection> {
    let elsewhere = MemoryStore::new();
    let full = Details {
        dispatchers: [("echo".to_owned(), serde_json::Map::new())].into(),
        tags: [("env".to_owned(), "prod".to_owned())].into(),
        ..details("a")
    };
    let says = [
        device("host-1").online(1, "m1", full).alive(2),
        device("Host-2").offline(3, OfflineCause::LastWill),
        device("host-10").online(4, "m1", details("b")),
    ];
    apply(&elsewhere, says).await;
    let all = elsewhere.scan(ingest(), None, 100).await;
    all.expect("scanned")
}

async fn restore(store: &impl ConnectionRestorer, records: &[Connection]) -> usize {
    store.restore(ingest(), records).await.expect("restored")
}

/// What was written is read by everyone as if it had been applied, and is told to nobody.
pub async fn restored_records_are_as_they_were_and_tell_nothing(
    store: &(impl Store + ConnectionRestorer),
) {
    let records = made_elsewhere().await;
    assert_eq!(restore(store, &records).await, 3);
    for expected in &records {
        assert_eq!(&record(store, expected.client_id.as_str()).await, expected);
    }
    let labelled = ConnectionFilter {
        dispatchers: Some(vec!["echo".to_owned()]),
        search: Some("10.0.0.1".to_owned()),
        ..ConnectionFilter::default()
    };
    let found = store.connection_count(&scope(ORG), &labelled).await;
    assert_eq!(found.expect("counted"), 1);
    let next = device("host-1").offline(9, OfflineCause::Reported);
    let applied = apply(store, [next]).await;
    let versions = applied.unpublished.iter().map(|told| told.change.version);
    assert_eq!(versions.collect::<Vec<_>>(), [2], "versions go on");
    let history = store
        .state_changes(&scope(ORG), &[client("host-1")], &PageRequest::first(10))
        .await;
    let history = &history.expect("read")[&client("host-1")];
    assert_eq!(history.items.len(), 1, "no history was made up");
}

/// Only what is later than the stored record is written: by position, then by version.
pub async fn a_record_that_is_not_above_the_stored_one_changes_nothing(
    store: &(impl Store + ConnectionRestorer),
) {
    let records = made_elsewhere().await;
    restore(store, &records).await;
    assert_eq!(restore(store, &records).await, 0);
    let newest = records[1].clone();
    let mut stale = newest.clone();
    stale.position.stamp = at(0);
    stale.version += 5;
    stale.details = None;
    assert_eq!(restore(store, &[stale]).await, 0);
    let mut later = newest.clone();
    later.version += 1;
    later.details = None;
    assert_eq!(restore(store, std::slice::from_ref(&later)).await, 1);
    assert_eq!(record(store, newest.client_id.as_str()).await, later);
    let mut next_life = later.clone();
    next_life.position.stamp = at(50);
    next_life.first_seen_at = at(50);
    next_life.version = 1;
    assert_eq!(restore(store, std::slice::from_ref(&next_life)).await, 1);
    assert_eq!(record(store, newest.client_id.as_str()).await, next_life);
}

/// A record that only lives on has not changed; one of another version has, when its position or its state says.
pub async fn a_restored_record_counts_as_changed_with_its_version(
    store: &(impl Store + ConnectionRestorer),
) {
    let [mut first, mut second, _] = made_elsewhere().await.try_into().expect("three");
    for (record, text) in [(&mut first, "1"), (&mut second, "2")] {
        record.tenant = Tenant::Known(Account {
            org_id: org(ORG),
            account_number: Some(number(text)),
        });
    }
    restore(store, &[first.clone(), second.clone()]).await;
    assert_eq!(number_of_the_device_changed_last(store).await, "1");
    second.position.stamp = at(20);
    restore(store, &[second.clone()]).await;
    assert_eq!(number_of_the_device_changed_last(store).await, "1");
    second.version += 1;
    restore(store, &[second]).await;
    assert_eq!(number_of_the_device_changed_last(store).await, "2");
}

async fn number_of_the_device_changed_last(store: &impl Store) -> String {
    let accounts = store.accounts(&scope(ORG), &[org(ORG)]).await;
    let account = accounts.expect("read").pop().expect("one");
    account.account_number.expect("known").to_string()
}

/// Pages in the byte order of client ids reach every record once.
pub async fn a_scan_reaches_every_record_in_the_order_of_bytes(
    store: &(impl Store + ConnectionRestorer),
) {
    let none = store.scan(ingest(), None, 2).await.expect("scanned");
    assert!(none.is_empty());
    let records = made_elsewhere().await;
    restore(store, &records).await;
    let first = store.scan(ingest(), None, 2).await.expect("scanned");
    let after = first.last().map(|record| &record.client_id);
    let rest = store.scan(ingest(), after, 2).await.expect("scanned");
    assert_eq!((first.len(), rest.len()), (2, 1));
    let ids: Vec<&str> = first
        .iter()
        .chain(&rest)
        .map(|record| record.client_id.as_str())
        .collect();
    assert_eq!(ids, ["Host-2", "host-1", "host-10"]);
}

/// A device that comes back gets a new record; its versions go on, for each is told and kept once.
pub async fn a_forgotten_device_comes_back_with_versions_that_were_not_given_before(
    store: &(impl Store + ConnectionRestorer),
) {
    let first = apply(store, [device("host-1").online(1, "m1", details("a"))]).await;
    tell(store, &first).await;
    let second = apply(store, [device("host-1").online(2, "m2", details("b"))]).await;
    let gone = [client("host-1")];
    store.forget(ingest(), &gone).await.expect("forgotten");

    let back = apply(store, [device("host-1").online(3, "m3", details("c"))]).await;
    let untold: Vec<(i64, ChangeKind)> = back
        .unpublished
        .iter()
        .map(|change| (change.change.version, change.change.kind))
        .collect();
    let expected = [(2, ChangeKind::Updated), (3, ChangeKind::Appeared)];
    assert_eq!(untold, expected, "told as well: {second:?}");
    let returned = record(store, "host-1").await;
    assert_eq!((returned.version, returned.first_seen_at), (3, at(3)));
    let history = store
        .state_changes(&scope(ORG), &gone, &PageRequest::first(10))
        .await;
    let versions = history.expect("read").remove(&gone[0]).expect("a page");
    let versions: Vec<i64> = versions.items.iter().map(|change| change.version).collect();
    assert_eq!(versions, [3, 1]);
}

/// A backup's history may know more than what is restored: the next change is a new version all the same.
pub async fn a_restored_record_is_no_version_before_its_history(
    store: &(impl Store + ConnectionRestorer),
) {
    for (second, name) in [(1, "a"), (2, "b"), (3, "c")] {
        let id = format!("m{second}");
        apply(store, [device("host-1").online(second, &id, details(name))]).await;
    }
    let mut earlier = record(store, "host-1").await;
    let gone = [client("host-1")];
    store.forget(ingest(), &gone).await.expect("forgotten");
    earlier.version = 1;
    restore(store, &[earlier]).await;
    assert_eq!(record(store, "host-1").await.version, 3);
    let next = apply(store, [device("host-1").online(4, "m4", details("d"))]).await;
    assert_eq!(next.changed[0].version, 4);
}

/// A device that is forgotten begins again.
pub async fn a_forgotten_record_is_gone_and_its_history_stays(
    store: &(impl Store + ConnectionRestorer),
) {
    apply(store, [device("host-1").online(1, "m1", details("a"))]).await;
    let gone = [client("host-1"), client("nobody")];
    store.forget(ingest(), &gone).await.expect("forgotten");
    assert!(store.find(ingest(), &gone).await.expect("found").is_empty());
    let labelled = ConnectionFilter {
        search: Some("host".to_owned()),
        ..ConnectionFilter::default()
    };
    let found = store.connection_count(&scope(ORG), &labelled).await;
    assert_eq!(found.expect("counted"), 0);
    let history = store
        .state_changes(&scope(ORG), &gone[..1], &PageRequest::first(10))
        .await;
    assert_eq!(history.expect("read")[&gone[0]].items.len(), 1);
}
