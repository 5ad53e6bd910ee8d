//! Signs of life, and how current presence is.

use connector_domain::connection::{ConnectionState, OfflineCause};
use connector_domain::port::PartitionProgress;

use super::Store;
use super::arrange::{apply, at, client, details, device, ingest, record};

/// Later is noted, earlier is not, and a device without a record gets none.
pub async fn touch_moves_last_seen_on_and_never_back(store: &impl Store) {
    apply(store, [device("host-1").online(10, "m1", details("a"))]).await;
    let seen = [
        (client("host-1"), at(20)),
        (client("host-1"), at(30)),
        (client("host-1"), at(25)),
        (client("nobody"), at(30)),
    ];
    store.touch(ingest(), &seen).await.expect("touched");
    let stored = record(store, "host-1").await;
    assert_eq!((stored.last_seen_at, stored.version), (at(30), 1));
    let earlier = [(client("host-1"), at(5))];
    store.touch(ingest(), &earlier).await.expect("touched");
    assert_eq!(record(store, "host-1").await.last_seen_at, at(30));
    let nobody = store.find(ingest(), &[client("nobody")]).await;
    assert!(nobody.expect("found").is_empty());
}

/// A last will older than a sign of life says nothing about the present.
pub async fn touch_is_seen_by_the_fold(store: &impl Store) {
    apply(store, [device("host-1").online(10, "m1", details("a"))]).await;
    let seen = [(client("host-1"), at(40))];
    store.touch(ingest(), &seen).await.expect("touched");
    apply(
        store,
        [device("host-1").offline(30, OfflineCause::LastWill)],
    )
    .await;
    let stored = record(store, "host-1").await;
    assert_eq!(stored.state, ConnectionState::Online);
}

/// The least over partitions, and none before the first.
pub async fn presence_is_as_of_the_partition_furthest_behind(store: &impl Store) {
    assert_eq!(store.presence_as_of().await.expect("read"), None);
    let progress = |partition, second| PartitionProgress {
        topic: "ingress".to_owned(),
        partition,
        as_of: at(second),
    };
    let note = [progress(0, 10), progress(1, 20)];
    store.note_progress(ingest(), &note).await.expect("noted");
    assert_eq!(store.presence_as_of().await.expect("read"), Some(at(10)));
    let note = [progress(0, 30), progress(1, 15)];
    store.note_progress(ingest(), &note).await.expect("noted");
    assert_eq!(store.presence_as_of().await.expect("read"), Some(at(20)));
    store.note_progress(ingest(), &[]).await.expect("noted");
}

/// Partitions and topics that are not there any more do not hold presence back.
pub async fn progress_of_partitions_that_are_gone_is_forgotten(store: &impl Store) {
    let progress = |topic: &str, partition, second| PartitionProgress {
        topic: topic.to_owned(),
        partition,
        as_of: at(second),
    };
    let note = [
        progress("ingress", 0, 30),
        progress("ingress", 1, 40),
        progress("ingress", 2, 10),
        progress("former", 0, 20),
        progress("data", 0, 50),
    ];
    store.note_progress(ingest(), &note).await.expect("noted");
    let present = [("ingress".to_owned(), 2), ("data".to_owned(), 2)];
    let kept = store.keep_progress_of(ingest(), &present).await;
    kept.expect("kept");
    assert_eq!(store.presence_as_of().await.expect("read"), Some(at(30)));
    store
        .keep_progress_of(ingest(), &[])
        .await
        .expect("emptied");
    assert_eq!(store.presence_as_of().await.expect("read"), None);
}

/// Of all that is stamped, whichever it is.
pub async fn the_newest_stamp_is_the_greatest_of_all(store: &impl Store) {
    assert_eq!(store.newest_stamp(ingest()).await.expect("read"), None);
    let progress = |partition, second| PartitionProgress {
        topic: "ingress".to_owned(),
        partition,
        as_of: at(second),
    };
    let note = [progress(0, 10), progress(1, 20)];
    store.note_progress(ingest(), &note).await.expect("noted");
    let newest = async || store.newest_stamp(ingest()).await.expect("read");
    assert_eq!(newest().await, Some(at(20)), "not the least");
    let records = [
        device("host-1").online(40, "m1", details("a")),
        device("host-2").online(30, "m1", details("a")),
    ];
    apply(store, records).await;
    assert_eq!(newest().await, Some(at(40)));
    // A will moves the position and is no sign of life.
    apply(
        store,
        [device("host-2").offline(50, OfflineCause::LastWill)],
    )
    .await;
    assert_eq!(newest().await, Some(at(50)));
    let seen = [(client("host-1"), at(60))];
    store.touch(ingest(), &seen).await.expect("touched");
    assert_eq!(newest().await, Some(at(60)));
}

/// For readiness.
pub async fn a_store_answers_pings(store: &impl Store) {
    store.ping().await.expect("answers");
}
