//! The fleet of `all-in-one --demo`: simulated devices of a make-believe company, over real MQTT with mutual TLS, so that
//! there is something to look at.
//!
//! All of them answer `ping` and give messages back; some lose their link or are put to sleep now and then, and some send
//! a data message of their own. What they are follows from their number, so that a restart finds the same devices.

mod habit;
mod host;
mod life;
mod news;
mod pace;

use std::net::SocketAddr;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::habit::Habit;
use self::host::Host;
use self::life::{Broker, Life};
pub use self::pace::Pace;
use crate::compose::Authorities;
use crate::config::Config;

/// A running fleet.
pub struct Fleet {
    stop: CancellationToken,
    tasks: TaskTracker,
    size: u16,
    restless: usize,
}

impl Fleet {
    /// Lets so many devices live at the broker, with certificates of the development authority.
    pub fn start(
        config: &Config,
        address: SocketAddr,
        size: u16,
        pace: &Pace,
    ) -> anyhow::Result<Self> {
        let authorities = Authorities::open(config)?;
        let broker = Broker::new(address, &config.mqtt.topic_prefix);
        let hosts: Vec<_> = (0..size).map(Host::of).collect();
        let restless = hosts.iter().filter(|host| host.habit() != Habit::Stays);
        let fleet = Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            size,
            restless: restless.count(),
        };
        for (number, host) in (0..).zip(hosts) {
            let identity = authorities.device_identity(&host.client_id())?;
            let life = Life::new(identity, host, broker.clone(), pace.clone());
            let arrival = pace.arrival(number, size);
            fleet.tasks.spawn(life.run(arrival, fleet.stop.clone()));
        }
        Ok(fleet)
    }

    /// Every device says goodbye.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl std::fmt::Display for Fleet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { size, restless, .. } = self;
        write!(
            f,
            "simulated devices: {size}, {restless} of them come and go"
        )
    }
}
