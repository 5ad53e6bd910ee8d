//! A backup made while the store is in use, and what is done to it when it is restored.

use std::path::Path;

use connector_domain::connection::ConnectionState;
use connector_domain::message::{MessageState, Step};
use connector_domain::page::PageRequest;
use connector_domain::port::{
    ConnectionLedger, ConnectionReader, ConnectionRestorer, MessageLedger, MessageReader,
    MessageSender, PartitionProgress,
};
use connector_domain::scope::{IngestScope, Scope};
use connector_domain::stamp::Stamp;
use connector_store_sqlite::SqliteStore;

use crate::file::{client, message, migrated, online, org, somewhere, tamper};

/// What an operator runs on a restored database.
const AFTER_RESTORE: &str = include_str!("../../../../migrations/restore/sqlite.sql");

async fn back_up(store: &SqliteStore, path: &Path, backup: &Path) {
    let ingest = IngestScope::issue();
    store.apply(ingest, &[online()]).await.expect("applied");
    let progress = PartitionProgress {
        topic: "ingress".to_owned(),
        partition: 0,
        as_of: Stamp::from_nanos(7),
    };
    store
        .note_progress(ingest, &[progress])
        .await
        .expect("noted");
    for n in [1, 2] {
        store.accept(message(n)).await.expect("accepted");
    }
    let published = Step::to(MessageState::Published, Stamp::from_nanos(10));
    store
        .step(&message(2).message, published)
        .await
        .expect("stepped")
        .expect("a step that exists");
    tamper(path, format!("VACUUM INTO '{}'", backup.display())).await;
}

#[tokio::test]
async fn messages_come_back_and_nothing_is_sent_or_told_again() {
    let (folder, path) = somewhere();
    let store = migrated(&path).await;
    let backup = folder.path().join("backup.db");
    back_up(&store, &path, &backup).await;
    store.accept(message(3)).await.expect("after the backup");
    store.close().await;

    tamper(&backup, AFTER_RESTORE).await;
    let store = SqliteStore::open_existing(&backup).await.expect("opened");
    assert!(store.pending_migrations().await.expect("read").is_empty());
    let (scope, ingest) = (Scope::org(org()), IngestScope::issue());
    let keys = [1, 2, 3].map(|n| message(n).message.key());
    let mut found = store.messages(&scope, &keys).await.expect("read");
    found.sort_by_key(|message| message.message_id);
    let states: Vec<_> = found.iter().map(|found| (found.state, found.seq)).collect();
    assert_eq!(
        states,
        [(MessageState::Unconfirmed, 2), (MessageState::Published, 2)]
    );
    let timelines = store.transitions(&scope, &keys).await.expect("read");
    let steps: Vec<_> = timelines[&keys[0]].iter().map(|step| step.to).collect();
    assert_eq!(steps, [MessageState::Queued, MessageState::Unconfirmed]);
    let late = Stamp::from_nanos(i64::MAX);
    let again = store.claim_abandoned(ingest, late, late, 10).await;
    assert_eq!(again.expect("read"), [], "nothing is sent again");

    // Connections are Kafka's to tell; their history stays, and is not told again.
    assert!(store.scan(ingest, None, 10).await.expect("read").is_empty());
    assert_eq!(store.presence_as_of().await.expect("read"), None);
    let history = store
        .state_changes(&scope, &[client()], &PageRequest::first(10))
        .await;
    let history = &history.expect("read")[&client()];
    assert_eq!(history.items[0].state, ConnectionState::Online);
    let mut quiet = online();
    quiet.records.clear();
    let applied = store.apply(ingest, &[quiet]).await.expect("applied");
    assert!(applied.unpublished.is_empty());
}
