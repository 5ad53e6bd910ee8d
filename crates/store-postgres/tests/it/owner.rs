//! Who owns the tables: FORCE binds that role too, and a policy of its own lets it migrate, serve alone, restore and back up.

use connector_domain::message::MessageState;
use connector_domain::port::{
    ConnectionLedger, ConnectionReader, MessageLedger, MessageReader, MessageSender,
};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use sqlx::Executor;

use crate::database::{Database, ROLES};
use crate::sample::{client, ingest, message, online, org};

const RESTORE: &str = include_str!("../../../../migrations/restore/postgres.sql");

const OWNER: &str = "connector_test_owner";

/// An empty database whose owner is an ordinary role.
async fn owned() -> Database {
    let database = Database::empty().await;
    let name = database.name();
    let make = format!(
        "DO $$ BEGIN
             IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}') THEN
                 CREATE ROLE {OWNER} NOLOGIN;
             END IF;
         END $$;
         ALTER DATABASE {name} OWNER TO {OWNER}"
    );
    database.execute(&make).await;
    database
}

#[tokio::test]
async fn the_owner_migrates_serves_and_restores() {
    // The roles are there: an owner without CREATEROLE gives them their rights.
    Database::migrated().await;
    let database = owned().await;
    let store = database.store_as(OWNER).await;
    store.migrate().await.expect("migrated");
    let mut session = database.session_as(OWNER).await;
    session.execute(ROLES).await.expect("granted");
    session.execute(ROLES).await.expect("granted again");

    let batch = [online("host-1", 7, "1")];
    let applied = store.apply(ingest(), &batch).await.expect("applied");
    assert_eq!(applied.unpublished.len(), 1);
    store.accept(message(1)).await.expect("accepted");
    let scope = Scope::org(org());
    let found = store.connections(&scope, &[client("host-1")]).await;
    assert_eq!(found.expect("read"), applied.changed);
    let (now, until) = (Stamp::from_nanos(10), Stamp::from_nanos(20));
    let claimed = store.claim_abandoned(ingest(), now, until, 10).await;
    assert_eq!(claimed.expect("claimed").len(), 1);

    let script: Vec<&str> = RESTORE
        .lines()
        .filter(|line| !line.starts_with('\\'))
        .collect();
    let restored = sqlx::raw_sql(sqlx::AssertSqlSafe(script.join("\n")));
    restored.execute(&mut session).await.expect("restored");
    let gone = store.find(ingest(), &[client("host-1")]).await;
    assert_eq!(gone.expect("read"), []);
    let sent = store.messages(&scope, &[message(1).message.key()]).await;
    assert_eq!(sent.expect("read")[0].state, MessageState::Unconfirmed);
    // What comes back is told under a version that the history of the backup does not have.
    let again = store.apply(ingest(), &batch).await.expect("applied");
    assert_eq!(again.changed[0].version, 2);
}
