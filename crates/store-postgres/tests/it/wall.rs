//! The second wall: what a role sees of a table that it may read, whatever the statement.

use std::time::Duration;

use connector_domain::connection::{Connection, ConnectionFilter, ConnectionKey, ConnectionOrder};
use connector_domain::id::OrgId;
use connector_domain::page::PageRequest;
use connector_domain::port::{ConnectionLedger, ConnectionReader, MessageReader, MessageSender};
use connector_domain::scope::Scope;
use connector_domain::tenant::TenantLookup;
use connector_store_postgres::{Options, PostgresStore};
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection};
use tokio::task::JoinSet;

use crate::database::Database;
use crate::sample::{client, ingest, message, online, org};

const WALLED: [&str; 10] = [
    "audit_entries",
    "connection_dispatchers",
    "connection_history",
    "connection_liveness",
    "connection_search_words",
    "connection_tags",
    "connections",
    "device_blocks",
    "message_transitions",
    "messages",
];

/// What belongs to no tenant, and what everybody who reads the database may read of it.
const OPEN: [&str; 2] = ["_sqlx_migrations", "ingest_progress"];

fn other_org() -> OrgId {
    OrgId::parse("o'20000").expect("an organisation id")
}

/// A device of each of two tenants and one of none, and a message of the first.
async fn two_tenants() -> Database {
    let database = Database::migrated().await;
    let ingest_store = database.store_as("connector_ingest").await;
    let mut others = online("host-2", 1, "1");
    let TenantLookup::Known(account) = &mut others.tenant else {
        panic!("the sample is known")
    };
    account.org_id = other_org();
    let mut nobodys = online("host-3", 1, "1");
    nobodys.tenant = TenantLookup::Unavailable;
    let batch = [online("host-1", 1, "1"), others, nobodys];
    ingest_store.apply(ingest(), &batch).await.expect("applied");
    let api = database.store_as("connector_api").await;
    api.accept(message(1)).await.expect("accepted");
    database
}

async fn api_with_one_connection(database: &Database) -> PostgresStore {
    let options = Options {
        max_connections: 1,
        ..database.options_as("connector_api")
    };
    PostgresStore::connect(&options).await.expect("connected")
}

/// The devices that a scope shows, of all there are.
async fn seen(store: &PostgresStore, scope: &Scope) -> Vec<String> {
    let all = ["host-1", "host-2", "host-3"].map(client);
    ids(store.connections(scope, &all).await.expect("read"))
}

/// Those that a call without a scope shows: one for consumers, which an API server does not make.
async fn seen_without_scope(store: &PostgresStore) -> Vec<String> {
    let all = ["host-1", "host-2", "host-3"].map(client);
    ids(store.find(ingest(), &all).await.expect("read"))
}

