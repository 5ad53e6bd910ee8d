//! What the statements read, on a fleet large enough that reading everything would show.
//!
//! Asks PostgreSQL what each call really read rather than what it would do: no scan of a whole table, and not many more
//! rows than a page holds, table rows and index entries together. As the roles that the processes have.

mod audit;
mod connection_filters;
mod connections;
mod messages;
mod writes;

use std::time::Duration;

use connector_domain::id::{ClientId, OrgId};
use connector_domain::scope::Scope;
use connector_domain::stamp::Stamp;
use connector_store_postgres::{Options, PostgresStore};
use sqlx::PgConnection;

use crate::database::Database;
use crate::sample::client;

const PAGE: u16 = 50;

/// Most rows and index entries of a page: several tables, some that do not pass, or all of a small organisation.
const PAGE_READS: i64 = 2_500;

/// How many times 60,000 devices the fleet has: 17 are a million, which `make plans` asks for.
fn times() -> u32 {
    let times = std::env::var("CONNECTOR_TEST_FLEET_TIMES").ok();
    times.map_or(1, |times| times.parse().expect("a number"))
}

/// When device `i` of the fleet was seen.
fn at(i: i64) -> Stamp {
    Stamp::from_nanos(1_790_000_000_000_000_000 + i * 1_000_000_000)
}

fn device(i: u32) -> ClientId {
    client(&format!("host-{i:07}"))
}

fn scopes() -> [(&'static str, Scope); 3] {
    let org = |id: &str| Scope::org(OrgId::parse(id).expect("an id"));
    [
        ("a large organisation", org("large")),
        ("a small organisation", org("org-7")),
        ("every organisation", Scope::every_org()),
    ]
}

/// The fleet, and what is read of it.
struct Readings {
    database: Database,
    statistics: PgConnection,
    role: &'static str,
    /// Of all calls so far.
    rows: i64,
}

#[derive(Debug, PartialEq, Eq)]
struct Reading {
    whole_tables: i64,
    rows: i64,
}

impl Readings {
    async fn of_the_fleet() -> Self {
        let database = Database::migrated().await;
        let times = times().to_string();
        let fleet = include_str!("fleet.sql").replace("@TIMES@", &times);
        database.execute(&fleet).await;
        database.execute("VACUUM ANALYZE").await;
        // As `migrations/README.md` says it should be.
        let name = database.name();
        let solid_state = format!("ALTER DATABASE {name} SET random_page_cost = 1.1");
        database.execute(&solid_state).await;
        Self {
            statistics: database.session().await,
            database,
            role: "postgres",
            rows: 0,
        }
    }

    /// Fails when the call reads a whole table, or more than `most` rows.
    async fn at_most(&mut self, most: i64, what: &str, call: impl AsyncFn(&PostgresStore)) {
        let before = self.now().await;
        let options = Options {
            application_name: "readings".to_owned(),
            max_connections: 1,
            ..self.database.options_as(self.role)
        };
        let store = PostgresStore::connect(&options).await.expect("connected");
        call(&store).await;
        store.close().await;
        self.wait_for_its_session_to_end().await;
        let after = self.now().await;
        let whole_tables = after.whole_tables - before.whole_tables;
        let rows = after.rows - before.rows;
        assert_eq!(whole_tables, 0, "{what}: tables read whole, {rows} rows");
        assert!(rows <= most, "{what}: {rows} rows and index entries");
        self.rows += rows;
    }

    async fn now(&mut self) -> Reading {
        let reading: Result<(i64, i64), _> = sqlx::query_as(
            "SELECT SUM(t.seq_scan)::bigint AS whole_tables,
                    SUM(t.seq_tup_read + t.idx_tup_fetch)::bigint
                        + (SELECT SUM(i.idx_tup_read)::bigint FROM pg_stat_user_indexes i) AS rows
               FROM pg_stat_user_tables t
              WHERE t.relname LIKE 'connection%' OR t.relname LIKE 'message%' OR t.relname LIKE 'audit%'",
        )
        .fetch_one(&mut self.statistics)
        .await;
        let (whole_tables, rows) = reading.expect("read");
        Reading { whole_tables, rows }
    }

    /// A session's numbers are in the statistics before it is gone from the list.
    async fn wait_for_its_session_to_end(&mut self) {
        let ended = async {
            let sessions = "SELECT COUNT(*) FROM pg_stat_activity
                             WHERE application_name = 'readings' AND datname = current_database()";
            while sqlx::query_scalar::<_, i64>(sessions)
                .fetch_one(&mut self.statistics)
                .await
                .expect("read")
                > 0
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
        ended.expect("the session ends");
    }
}

/// One test, since filling the fleet in takes longest.
#[tokio::test]
async fn no_call_reads_a_whole_table_or_many_rows() {
    let mut readings = Readings::of_the_fleet().await;
    readings.role = "connector_api";
    connections::pages_of_connections_in_every_order_read_little(&mut readings).await;
    connection_filters::filtered_pages_of_connections_read_little(&mut readings).await;
    connections::other_reads_of_connections_read_little(&mut readings).await;
    messages::reads_of_messages_read_little(&mut readings).await;
    audit::pages_of_the_trail_read_little(&mut readings).await;
    writes::senders_and_jobs_read_what_they_move(&mut readings).await;
    readings.role = "connector_ingest";
    writes::writes_read_what_they_write(&mut readings).await;
    assert!(
        readings.rows > 10_000,
        "reads are counted: {}",
        readings.rows
    );
}
