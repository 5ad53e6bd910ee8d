//! Connecting.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use tokio_util::task::TaskTracker;

use crate::options::Options;
use crate::transaction::Becomes;

/// How long a connection nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_mins(5);

/// How old a connection gets: after a failover none stays for ever on a server that became a standby.
const MAX_LIFETIME: Duration = Duration::from_mins(15);

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL, or a certificate it names, cannot be used.
    #[error("the address of the database is not valid")]
    Address(#[source] sqlx::Error),
    /// Nobody answers there, or not to this user: may pass.
    #[error("the database {place} cannot be reached")]
    Unreachable {
        /// Host, port and database.
        place: String,
        /// Why not.
        source: sqlx::Error,
    },
}

/// The store. A cheap handle; every copy is the same pool of connections, which are opened again as they are lost.
///
/// Connecting runs no migration: call [`PostgresStore::migrate`], or refuse to start when
/// [`PostgresStore::pending_migrations`] has any.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
    options: PgConnectOptions,
    call_timeout: Duration,
    becomes: Becomes,
    /// Transactions that are being begun.
    beginning: TaskTracker,
}

impl PostgresStore {
    /// Connects once, to say early what is wrong. A caller may try again after [`OpenError::Unreachable`].
    pub async fn connect(options: &Options) -> Result<Self, OpenError> {
        let connect = session(options).map_err(OpenError::Address)?;
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .min_connections(options.min_connections)
            .acquire_timeout(options.acquire_timeout)
            .idle_timeout(IDLE_TIMEOUT)
            .max_lifetime(MAX_LIFETIME)
            .connect_lazy_with(connect.clone());
        let mut store = Self {
            pool,
            options: connect,
            call_timeout: options.call_timeout,
            becomes: Becomes::default(),
            beginning: TaskTracker::new(),
        };
        store.becomes = store.knock(options.acquire_timeout).await?;
        Ok(store)
    }

    /// Finishes what is running and closes every connection. Calls after it fail.
    pub async fn close(&self) {
        self.pool.close().await;
        self.beginning.close();
        self.beginning.wait().await;
    }

    /// Which database it is, for people: its name, host and port.
    pub fn place(&self) -> String {
        place(&self.options)
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn call_timeout(&self) -> Duration {
        self.call_timeout
    }

    pub(crate) fn beginning(&self) -> &TaskTracker {
        &self.beginning
    }

    pub(crate) fn becomes(&self) -> Becomes {
        self.becomes
    }

    /// One connection for migrations, which may take longer than any statement else.
    pub(crate) async fn patient_pool(&self) -> Result<PgPool, sqlx::Error> {
        let patient = self.options.clone().options([
            ("statement_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
        ]);
        let pool = PgPoolOptions::new().max_connections(1);
        pool.connect_with(patient).await
    }

    /// Asks past the pool, whose own answer would be that its time is up, and not why. Which roles the process
    /// may become.
    async fn knock(&self, timeout: Duration) -> Result<Becomes, OpenError> {
        let unreachable = |source| OpenError::Unreachable {
            place: place(&self.options),
            source,
        };
        let attempt = async {
            let mut session = PgConnection::connect_with(&self.options).await?;
            let becomes = Becomes::ask(&mut session).await?;
            session.close().await?;
            Ok(becomes)
        };
        let attempt = tokio::time::timeout(timeout, attempt).await;
        let attempt = attempt.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        attempt.map_err(unreachable)
    }
}

/// What every connection is opened with.
fn session(options: &Options) -> Result<PgConnectOptions, sqlx::Error> {
    let millis = options.statement_timeout.as_millis().to_string();
    let connect = PgConnectOptions::from_str(&options.url)?
        .application_name(&options.application_name)
        .options([
            ("statement_timeout", millis.as_str()),
            // A process that stopped in a transaction holds its locks no longer than this.
            ("idle_in_transaction_session_timeout", millis.as_str()),
            // A plan for any organisation would suit neither the small nor the large ones.
            ("plan_cache_mode", "force_custom_plan"),
        ]);
    Ok(connect)
}

fn place(options: &PgConnectOptions) -> String {
    let (host, port) = (options.get_host(), options.get_port());
    let database = options.get_database().unwrap_or("of the user's name");
    format!("{database} at {host}:{port}")
}