fn ids(connections: Vec<Connection>) -> Vec<String> {
    let mut ids: Vec<String> = connections
        .into_iter()
        .map(|connection| connection.client_id.to_string())
        .collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn two_tenants_that_share_one_connection_leave_no_scope_on_it() {
    let database = two_tenants().await;
    let api = api_with_one_connection(&database).await;
    let (first, second) = (Scope::org(org()), Scope::org(other_org()));
    let nothing = Vec::<String>::new();
    assert_eq!(seen_without_scope(&api).await, nothing, "before any");
    for _ in 0..3 {
        assert_eq!(seen(&api, &first).await, ["host-1"]);
        assert_eq!(seen_without_scope(&api).await, nothing);
        assert_eq!(seen(&api, &second).await, ["host-2"]);
        assert_eq!(seen_without_scope(&api).await, nothing);
        let every = seen(&api, &Scope::every_org()).await;
        assert_eq!(every, ["host-1", "host-2"], "and nobody's stays unseen");
        assert_eq!(seen_without_scope(&api).await, nothing);
        let all = ConnectionFilter::default();
        let stats = api.connection_stats(&second, &all).await.expect("read");
        assert_eq!(stats.total, 1);
        assert_eq!(seen_without_scope(&api).await, nothing);
        let repeated = api.accept(message(1)).await;
        repeated.expect("a write that changes nothing");
        assert_eq!(seen_without_scope(&api).await, nothing);
    }
}

#[tokio::test]
async fn a_login_knows_whether_it_is_walled() {
    let database = two_tenants().await;
    assert!(database.store_as("connector_api").await.is_walled());
    assert!(!database.store_as("connector_ingest").await.is_walled());
    let owner = PostgresStore::connect(&database.options()).await;
    assert!(!owner.expect("connected").is_walled());
}

async fn yields(times: u32) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn calls_that_fail_or_are_given_up_leave_no_scope_either() {
    let database = two_tenants().await;
    let api = api_with_one_connection(&database).await;
    let (first, second) = (Scope::org(org()), Scope::org(other_org()));
    let mut holder = database.session().await;
    for patience in [0, 1, 5, 20] {
        let mut held = holder.begin().await.expect("begun");
        held.execute("LOCK TABLE connections")
            .await
            .expect("locked");
        let waiting = seen(&api, &first);
        let patience = Duration::from_millis(patience);
        let given_up = tokio::time::timeout(patience, waiting).await;
        assert!(given_up.is_err(), "it waits for the lock");
        held.rollback().await.expect("released");
        assert_eq!(seen_without_scope(&api).await, Vec::<String>::new());
        assert_eq!(seen(&api, &second).await, ["host-2"]);
    }
    // At every step of a call, its beginning too.
    for steps in 0..200 {
        tokio::select! {
            biased;
            () = yields(steps) => {}
            _ = seen(&api, &first) => {}
        }
        assert_eq!(
            seen_without_scope(&api).await,
            Vec::<String>::new(),
            "{steps}"
        );
    }
    let mut unstorable = message(2);
    unstorable.message.directive = Some("nul \0".to_owned());
    api.accept(unstorable).await.expect_err("refused");
    assert_eq!(seen_without_scope(&api).await, Vec::<String>::new());
}

#[tokio::test]
async fn many_calls_of_both_at_once_each_see_their_own() {
    let database = two_tenants().await;
    let api = api_with_one_connection(&database).await;
    let mut calls = JoinSet::new();
    for n in 0..60 {
        let api = api.clone();
        calls.spawn(async move {
            let (scope, expected) = match n % 3 {
                0 => (Scope::org(org()), vec!["host-1"]),
                1 => (Scope::org(other_org()), vec!["host-2"]),
                _ => (Scope::every_org(), vec!["host-1", "host-2"]),
            };
            assert_eq!(seen(&api, &scope).await, expected);
            let (order, page) = (
                ConnectionOrder::default(),
                PageRequest::<ConnectionKey>::first(10),
            );
            let all = ConnectionFilter::default();
            let page = api.connection_page(&scope, &all, order, &page).await;
            assert_eq!(ids(page.expect("read").items), expected);
        });
    }
    while let Some(done) = calls.join_next().await {
        done.expect("each its own");
    }
}

#[tokio::test]
async fn a_message_of_another_tenant_is_neither_read_nor_moved_on() {
    let database = two_tenants().await;
    let api = api_with_one_connection(&database).await;
    let own = message(1).message;
    let found = api.messages(&Scope::org(other_org()), &[own.key()]).await;
    assert_eq!(found.expect("read"), []);
    let mut session = database.session_as("connector_api").await;
    let sql = "UPDATE messages SET state = 'PUBLISHED' WHERE message_id IS NOT NULL";
    for (scope, moved) in [
        ("", 0),
        ("SET LOCAL connector.org = '20000'", 0),
        ("SET LOCAL connector.org = '10000'", 1),
    ] {
        let mut transaction = session.begin().await.expect("begun");
        transaction.execute(scope).await.expect("set");
        let done = transaction.execute(sql).await.expect("allowed");
        assert_eq!(done.rows_affected(), moved, "{scope}");
        transaction.rollback().await.expect("undone");
    }
    // Every organisation's are read only.
    let mut every_org = database.session_as("connector_every_org").await;
    assert_eq!(count(&mut every_org, "messages").await, 1);
    every_org.execute(sql).await.expect_err("refused");
    let mut transaction = session.begin().await.expect("begun");
    let scope = "SET LOCAL connector.org = '20000'";
    transaction.execute(scope).await.expect("set");
    let foreign =
        "INSERT INTO message_transitions (client_id, message_id, seq, org_id, to_state, at)
                   SELECT 'host-1', gen_random_uuid(), 9, '10000', 'QUEUED', 0";
    let refused = transaction.execute(foreign).await.expect_err("refused");
    let refused = refused.to_string();
    assert!(refused.contains("row-level security"), "{refused}");
}

async fn count(session: &mut PgConnection, table: &str) -> i64 {
    let count = format!("SELECT COUNT(*) FROM {table}");
    let count = sqlx::query_scalar(AssertSqlSafe(count));
    count.fetch_one(session).await.expect("counted")
}

#[tokio::test]
async fn a_statement_that_names_no_scope_sees_no_row_of_any_table() {
    let database = two_tenants().await;
    database
        .execute(
            "INSERT INTO audit_entries (
                 audit_id, occurred_at, org_id, caller_name, auth_method, cross_tenant, request_id, operation, client_id, outcome
             )
             SELECT gen_random_uuid(), 0, org_id, 'somebody', 'JWT', false, 'r', 'PING', client_id, 'ACCEPTED' FROM connections;
             INSERT INTO device_blocks SELECT client_id, 0, org_id, 'somebody', 'stolen', NULL FROM connections;
             INSERT INTO connection_dispatchers SELECT client_id, 'echo', org_id FROM connections;
             INSERT INTO connection_tags SELECT client_id, 'a', 'b', org_id FROM connections",
        )
        .await;
    let mut everything = database.session().await;
    let mut api = database.session_as("connector_api").await;
    for table in WALLED {
        assert!(count(&mut everything, table).await > 0, "{table}");
        assert_eq!(count(&mut api, table).await, 0, "{table}");
        for (setting, other) in [("10000", "20000"), ("o''20000", "10000")] {
            let mut transaction = api.begin().await.expect("begun");
            let scope = format!("SET LOCAL connector.org = '{setting}'");
            transaction
                .execute(AssertSqlSafe(scope))
                .await
                .expect("set");
            let foreign = format!("{table} WHERE org_id LIKE '%{other}' OR org_id IS NULL");
            assert_eq!(count(&mut transaction, &foreign).await, 0, "{table}");
            transaction.rollback().await.expect("over");
        }
        assert_eq!(count(&mut api, table).await, 0, "{table}, afterwards");
    }
    // Asking for all rows or none: none.
    api.execute("SET row_security = off").await.expect("set");
    let refused = api.fetch_one("SELECT COUNT(*) FROM connections").await;
    refused.expect_err("refused");
}

