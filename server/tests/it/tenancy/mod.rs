//! Whose devices are, by a gateway: its word decides, its silence takes nothing away.

mod gateway;

use std::collections::BTreeMap;
use std::time::Duration;

use connector_domain::caller::Permission;
use connector_domain::clock::{Clock as _, System};
use connector_domain::connection::Connection;
use connector_domain::id::ClientId;
use connector_domain::port::{ConnectionLedger as _, ConnectionRestorer as _};
use connector_domain::scope::IngestScope;
use connector_domain::stamp::Stamp;
use connector_domain::tenant::Tenant;
use connector_store_sqlite::SqliteStore;
use connector_testkit::{Client, Subscription, TestPlatform, eventually};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use gateway::{Gateway, OWNER, Trouble};

/// How long answers of the gateway are kept.
const CACHED: Duration = Duration::from_secs(1);

/// Devices that are somebody's before anything is wrong, and speak all the time.
const OLD: [&str; 6] = ["old-0", "old-1", "old-2", "old-3", "old-4", "old-5"];

/// What may be wrong, and the device that comes while it is, says so once and waits.
const TROUBLES: [(Trouble, &str); 4] = [
    (Trouble::Down, "came-while-down"),
    (Trouble::Slow, "came-while-slow"),
    (Trouble::Fails, "came-while-failing"),
    (Trouble::Nonsense, "came-with-nonsense"),
];

/// A platform that asks the gateway, and who looks at it.
struct Scene {
    gateway: Gateway,
    platform: TestPlatform,
    store: SqliteStore,
    owner: Client,
    other: Client,
}

impl Scene {
    async fn set() -> Self {
        let gateway = Gateway::start().await;
        let platform = TestPlatform::start_with(|config| {
            config.tenancy.gateway.url.clone_from(&gateway.url);
            // Whoever waited for the gateway would wait longer than any test.
            config.tenancy.gateway.request_timeout_ms = 60_000;
            config.tenancy.gateway.lookup_timeout_ms = 60_000;
            config.tenancy.gateway.concurrency = 1024;
            config.tenancy.gateway.breaker_pause_ms = 200;
            config.tenancy.cache.known_seconds = CACHED.as_secs();
            config.tenancy.cache.unknown_seconds = CACHED.as_secs();
            config.tenancy.cache.unavailable_ms = 100;
            config.tenancy.retry.pending_ms = 100;
        })
        .await;
        let store = SqliteStore::open(&platform.data_dir().join("connector.db")).await;
        Self {
            gateway,
            store: store.unwrap(),
            owner: platform.client_of(Some(OWNER), vec![Permission::ConnectionRead]),
            other: platform.client(),
            platform,
        }
    }

    /// Something is wrong with the gateway for longer than its answers are kept, and a device comes meanwhile.
    async fn goes_through(
        &self,
        trouble: Trouble,
        newcomer: &str,
        before: &BTreeMap<String, Connection>,
    ) {
        self.gateway.turns_to(trouble);
        let since = System.now();
        let mut device = self.platform.device(newcomer).connect().await;
        device.report_online("m-1").await;
        are_seen_after(since.plus(2 * CACHED), &self.owner, &OLD).await;
        let _asked = eventually(
            "no answer that was kept holds any more",
            || async { self.gateway.asked() },
            |asked| OLD.iter().all(|id| asked.contains(*id)),
        )
        .await;
        let id = [ClientId::parse(newcomer).unwrap()];
        let _waits = eventually(
            "the newcomer waits",
            || async { self.store.find(IngestScope::issue(), &id).await.unwrap() },
            |found| !found.is_empty(),
        )
        .await;
        let during = rows(&format!("{trouble:?}"), &self.store).await;
        for id in OLD {
            assert_eq!(during[id].tenant, before[id].tenant, "{trouble:?}: {id}");
        }
        assert_eq!(during[newcomer].tenant, Tenant::Pending, "{trouble:?}");
        for client in [&self.owner, &self.other] {
            assert_eq!(client.connection(newcomer).await, Value::Null);
        }
        self.recovers(newcomer).await;
        drop(device);
    }

