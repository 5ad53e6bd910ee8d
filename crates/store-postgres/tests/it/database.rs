//! A database per test, copied from a migrated one.

use std::process;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use connector_store_postgres::{Options, PostgresStore};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

const VARIABLE: &str = "CONNECTOR_TEST_POSTGRES_URL";

/// Any number that nobody else locks with.
const TEMPLATE_LOCK: i64 = 0x636f_6e6e_6563_746f;

/// What the processes' roles may do.
pub(crate) const ROLES: &str = include_str!("../../../../migrations/roles/postgres.sql");

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static MADE: AtomicU32 = AtomicU32::new(0);

fn server_url() -> String {
    std::env::var(VARIABLE)
        .unwrap_or_else(|_| panic!("{VARIABLE} is not set: run make services-up"))
}

/// The same server and user, another database.
fn url_of(database: &str) -> String {
    let url = server_url();
    let (address, parameters) = url.split_once('?').unwrap_or((&url, ""));
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let end = address[after_scheme..]
        .find('/')
        .map_or(address.len(), |at| after_scheme + at);
    format!("{}/{database}?{parameters}", &address[..end])
}

/// Asks the server, in the database that the variable names.
async fn administrator() -> PgConnection {
    let options = PgConnectOptions::from_str(&server_url()).expect("a URL");
    let connection = PgConnection::connect_with(&options).await;
    connection.unwrap_or_else(|error| panic!("{VARIABLE} names no server that answers: {error}"))
}

async fn execute(connection: &mut PgConnection, sql: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    done.expect("executed");
}

/// A database that is dropped with this.
pub(crate) struct Database {
    name: String,
}

impl Database {
    /// Without a table.
    pub(crate) async fn empty() -> Self {
        Self::made_of("template0").await
    }

    /// With every table, and the rights of the processes' roles.
    pub(crate) async fn migrated() -> Self {
        let template = TEMPLATE.get_or_init(template).await;
        Self::made_of(template).await
    }

    async fn made_of(template: &str) -> Self {
        let n = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("connector_test_{}_{n}", process::id());
        let mut server = administrator().await;
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        execute(&mut server, create).await;
        Self { name }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Ends in parameters, maybe none: more may follow.
    pub(crate) fn url(&self) -> String {
        url_of(&self.name)
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            max_connections: 4,
            ..Options::new(self.url())
        }
    }

    /// As a process whose login is given this role.
    pub(crate) fn options_as(&self, role: &str) -> Options {
        Options {
            url: format!("{}&options=-c%20role={role}", self.url()),
            ..self.options()
        }
    }

    pub(crate) async fn store_as(&self, role: &str) -> PostgresStore {
        let store = PostgresStore::connect(&self.options_as(role)).await;
        store.expect("connected")
    }

    /// A session of a role, past the store.
    pub(crate) async fn session_as(&self, role: &str) -> PgConnection {
        let connection = PgConnection::connect(&self.options_as(role).url).await;
        connection.expect("connected")
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        let store = PostgresStore::connect(&self.options()).await;
        store.expect("connected")
    }

    /// A session of its own, to do things behind the store's back.
    pub(crate) async fn session(&self) -> PgConnection {
        let connection = PgConnection::connect(&self.url()).await;
        connection.expect("connected")
    }

    pub(crate) async fn execute(&self, sql: &str) {
        execute(&mut self.session().await, sql.to_owned()).await;
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread of its own: this one may be running the test's runtime.
        let dropping = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async { execute(&mut administrator().await, drop).await });
        });
        if dropping.join().is_err() {
            eprintln!("the database {} is left behind", self.name);
        }
    }
}

/// Makes the migrated database that others are copied from, unless an earlier run of the same migrations left it.
async fn template() -> String {
    let mut server = administrator().await;
    let name = format!("connector_test_template_{:016x}", fingerprint());
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut server)
        .await
        .expect("locked");
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut server)
            .await
            .expect("read");
    if !exists {
        let unfinished = format!("{name}_unfinished");
        execute(
            &mut server,
            format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
        )
        .await;
        execute(
            &mut server,
            format!("CREATE DATABASE {unfinished} TEMPLATE template0"),
        )
        .await;
        let store = PostgresStore::connect(&Options::new(url_of(&unfinished))).await;
        let store = store.expect("connected");
        store.migrate().await.expect("migrated");
        store.close().await;
        let session = PgConnection::connect(&url_of(&unfinished)).await;
        let mut session = session.expect("connected");
        execute(&mut session, ROLES.to_owned()).await;
        session.close().await.expect("closed");
        execute(
            &mut server,
            format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        )
        .await;
    }
    name
}

/// Changes with any migration, and with the roles' rights.
fn fingerprint() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres");
    let files = std::fs::read_dir(directory).expect("the migrations are there");
    let mut paths: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
    paths.sort();
    let mut hasher = DefaultHasher::new();
    for path in paths {
        std::fs::read(path).expect("readable").hash(&mut hasher);
    }
    ROLES.hash(&mut hasher);
    hasher.finish()
}
