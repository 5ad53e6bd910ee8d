//! `cloud-connector device`: simulated devices over real MQTT with mutual TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use connector_device::{Device, Observer, Profile, Stop};
use connector_domain::id::ClientId;
use tokio_util::task::TaskTracker;

use super::signal::until_signal;
use crate::cli::WrongUsage;
use crate::compose::Authorities;
use crate::config::Config;

/// Which devices.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Client id; with --count, what the client ids start with.
    #[arg(long, default_value = "device", value_name = "ID")]
    client_id: String,
    /// How many: ID-1 to ID-N.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: Option<u32>,
    /// Where the broker listens for devices.
    #[arg(long, value_name = "HOST:PORT")]
    broker: Option<String>,
}

/// Runs the devices until Ctrl-C, then lets each say that it goes offline.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let names = names(&arguments).map_err(WrongUsage)?;
    let broker = arguments
        .broker
        .unwrap_or_else(|| format!("{}:{}", config.mqtt.listen_address, config.mqtt.listen_port));
    let (host, port) = broker
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse().ok()?)))
        .ok_or_else(|| WrongUsage(format!("{broker:?} is not HOST:PORT")))?;
    let authorities = Authorities::open(config)?;
    let reporter = Reporter::new(names.len());
    let (stop, tasks) = (Stop::default(), TaskTracker::new());
    for name in names {
        let device = Device::new(
            authorities.device_identity(&name)?,
            Profile::of(&name),
            &config.mqtt.topic_prefix,
            host,
            port,
            reporter.clone(),
        );
        tasks.spawn(device.run(stop.clone()));
    }
    eprintln!(
        "connecting to {host}:{port}; Ctrl-C says a clean offline, kill -9 leaves it to the last will"
    );
    until_signal().await?;
    stop.clean.cancel();
    tasks.close();
    tokio::select! {
        () = tasks.wait() => {}
        signalled = until_signal() => signalled?,
    }
    Ok(())
}

fn names(arguments: &Arguments) -> Result<Vec<String>, String> {
    let names = match arguments.count {
        None => vec![arguments.client_id.clone()],
        Some(count) => (1..=count)
            .map(|number| format!("{}-{number}", arguments.client_id))
            .collect(),
    };
    for name in &names {
        ClientId::parse(name.as_str()).map_err(|error| error.to_string())?;
    }
    Ok(names)
}

/// Prints what happens: a line per event for few devices, counts for many.
#[derive(Clone)]
struct Reporter {
    total: usize,
    online: Arc<AtomicUsize>,
}

/// Above this, only counts are printed.
const FEW: usize = 5;

impl Reporter {
    fn new(total: usize) -> Self {
        Self {
            total,
            online: Arc::new(AtomicUsize::new(0)),
        }
    }

    fn count(&self, online: usize) {
        if online.is_multiple_of(50) || online == self.total {
            println!("{online} of {} online", self.total);
        }
    }
}

impl Observer for Reporter {
    fn online(&self, client_id: &str) {
        let online = self.online.fetch_add(1, Ordering::SeqCst) + 1;
        if self.total <= FEW {
            println!("{client_id} online");
        } else {
            self.count(online);
        }
    }

    fn link_lost(&self, client_id: &str, reason: &str) {
        // A link that never came up was never counted.
        let _ = self
            .online
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |online| {
                online.checked_sub(1)
            });
        if self.total <= FEW {
            println!("{client_id} link lost: {reason}");
        }
    }

    fn received(&self, client_id: &str, topic: &str, payload: &[u8]) {
        if self.total <= FEW {
            println!(
                "{client_id} received {topic} {}",
                String::from_utf8_lossy(payload).trim_end()
            );
        }
    }
}