    /// Nothing is wrong any more, and the newcomer appears to its owner without a word.
    async fn recovers(&self, newcomer: &str) {
        let query = "subscription($ids: [ID!]) { connectionChanged(filter: {clientIds: $ids}) {
            clientId kind connection { version } } }";
        let ids = json!({"ids": [newcomer]});
        let mut watch = Subscription::start(&self.owner, query, ids).await;
        self.gateway.turns_to(Trouble::Nothing);
        let change = watch.event().await["connectionChanged"].take();
        let appeared =
            json!({"clientId": newcomer, "kind": "APPEARED", "connection": {"version": 2}});
        assert_eq!(change, appeared, "it waited as version 1");
        assert_eq!(self.other.connection(newcomer).await, Value::Null);
    }
}

/// Every device speaks again and again until the set is dropped.
async fn under_load(platform: &TestPlatform) -> JoinSet<()> {
    let mut speaking = JoinSet::new();
    for client_id in OLD {
        let mut device = platform.device(client_id).connect().await;
        speaking.spawn(async move {
            for number in 0.. {
                device.report_online(&format!("m-{number}")).await;
                sleep(Duration::from_millis(50)).await;
            }
        });
    }
    speaking
}

/// The records of all devices, as the database has them.
async fn rows(when: &str, store: &SqliteStore) -> BTreeMap<String, Connection> {
    let found = store.scan(IngestScope::issue(), None, 1000).await.unwrap();
    let mut rows = BTreeMap::new();
    for row in found {
        let (client_id, tenant) = (row.client_id.as_str().to_owned(), &row.tenant);
        println!("{when}: {client_id}, version {}: {tenant:?}", row.version);
        rows.insert(client_id, row);
    }
    rows
}

fn owner_of<'a>(rows: &'a BTreeMap<String, Connection>, client_id: &str) -> Option<&'a str> {
    let org_id = rows[client_id].tenant.org_id();
    org_id.map(connector_domain::id::OrgId::as_str)
}

/// When each of these devices was heard from last, as the API tells the caller.
async fn last_seen(client: &Client, client_ids: &[&str]) -> Vec<Stamp> {
    let query = "query($ids: [ID!]) { connections(first: 100, filter: {clientIds: $ids}) { nodes { lastSeenAt } } }";
    let data = client.data(query, json!({"ids": client_ids})).await;
    let nodes = data["connections"]["nodes"].as_array().unwrap().iter();
    let at = |node: &Value| Stamp::parse(node["lastSeenAt"].as_str().unwrap()).unwrap();
    nodes.map(at).collect()
}

/// Waits until all are seen, and what they said after `since` is applied.
async fn are_seen_after(since: Stamp, client: &Client, client_ids: &[&str]) {
    let all =
        |seen: &Vec<Stamp>| seen.len() == client_ids.len() && seen.iter().all(|seen| *seen > since);
    eventually("all are seen", || last_seen(client, client_ids), all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trouble_of_the_gateway_takes_a_tenant_away_or_holds_anybody_up() {
    let scene = Scene::set().await;
    let speaking = under_load(&scene.platform).await;
    are_seen_after(System.now(), &scene.owner, &OLD).await;
    let before = rows("before", &scene.store).await;
    assert!(OLD.iter().all(|id| owner_of(&before, id) == Some(OWNER)));
    for (trouble, newcomer) in TROUBLES {
        scene.goes_through(trouble, newcomer, &before).await;
    }
    are_seen_after(System.now(), &scene.owner, &OLD).await;
    let after = rows("after", &scene.store).await;
    assert_eq!(after.len(), OLD.len() + TROUBLES.len());
    assert!(after.keys().all(|id| owner_of(&after, id) == Some(OWNER)));
    for id in OLD {
        assert_eq!(after[id].version, before[id].version, "{id} is what it was");
    }
    for key in [json!({"orgId": OWNER}), json!({"accountNumber": "7"})] {
        let query =
            "query($by: AccountKey) { account(by: $by) { orgId connectionStats { total } } }";
        let found = scene.owner.data(query, json!({"by": key})).await;
        let account = json!({"orgId": OWNER, "connectionStats": {"total": after.len()}});
        assert_eq!(found["account"], account);
    }
    drop(speaking);
    scene.store.close().await;
    scene.platform.stop().await;
}
