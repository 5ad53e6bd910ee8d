//! What a file adds: it stays, it may be older or newer than the binary, and it can be damaged.

use std::path::{Path, PathBuf};

use connector_domain::account::Account;
use connector_domain::connection::{
    ConnectionFilter, Details, DeviceBatch, DeviceInput, DeviceRecord, Status,
};
use connector_domain::id::{ClientId, MessageId, OrgId};
use connector_domain::message::{
    Message, MessageDirection, MessageFilter, MessageKind, MessageState, NewMessage,
};
use connector_domain::port::{
    ConnectionLedger, ConnectionReader, MessageReader, MessageSender, StoreError,
};
use connector_domain::scope::{IngestScope, Scope};
use connector_domain::stamp::{Position, Stamp};
use connector_domain::tenant::TenantLookup;
use connector_store_sqlite::{OpenError, SchemaError, SqliteStore};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A path of a database that is not there yet, in a folder that is not there yet.
pub fn somewhere() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data").join("store.db");
    (folder, path)
}

pub async fn migrated(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).await.expect("opened");
    store.migrate().await.expect("migrated");
    store
}

/// Something done to the file behind the store's back.
pub async fn tamper(path: &Path, sql: impl Into<String>) {
    let url = format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.expect("connected");
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.into()))
        .execute(&mut connection)
        .await;
    done.expect("executed");
    connection.close().await.expect("closed");
}

pub fn client() -> ClientId {
    ClientId::parse("host-1").expect("a client id")
}

pub fn org() -> OrgId {
    OrgId::parse("10000").expect("an organisation id")
}

pub fn online() -> DeviceBatch {
    let account = Account {
        org_id: org(),
        account_number: None,
    };
    let position = Position {
        stamp: Stamp::from_nanos(7),
        partition: 0,
        offset: 0,
    };
    let input = DeviceInput::Status {
        message_id: "m1".to_owned(),
        status: Status::Online(Details::default()),
    };
    DeviceBatch {
        client_id: client(),
        tenant: TenantLookup::Known(account),
        records: vec![DeviceRecord { position, input }],
    }
}

pub fn message(n: u128) -> NewMessage {
    NewMessage {
        message: Message {
            client_id: client(),
            message_id: MessageId::from(Uuid::from_u128(n)),
            wire_message_id: None,
            org_id: Some(org()),
            direction: MessageDirection::ToDevice,
            kind: MessageKind::Data,
            directive: None,
            command: None,
            content: None,
            metadata: None,
            size_bytes: 0,
            state: MessageState::Queued,
            seq: 1,
            failure: None,
            sent_by: None,
            created_at: Stamp::from_nanos(8),
            device_sent: None,
            expires_at: None,
            redelivered: false,
            response_to: None,
        },
        request_hash: "hash".to_owned(),
        lease_until: Stamp::from_nanos(9),
        audit: None,
    }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (_folder, path) = somewhere();
    let store = migrated(&path).await;
    let scope = Scope::org(org());
    let applied = store.apply(IngestScope::issue(), &[online()]).await;
    let applied = applied.expect("applied");
    store.accept(message(1)).await.expect("accepted");
    store.close().await;

    let store = SqliteStore::open_existing(&path).await.expect("opened");
    assert!(store.pending_migrations().await.expect("read").is_empty());
    let found = store.connections(&scope, &[client()]).await.expect("read");
    assert_eq!(found, applied.changed);
    let again = store.apply(IngestScope::issue(), &[online()]).await;
    assert_eq!(again.expect("applied").unpublished, applied.unpublished);
    let sent = message(1).message;
    let found = store.messages(&scope, &[sent.key()]).await.expect("read");
    assert_eq!(found, [sent]);
}

#[tokio::test]
async fn migrations_run_once_and_are_named_before_and_after() {
    let (_folder, path) = somewhere();
    let store = SqliteStore::open(&path).await.expect("opened");
    let pending = store.pending_migrations().await.expect("read");
    assert_eq!(
        pending.first().map(String::as_str),
        Some("0001_connections")
    );
    assert_eq!(store.pending_migrations().await.expect("read"), pending);
    let unready = store.connections(&Scope::org(org()), &[client()]).await;
    assert!(matches!(unready, Err(StoreError::Unavailable(_))));
    assert_eq!(store.migrate().await.expect("migrated"), pending);
    assert!(store.pending_migrations().await.expect("read").is_empty());
    assert!(store.migrate().await.expect("migrated").is_empty());
}

#[tokio::test]
async fn a_database_newer_than_the_binary_is_refused() {
    let (_folder, path) = somewhere();
    let store = migrated(&path).await;
    tamper(
        &path,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .await;
    for refused in [store.migrate().await, store.pending_migrations().await] {
        assert!(matches!(refused, Err(SchemaError::Newer { version: 9999 })));
    }
}

#[tokio::test]
async fn a_migration_edited_after_it_ran_is_refused() {
    let (_folder, path) = somewhere();
    let store = migrated(&path).await;
    tamper(
        &path,
        "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1",
    )
    .await;
    let refused = store.pending_migrations().await;
    assert!(matches!(refused, Err(SchemaError::Altered { version: 1 })));
}

#[tokio::test]
async fn a_database_that_is_missing_is_made_only_when_asked() {
    let (_folder, path) = somewhere();
    let missing = SqliteStore::open_existing(&path).await;
    assert!(matches!(missing, Err(OpenError::Missing { .. })));
    assert!(!path.exists());
    SqliteStore::open(&path).await.expect("opened");
    assert!(path.exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    std::fs::write(
        &path,
        "not a database, and long enough to look like one".repeat(40),
    )
    .expect("written");
    let refused = SqliteStore::open(&path).await;
    assert!(matches!(refused, Err(OpenError::Database { .. })));
}

#[tokio::test]
async fn errors_say_what_can_be_done_about_them() {
    let (_folder, path) = somewhere();
    let store = migrated(&path).await;
    let mut unowned = message(1);
    unowned.message.org_id = None;
    let refused = store.accept(unowned).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "a constraint"
    );

    let applied = store.apply(IngestScope::issue(), &[online()]).await;
    applied.expect("applied");
    tamper(&path, "UPDATE connections SET details = '{'").await;
    let unreadable = store.find(IngestScope::issue(), &[client()]).await;
    assert!(matches!(unreadable, Err(StoreError::Unreadable(_))));

    store.close().await;
    let away = store.ping().await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn callers_at_once_take_turns_and_all_succeed() {
    let (_folder, path) = somewhere();
    let store = migrated(&path).await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..40 {
        let store = store.clone();
        calls.spawn(async move {
            store.accept(message(n)).await.expect("accepted");
            let all = ConnectionFilter::default();
            let scope = Scope::every_org();
            store.connection_stats(&scope, &all).await.expect("read");
        });
    }
    while let Some(done) = calls.join_next().await {
        done.expect("done");
    }
    let (scope, all) = (Scope::org(org()), MessageFilter::default());
    let count = store.message_count(&scope, &all).await.expect("read");
    assert_eq!(count, 40);
}
