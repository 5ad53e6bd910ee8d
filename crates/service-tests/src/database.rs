//! A database of its own for every stack, and who its roles log in as: the owner only migrates, as deployed.

use reqwest::Url;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Who owns the tables; `scripts/services` makes it.
const OWNER: &str = "connector";

/// What the processes' roles may do.
const ROLES: &str = include_str!("../../../migrations/roles/postgres.sql");

/// Logins of the processes, and the roles that they are given.
const LOGINS: [(&str, &str); 2] = [
    ("stack_api", "connector_api"),
    ("stack_ingest", "connector_ingest"),
];

/// An own database on the server that `scripts/services` runs. It stays until that one goes.
pub struct Database {
    admin: Url,
    name: String,
}

impl Database {
    /// Makes an empty one of this name, as the administrator.
    pub(crate) async fn create(admin: &str, name: &str) -> Self {
        let admin = Url::parse(admin).expect("the administrator's URL");
        let create = format!("CREATE DATABASE \"{name}\" OWNER {OWNER}");
        execute(&admin, create).await;
        Self {
            admin,
            name: name.to_owned(),
        }
    }

    /// Gives the logins what they need of the tables, which are there.
    pub(crate) async fn grant(&self) {
        execute(&self.url_as(OWNER), ROLES.to_owned()).await;
        for (login, role) in LOGINS {
            let password = self.admin.password().unwrap_or_default();
            let create = format!(
                "DO $$ BEGIN
                     IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{login}') THEN
                         CREATE ROLE {login} LOGIN PASSWORD '{password}' IN ROLE {role};
                     END IF;
                 END $$"
            );
            execute(&self.admin, create).await;
        }
    }

    /// Its URL, as the owner of the tables.
    pub fn owner(&self) -> String {
        self.url_as(OWNER).into()
    }

    /// Its URL, as the administrator of the server.
    pub fn administrator(&self) -> String {
        let mut url = self.admin.clone();
        url.set_path(&self.name);
        url.into()
    }

    /// Its URL, as API servers and jobs know it.
    pub fn api(&self) -> String {
        self.url_as("stack_api").into()
    }

    /// Its URL, as kafka consumers know it.
    pub fn ingest(&self) -> String {
        self.url_as("stack_ingest").into()
    }

    /// Everybody has the administrator's password.
    fn url_as(&self, user: &str) -> Url {
        let mut url = self.admin.clone();
        url.set_username(user).expect("a URL with a host");
        url.set_path(&self.name);
        url
    }
}

async fn execute(url: &Url, sql: String) {
    let connection = PgConnection::connect(url.as_str()).await;
    let mut connection = connection.expect("PostgreSQL answers");
    let executed = sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await;
    executed.expect("executed");
    connection.close().await.expect("closed");
}
