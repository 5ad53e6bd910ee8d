//! The platform under load: the roles as processes on real services, a fleet that speaks, callers that send, and an
//! init system's duties.

mod baseline;
mod churn;
mod memory;
mod post;
mod recovery;
mod roles;
mod settling;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use connector_load::{Fleet, Options, Wish, identities};
use connector_service_tests::{Role, Stack, StackOptions};
use connector_testkit::{Client, Subscription};
use connector_transport::embedded::Authority;
use serde_json::json;
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use crate::evidence::{Database, Log};
use crate::part::Part;
use crate::say::say;

pub use baseline::Baseline;
pub use memory::{BOUND_MIB, Peaks};

use churn::Churn;
use post::Post;

/// How often anything is looked at.
pub const LOOK: Duration = Duration::from_millis(200);

/// How long Mosquitto may take to save: `autosave_interval` is 30 s.
const SAVE: Duration = Duration::from_secs(45);

/// How much load.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Devices.
    pub devices: usize,
    /// Messages per second, of all devices together.
    pub rate: f64,
}

/// Everything that runs.
pub struct Scene {
    pub stack: Stack,
    /// A second mqtt consumer, where a scenario needs one.
    pub standby: Option<Role>,
    pub fleet: Arc<Fleet>,
    pub log: Log,
    pub database: Database,
    /// What the client ids of this scene end with.
    pub suffix: String,
    pub peaks: Peaks,
    churn: Churn,
    post: Post,
    client: Client,
    /// Broken on purpose: nobody starts it again before its time.
    held: Option<Part>,
    /// Roles that ended by themselves, or asked for it, and were started again.
    restarts: usize,
    /// When everything was connected.
    began: SystemTime,
    /// When roles were last asked whether they want a restart.
    looked: Instant,
}

impl Scene {
    /// Starts everything, and waits until every device is connected.
    pub async fn start(load: Load) -> anyhow::Result<Self> {
        say("starting the roles: 1 mqtt consumer, 3 kafka consumers, 1 API server");
        let options = StackOptions {
            kafka_consumers: 3,
            ..StackOptions::default()
        };
        let stack = Stack::start_with(options).await;
        let suffix = stack.id("");
        let fleet = Arc::new(fleet(&stack, load)?);
        let database = Database::at(&stack.database_url())?;
        let client = stack.client().await;
        let post = Post::open(&client, fleet.clone());
        let mut this = Self {
            began: SystemTime::now(),
            log: Log::at(&stack.services.kafka),
            database,
            suffix,
            churn: Churn::of(fleet.clone()),
            post,
            client,
            fleet,
            standby: None,
            peaks: Peaks::default(),
            held: None,
            restarts: 0,
            looked: Instant::now(),
            stack,
        };
        say(format!("connecting {} devices", load.devices));
        this.until_connected().await?;
        this.began = SystemTime::now();
        Ok(this)
    }

    async fn until_connected(&self) -> anyhow::Result<()> {
        let connecting = async {
            while !self.fleet.unsettled().is_empty() {
                sleep(LOOK).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), connecting)
            .await
            .with_context(|| format!("{} devices do not connect", self.fleet.unsettled().len()))
    }

    /// Lets the fleet speak, devices come and go, and callers send.
    pub fn resume(&self) {
        self.fleet.speak(true);
        self.churn.run(true);
        self.post.run(true);
    }

    /// Whether a subscriber hears of a change, while devices speak. It waits for a while.
    pub async fn is_heard(&self) -> bool {
        let client = self.client.clone();
        // It panics when nothing comes.
        let listening = TaskTracker::new().spawn(async move {
            let mut socket = Subscription::open(&client.base).await;
            let authorization = format!("Bearer {}", client.token);
            let payload = json!({"authorization": authorization});
            socket
                .send(json!({"type": "connection_init", "payload": payload}))
                .await;
            assert_eq!(socket.receive().await["type"], "connection_ack");
            let query = "subscription { connectionChanged { clientId } }";
            socket.subscribe("1", query, json!({})).await;
            socket.event().await;
        });
        listening.await.is_ok()
    }

    /// Lets every device that is away come back, and none leave.
    pub fn come_back(&self) {
        self.churn.run(false);
        for index in 0..self.fleet.members().len() {
            self.fleet.wish(index, Wish::Present);
        }
    }

    /// Lets things go on as they are.
    pub async fn watch(&mut self, duration: Duration) {
        let end = Instant::now() + duration;
        while Instant::now() < end {
            self.tend().await;
            sleep(LOOK).await;
        }
    }

    /// The stack's database as its administrator, who may do what faults take.
    pub fn administrator(&self) -> anyhow::Result<Database> {
        Database::at(&self.stack.database().administrator())
    }

    /// Waits until Mosquitto has saved its sessions since the scene began.
    pub async fn until_broker_has_saved(&mut self) -> anyhow::Result<()> {
        let file = self
            .stack
            .services
            .directory
            .join("mosquitto/data/mosquitto.db");
        let is_saved = || {
            let saved = std::fs::metadata(&file).and_then(|file| file.modified());
            saved.is_ok_and(|saved| saved > self.began)
        };
        if !is_saved() {
            say("waiting until Mosquitto has saved once");
        }
        let deadline = Instant::now() + SAVE;
        while !is_saved() {
            anyhow::ensure!(
                Instant::now() < deadline,
                "Mosquitto has not saved within {SAVE:?}"
            );
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Ends everything in order; each role must drain and end with status 0.
    pub async fn stop(self) {
        self.post.close();
        self.fleet.stop().await;
        if let Some(standby) = self.standby {
            standby.terminate().await;
        }
        self.stack.stop().await;
    }
}

fn fleet(stack: &Stack, load: Load) -> anyhow::Result<Fleet> {
    let directory = stack.services.certificates.join("devices");
    let authority = Authority::open(&directory, "tests")?;
    let names = (1..=load.devices).map(|number| stack.id(&format!("device-{number}")));
    let identities = identities(&authority, authority.ca_pem(), names)?;
    let address = stack.services.mqtt_devices;
    let options = Options {
        // As newer agents: they do not say again that they are online.
        silent_return_every: 5,
        longest_retry: Duration::from_secs(2),
        ..Options::new(address.ip().to_string(), address.port(), load.rate)
    };
    Ok(Fleet::start(options, identities))
}
