//! What a server adds: it stays, it may be older or newer than the binary, slow, read-only or away.

use std::time::Duration;

use connector_domain::connection::ConnectionFilter;
use connector_domain::port::{
    ConnectionLedger, ConnectionReader, MessageReader, MessageSender, StoreError,
};
use connector_domain::scope::Scope;
use connector_store_postgres::{OpenError, Options, PostgresStore, SchemaError};
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::database::Database;
use crate::sample::{client, ingest, message, online, org};

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let scope = Scope::org(org());
    let batch = [online("host-1", 7, "1")];
    let applied = store.apply(ingest(), &batch).await.expect("applied");
    store.accept(message(1)).await.expect("accepted");
    store.close().await;

    let store = database.store().await;
    assert!(store.pending_migrations().await.expect("read").is_empty());
    let found = store.connections(&scope, &[client("host-1")]).await;
    assert_eq!(found.expect("read"), applied.changed);
    let again = store.apply(ingest(), &batch).await.expect("applied");
    assert_eq!(again.unpublished, applied.unpublished);
    let sent = message(1).message;
    let found = store.messages(&scope, &[sent.key()]).await.expect("read");
    assert_eq!(found, [sent]);
}

#[tokio::test]
async fn migrations_run_once_and_are_named_before_and_after() {
    let database = Database::empty().await;
    let store = database.store().await;
    let pending = store.pending_migrations().await.expect("read");
    assert_eq!(
        pending.first().map(String::as_str),
        Some("0001_connections")
    );
    assert_eq!(store.pending_migrations().await.expect("read"), pending);
    let unready = store.connections(&Scope::org(org()), &[client("a")]).await;
    assert!(matches!(unready, Err(StoreError::Unavailable(_))));
    // Two processes at once: one waits for the other.
    let other = database.store().await;
    let (one, two) = tokio::join!(store.migrate(), other.migrate());
    assert_eq!(one.expect("migrated"), pending);
    two.expect("migrated");
    assert!(store.pending_migrations().await.expect("read").is_empty());
    assert!(store.migrate().await.expect("migrated").is_empty());
}

#[tokio::test]
async fn a_database_newer_than_the_binary_is_refused() {
    let database = Database::migrated().await;
    let store = database.store().await;
    database
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', TRUE, '\\x00', 0)",
        )
        .await;
    for refused in [store.migrate().await, store.pending_migrations().await] {
        assert!(matches!(refused, Err(SchemaError::Newer { version: 9999 })));
    }
}

#[tokio::test]
async fn a_migration_edited_after_it_ran_is_refused() {
    let database = Database::migrated().await;
    let store = database.store().await;
    database
        .execute("UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1")
        .await;
    let refused = store.pending_migrations().await;
    assert!(matches!(refused, Err(SchemaError::Altered { version: 1 })));
}

#[tokio::test]
async fn an_address_is_told_from_a_server_that_is_away_and_neither_shows_a_password() {
    let nonsense = PostgresStore::connect(&Options::new("http://user:secret@host")).await;
    let away = PostgresStore::connect(&Options::new("postgres://u:secret@127.0.0.1:9/d")).await;
    assert!(matches!(away, Err(OpenError::Unreachable { .. })));
    for refused in [nonsense, away] {
        let error = format!("{:?}", refused.expect_err("refused"));
        assert!(!error.contains("secret"), "{error}");
    }
    let options = format!("{:?}", Options::new("postgres://u:secret@host/d"));
    assert!(!options.contains("secret"), "{options}");
}

#[tokio::test]
async fn errors_say_what_can_be_done_about_them() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let mut unowned = message(1);
    unowned.message.org_id = None;
    let refused = store.accept(unowned).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "a constraint: {refused:?}"
    );
    let mut unstorable = message(1);
    unstorable.message.directive = Some("nul \0".to_owned());
    let refused = store.accept(unstorable).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "a value that text cannot be: {refused:?}"
    );

    let batch = [online("host-1", 7, "1")];
    store.apply(ingest(), &batch).await.expect("applied");
    database
        .execute("UPDATE connections SET details = '{'")
        .await;
    let unreadable = store.find(ingest(), &[client("host-1")]).await;
    assert!(matches!(unreadable, Err(StoreError::Unreadable(_))));

    store.close().await;
    let away = store.ping().await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_database_that_refuses_writes_is_unavailable_and_recovers() {
    let database = Database::migrated().await;
    let name = database.name();
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    database.execute(&read_only).await;
    let store = database.store().await;
    let refused = store.accept(message(1)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    let mut session = database.session().await;
    let here = "SET default_transaction_read_only = off";
    session.execute(here).await.expect("set");
    let writable = format!("ALTER DATABASE {name} SET default_transaction_read_only = off");
    let altered = session.execute(AssertSqlSafe(writable)).await;
    altered.expect("altered");
    store.close().await;
    let store = database.store().await;
    store.accept(message(1)).await.expect("accepted");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_unavailable_and_nothing_of_it_stays() {
    let database = Database::migrated().await;
    let options = Options {
        statement_timeout: Duration::from_millis(200),
        ..database.options()
    };
    let store = PostgresStore::connect(&options).await.expect("connected");
    let first = [online("host-1", 1, "1")];
    store.apply(ingest(), &first).await.expect("applied");
    let mut holder = database.session().await;
    let mut held = holder.begin().await.expect("begun");
    let lock = "SELECT 1 FROM connection_liveness FOR UPDATE";
    held.execute(lock).await.expect("locked");

    let batch = [online("host-0", 2, "1"), online("host-1", 2, "2")];
    let waited = store.apply(ingest(), &batch).await;
    assert!(
        matches!(waited, Err(StoreError::Unavailable(_))),
        "{waited:?}"
    );
    held.rollback().await.expect("released");

    let all = ConnectionFilter::default();
    let count = store.connection_count(&Scope::org(org()), &all).await;
    assert_eq!(count.expect("read"), 1);
    let applied = store.apply(ingest(), &batch).await.expect("applied");
    assert_eq!(applied.changed.len(), 2);
}

#[tokio::test]
async fn a_call_ends_when_the_server_says_nothing() {
    let database = Database::migrated().await;
    let options = Options {
        call_timeout: Duration::from_millis(200),
        ..database.options()
    };
    let store = PostgresStore::connect(&options).await.expect("connected");
    let mut holder = database.session().await;
    let mut held = holder.begin().await.expect("begun");
    held.execute("LOCK TABLE connections")
        .await
        .expect("locked");
    let waited = store.find(ingest(), &[client("host-1")]).await;
    assert!(matches!(waited, Err(StoreError::Unavailable(_))));
    held.rollback().await.expect("released");
    let found = store.find(ingest(), &[client("host-1")]).await;
    assert_eq!(found.expect("read"), []);
}

#[tokio::test]
async fn lost_connections_are_opened_again() {
    let database = Database::migrated().await;
    let store = database.store().await;
    store.ping().await.expect("there");
    database
        .execute(
            "SELECT pg_terminate_backend(pid)
               FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    // The first call may still find a connection that ended; the next ones do not.
    let first = store.ping().await;
    assert!(matches!(first, Ok(()) | Err(StoreError::Unavailable(_))));
    store.ping().await.expect("there again");
    store.accept(message(1)).await.expect("accepted");
}
