//! How what devices say is stored, versioned and told.

use connector_domain::connection::{
    ChangeKind, ConnectionFilter, ConnectionState, ConnectionStateReason, Details, OfflineCause,
    Outcome,
};
use connector_domain::port::Applied;

use super::Store;
use super::arrange::{
    ORG, apply, at, client, details, device, ingest, position, record, scope, tell,
};
use super::fleet::{Fleet, client_id};

/// Versions to be told, in order.
fn versions(applied: &Applied) -> Vec<i64> {
    applied
        .unpublished
        .iter()
        .map(|change| change.change.version)
        .collect()
}

/// A first message makes a record, and one change tells of it.
pub async fn first_online_appears_and_is_told_with_its_record(store: &impl Store) {
    let applied = apply(store, [device("host-1").online(1, "m1", details("a"))]).await;
    assert_eq!(applied.outcomes, [[Outcome::Changed]]);
    let told = &applied.unpublished[0];
    assert_eq!(told.client_id, client("host-1"));
    assert_eq!(told.change.kind, ChangeKind::Appeared);
    assert_eq!(told.change.position, position(1));
    assert_eq!(told.change.before, None);
    let stored = record(store, "host-1").await;
    assert_eq!(told.change.after, stored.view());
    assert_eq!(applied.changed, std::slice::from_ref(&stored));
    assert_eq!(stored.state, ConnectionState::Online);
    assert_eq!(stored.state_changed_at, at(1));
    assert_eq!((stored.version, stored.position), (1, position(1)));
    assert_eq!(stored.recent_ids, ["m1"]);
    assert_eq!(stored.details, Some(details("a")));
}

/// State and facts make versions; a sign of life of an online device does not.
pub async fn each_change_adds_one_version_and_what_stays_the_same_adds_none(store: &impl Store) {
    let says = device("host-1")
        .online(1, "m1", details("a"))
        .alive(2)
        .online(3, "m2", details("a"));
    apply(store, [says]).await;
    let quiet = record(store, "host-1").await;
    assert_eq!((quiet.version, quiet.position), (1, position(3)));
    assert_eq!(quiet.last_seen_at, at(3));
    let says = device("host-1")
        .online(4, "m3", details("b"))
        .offline(5, OfflineCause::LastWill);
    let applied = apply(store, [says]).await;
    assert_eq!(versions(&applied), [1, 2, 3]);
    let kinds: Vec<ChangeKind> = applied
        .unpublished
        .iter()
        .map(|change| change.change.kind)
        .collect();
    assert_eq!(
        kinds,
        [ChangeKind::Appeared, ChangeKind::Updated, ChangeKind::State]
    );
    let gone = record(store, "host-1").await;
    assert_eq!(gone.state, ConnectionState::Offline);
    assert_eq!(gone.reason, ConnectionStateReason::LinkLost);
    assert_eq!((gone.state_changed_at, gone.last_seen_at), (at(5), at(4)));
    assert_eq!(applied.changed, [gone]);
}

/// A crash between commit and telling loses nothing and repeats nothing that was marked.
pub async fn replay_changes_nothing_and_tells_again_exactly_what_was_not_told(store: &impl Store) {
    let says = || {
        device("host-1")
            .online(1, "m1", details("a"))
            .offline(2, OfflineCause::Reported)
    };
    let first = apply(store, [says()]).await;
    let stored = record(store, "host-1").await;
    let again = apply(store, [says()]).await;
    assert_eq!(again.outcomes, [[Outcome::Replayed, Outcome::Replayed]]);
    assert_eq!(again.unpublished, first.unpublished);
    assert_eq!(again.changed, std::slice::from_ref(&stored));
    assert_eq!(record(store, "host-1").await, stored);

    let told = [(client("host-1"), 1)];
    let marked = connector_domain::port::ConnectionLedger::mark_published(store, ingest(), &told);
    marked.await.expect("marked");
    assert_eq!(versions(&apply(store, [says()]).await), [2]);
    tell(store, &first).await;
    let quiet = apply(store, [says()]).await;
    assert!(quiet.unpublished.is_empty() && quiet.changed.is_empty());
    let other = apply(store, [device("host-2").online(9, "m", details("c"))]).await;
    assert_eq!(
        other.changed.len(),
        1,
        "another device's batch tells only of itself"
    );
}

/// The order of stamps decides, not that of batches; an id counts once.
pub async fn records_out_of_order_and_repeated_ids_are_folded_away(store: &impl Store) {
    apply(store, [device("host-1").online(10, "m1", details("a"))]).await;
    let late = device("host-1")
        .offline(5, OfflineCause::LastWill)
        .online(11, "m1", details("b"))
        .alive(12);
    let applied = apply(store, [late]).await;
    let expected = [Outcome::Replayed, Outcome::Duplicate, Outcome::Noted];
    assert_eq!(applied.outcomes, [expected]);
    let stored = record(store, "host-1").await;
    assert_eq!((stored.version, stored.state), (1, ConnectionState::Online));
    assert_eq!(stored.details, Some(details("a")));
}

/// Every device of a batch is as the fold says.
pub async fn a_batch_of_many_devices_is_written_whole(store: &impl Store) {
    let fleet = Fleet::arrive(store).await;
    let ids: Vec<_> = (0..fleet.records.len()).map(client_id).collect();
    let mut found = store.find(ingest(), &ids).await.expect("found");
    found.sort_by(|a, b| a.client_id.cmp(&b.client_id));
    let mut expected = fleet.records;
    expected.sort_by(|a, b| a.client_id.cmp(&b.client_id));
    assert_eq!(found, expected);
}

/// An online message replaces all that the one before it said.
pub async fn an_absent_field_clears_what_it_said_before(store: &impl Store) {
    let full = Details {
        dispatchers: [("echo".to_owned(), serde_json::Map::new())].into(),
        tags: [("env".to_owned(), "prod".to_owned())].into(),
        client_name: Some("yggdrasil".to_owned()),
        ..details("a")
    };
    apply(store, [device("host-1").online(1, "m1", full)]).await;
    apply(
        store,
        [device("host-1").online(2, "m2", Details::default())],
    )
    .await;
    let stored = record(store, "host-1").await;
    assert_eq!(stored.details, Some(Details::default()));
    let finds = |filter| async move {
        let scope = scope(ORG);
        store
            .connection_count(&scope, &filter)
            .await
            .expect("counted")
    };
    let by_label = ConnectionFilter {
        dispatchers: Some(vec!["echo".to_owned()]),
        ..ConnectionFilter::default()
    };
    assert_eq!(finds(by_label).await, 0);
    let by_address = ConnectionFilter {
        search: Some("10.0.0.1".to_owned()),
        ..ConnectionFilter::default()
    };
    assert_eq!(finds(by_address).await, 0);
}

/// No device, no outcome.
pub async fn an_empty_batch_is_nothing(store: &impl Store) {
    let applied = store.apply(ingest(), &[]).await.expect("applied");
    assert!(applied.outcomes.is_empty() && applied.unpublished.is_empty());
    assert!(store.find(ingest(), &[]).await.expect("found").is_empty());
    assert!(
        store
            .arrive(ingest(), &[])
            .await
            .expect("stored")
            .is_empty()
    );
}