#[tokio::test]
async fn no_role_changes_or_removes_what_is_in_the_audit_trail() {
    let database = Database::migrated().await;
    let mut session = database.session().await;
    let able: Vec<String> = sqlx::query_scalar(
        "SELECT rolname::text
           FROM pg_roles
          WHERE rolname IN ('connector_api', 'connector_every_org', 'connector_ingest', 'connector_jobs')
            AND has_table_privilege(oid, 'audit_entries', 'UPDATE, DELETE, TRUNCATE')",
    )
    .fetch_all(&mut session)
    .await
    .expect("read");
    assert_eq!(able, Vec::<String>::new());
    let mut api = database.session_as("connector_api").await;
    for change in [
        "UPDATE audit_entries SET caller_name = 'another'",
        "DELETE FROM audit_entries",
    ] {
        api.execute(change).await.expect_err("refused");
    }
}

#[tokio::test]
async fn the_roles_own_nothing_and_cannot_get_round_it() {
    let database = Database::migrated().await;
    let mut session = database.session().await;
    let strong: Vec<String> = sqlx::query_scalar(
        "SELECT rolname
           FROM pg_roles
          WHERE rolname LIKE 'connector\\_%'
            AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole
                 OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid)
                 OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relrowsecurity AND pg_has_role(pg_roles.oid, c.relowner, 'MEMBER')))
            AND rolname IN ('connector_api', 'connector_every_org', 'connector_ingest', 'connector_jobs')",
    )
    .fetch_all(&mut session)
    .await
    .expect("read");
    assert_eq!(strong, Vec::<String>::new());
    let others_rights: bool = sqlx::query_scalar(
        "SELECT pg_has_role('connector_api', 'connector_jobs', 'USAGE')
             OR pg_has_role('connector_api', 'connector_every_org', 'USAGE')
             OR pg_has_role('connector_api', 'connector_ingest', 'MEMBER')",
    )
    .fetch_one(&mut session)
    .await
    .expect("read");
    assert!(!others_rights, "what an API server may become, it is not");
    for refused in [
        "ALTER TABLE messages NO FORCE ROW LEVEL SECURITY",
        "TRUNCATE messages",
    ] {
        let mut api = database.session_as("connector_api").await;
        api.execute(refused).await.expect_err(refused);
    }
}

/// Tables that hold what belongs to a tenant, or that an API server may touch, and have no wall or only part of one.
async fn without_wall(session: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT c.relname::text
           FROM pg_class c
          WHERE c.relkind IN ('r', 'p')
            AND c.relnamespace = 'public'::regnamespace
            AND c.relname <> ALL ($1)
            AND (EXISTS (SELECT 1
                           FROM pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attname IN ('org_id', 'client_id', 'account_number'))
                 OR has_table_privilege('connector_api', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'))
            AND NOT (c.relrowsecurity
                     AND c.relforcerowsecurity
                     AND EXISTS (SELECT 1
                                   FROM pg_policies p
                                  WHERE p.tablename = c.relname
                                    AND p.policyname = 'by_org'
                                    AND p.qual = '(org_id = current_setting(''connector.org''::text, true))'
                                    AND p.with_check IS NULL)
                     AND NOT EXISTS (SELECT 1
                                       FROM pg_policies p
                                      WHERE p.tablename = c.relname
                                        AND p.policyname <> 'by_org'
                                        AND EXISTS (SELECT 1
                                                      FROM unnest(p.roles) AS role
                                                     WHERE CASE role
                                                               WHEN 'public' THEN true
                                                               ELSE pg_has_role('connector_api', role, 'USAGE')
                                                           END)))
          ORDER BY c.relname",
    )
    .bind(OPEN)
    .fetch_all(session)
    .await
    .expect("read")
}

#[tokio::test]
async fn every_table_of_tenants_has_a_wall_and_a_new_one_without_is_found() {
    let database = Database::migrated().await;
    let mut session = database.session().await;
    assert_eq!(without_wall(&mut session).await, Vec::<String>::new());
    let walled: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname",
    )
    .fetch_all(&mut session)
    .await
    .expect("read");
    assert_eq!(
        walled, WALLED,
        "a new table is read and written in tests as well"
    );

    let new = "CREATE TABLE forgotten (org_id text COLLATE \"C\");
               CREATE TABLE granted (id int);
               GRANT SELECT ON granted TO connector_api";
    session.execute(new).await.expect("made");
    assert_eq!(without_wall(&mut session).await, ["forgotten", "granted"]);
    let walled = "CALL build_wall('forgotten'); DROP TABLE granted";
    session.execute(walled).await.expect("walled");
    assert_eq!(without_wall(&mut session).await, Vec::<String>::new());
    let hole = "CREATE POLICY hole ON forgotten USING (true)";
    session.execute(hole).await.expect("made");
    assert_eq!(without_wall(&mut session).await, ["forgotten"]);
}
