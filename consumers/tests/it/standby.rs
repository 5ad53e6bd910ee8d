//! One MQTT consumer carries, the others stand by.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use connector_consumers::mqtt_consumer::{
    Holder, HolderOptions, HolderPorts, Opening, Options, Standing, Status,
};
use connector_domain::clock::Manual;
use connector_domain::port::{DeviceInbox, Lease, LinkError, LogError};
use connector_domain::stamp::Stamp;
use connector_domain::wire::TopicPrefix;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::fake::{Inbox, Log, Recorder, eventually};

const TOPIC: &str = "redhat/insights/host-1/control/out";

/// Who of several has the lease.
#[derive(Clone)]
struct Office(Arc<watch::Sender<Option<u8>>>);

impl Office {
    fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    fn holder(&self) -> Option<u8> {
        *self.0.borrow()
    }

    fn give(&self, to: u8) {
        self.0.send_replace(Some(to));
    }
}

struct Claim {
    office: Office,
    name: u8,
    /// How often the asking ends before it is answered.
    lapses: Mutex<u32>,
}

#[async_trait]
impl Lease for Claim {
    async fn acquire(&self) -> Result<(), LogError> {
        let lapses = *self.lapses.lock().expect("lock");
        if let Some(fewer) = lapses.checked_sub(1) {
            *self.lapses.lock().expect("lock") = fewer;
            return Err(LogError::Unavailable("asked in vain".to_owned()));
        }
        let mut holder = self.office.0.subscribe();
        loop {
            self.office.0.send_if_modified(|holder| {
                let free = holder.is_none();
                holder.get_or_insert(self.name);
                free
            });
            if *holder.borrow_and_update() == Some(self.name) {
                return Ok(());
            }
            let _ = holder.changed().await;
        }
    }

    async fn lost(&self) {
        let mut holder = self.office.0.subscribe();
        let _ = holder.wait_for(|holder| *holder != Some(self.name)).await;
    }

    fn is_held_by_another(&self) -> bool {
        self.office.holder().is_some_and(|name| name != self.name)
    }

    async fn release(&self) {
        self.office
            .0
            .send_if_modified(|holder| holder.take_if(|name| *name == self.name).is_some());
    }
}

/// The broker, and what the log says of stamps.
#[derive(Default)]
struct Site {
    inboxes: Mutex<Vec<Arc<Inbox>>>,
    /// Answers to come before the newest stamp is known.
    away: Mutex<VecDeque<&'static str>>,
    newest: Stamp,
    /// The broker takes no subscriptions yet.
    is_deaf: bool,
    /// How often the process asks for the lease in vain.
    lapses: u32,
}

#[async_trait]
impl Opening for Site {
    async fn newest_stamp(&self) -> anyhow::Result<Stamp> {
        match self.away.lock().expect("lock").pop_front() {
            Some(reason) => anyhow::bail!(reason),
            None => Ok(self.newest),
        }
    }

    fn connect(&self) -> anyhow::Result<Arc<dyn DeviceInbox>> {
        let inbox = Arc::<Inbox>::default();
        inbox.set_subscribed(!self.is_deaf);
        self.inboxes.lock().expect("lock").push(inbox.clone());
        Ok(inbox)
    }
}

/// A process that may be the consumer.
struct Process {
    site: Arc<Site>,
    log: Log,
    status: Status,
    running: JoinSet<anyhow::Result<()>>,
    shutdown: CancellationToken,
}

impl Process {
    fn start(office: Option<&Office>, name: u8, site: Site) -> Self {
        let now = Stamp::parse("2026-11-24T10:15:00Z").expect("valid");
        let clock = Arc::new(Manual::at(now));
        let log = Log::new(clock.clone());
        let site = Arc::new(site);
        let options = HolderOptions {
            consumer: Options {
                topic_prefix: TopicPrefix::parse("redhat/insights").expect("valid"),
                control_topic: "control".to_owned(),
                data_topic: "data".to_owned(),
                dead_letter_topic: "dead-letter".to_owned(),
                max_in_flight: 4,
                max_in_flight_bytes: 1 << 20,
                drain: Duration::from_secs(1),
            },
            rest: Duration::from_millis(50),
        };
        let lease = office.map(|office| -> Arc<dyn Lease> {
            Arc::new(Claim {
                office: office.clone(),
                name,
                lapses: Mutex::new(site.lapses),
            })
        });
        let ports = HolderPorts {
            lease,
            opening: site.clone(),
            log: Arc::new(log.clone()),
            clock,
        };
        let holder = Holder::new(options, ports);
        let (status, shutdown) = (holder.status(), CancellationToken::new());
        let mut running = JoinSet::new();
        running.spawn(holder.run(shutdown.clone()));
        Self {
            site,
            log,
            status,
            running,
            shutdown,
        }
    }

    fn connections(&self) -> usize {
        self.site.inboxes.lock().expect("lock").len()
    }

    fn inbox(&self) -> Arc<Inbox> {
        let inboxes = self.site.inboxes.lock().expect("lock");
        inboxes.last().expect("it has connected").clone()
    }

    async fn stands(&self, standing: Standing) {
        let what = format!("{standing:?}");
        eventually(&what, || self.status.standing() == standing).await;
    }

    async fn stop(mut self) {
        self.shutdown.cancel();
        let ended = self.running.join_next().await.expect("running");
        ended.expect("no panic").expect("no error");
    }
}

#[tokio::test]
async fn one_connects_and_the_other_takes_over_when_it_stops() {
    let office = Office::new();
    let first = Process::start(Some(&office), 1, Site::default());
    first.stands(Standing::Connected).await;
    let newest = Stamp::parse("2026-11-24T10:15:07Z").expect("valid");
    let site = Site {
        newest,
        ..Site::default()
    };
    let second = Process::start(Some(&office), 2, site);
    second.stands(Standing::Standby).await;
    assert_eq!(second.connections(), 0);

    let of_first = first.inbox();
    of_first.publish(TOPIC, "a");
    first.stop().await;
    assert!(of_first.is_closed());
    second.stands(Standing::Connected).await;
    second.inbox().publish(TOPIC, "b");
    eventually("it carries", || second.inbox().acknowledged() == [1]).await;
    let stamp = second.log.records("control")[0]
        .header("date_received")
        .and_then(Stamp::parse);
    assert!(stamp > Some(newest), "{stamp:?}");
    second.stop().await;
    assert_eq!(office.holder(), None, "the lease is given up");
}

#[tokio::test]
async fn who_asks_in_vain_asks_again_and_stands_by_as_ready_as_before() {
    let recorder = Recorder::default();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let office = Office::new();
    office.give(1);
    let site = Site {
        lapses: 2,
        ..Site::default()
    };
    let second = Process::start(Some(&office), 2, site);
    second.stands(Standing::Standby).await;
    assert_eq!(recorder.count("connector_mqtt_holder_losses_total"), 0);
    office.give(2);
    second.stands(Standing::Connected).await;
    second.stop().await;
}

#[tokio::test]
async fn who_loses_the_lease_drops_everything_at_once_and_asks_again_later() {
    let recorder = Recorder::default();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let office = Office::new();
    let process = Process::start(Some(&office), 1, Site::default());
    process.stands(Standing::Connected).await;
    process.log.hold_reports(100);
    let inbox = process.inbox();
    inbox.publish(TOPIC, "a");
    inbox.publish(TOPIC, "b");
    eventually("both are in flight", || process.log.held() == 2).await;

    office.give(2);
    process.stands(Standing::Standby).await;
    assert!(inbox.is_closed());
    assert_eq!(process.log.purged(), 2);
    assert_eq!(inbox.acknowledged(), [0_u64; 0]);
    assert_eq!(recorder.count("connector_mqtt_abandoned_total"), 2);
    assert_eq!(recorder.gauge("connector_mqtt_in_flight"), 0);
    assert_eq!(recorder.gauge("connector_mqtt_holder"), 0);

    process.log.let_go();
    office.give(1);
    eventually("it connects anew", || process.connections() == 2).await;
    process.stands(Standing::Connected).await;
    process.inbox().publish(TOPIC, "a");
    eventually("it carries", || process.inbox().acknowledged() == [1]).await;
    process.stop().await;
}

#[tokio::test]
async fn who_is_taken_over_at_the_broker_gives_the_lease_up() {
    let office = Office::new();
    let first = Process::start(Some(&office), 1, Site::default());
    first.stands(Standing::Connected).await;
    let second = Process::start(Some(&office), 2, Site::default());
    first.inbox().fail(LinkError::TakenOver);
    second.stands(Standing::Connected).await;
    assert_eq!(office.holder(), Some(2));
    assert!(first.inbox().is_closed());
    first.stands(Standing::Standby).await;
    second.stop().await;
    first.stands(Standing::Connected).await;
    first.stop().await;
}

#[tokio::test]
async fn nobody_connects_before_the_newest_stamp_is_known() {
    let site = Site {
        away: Mutex::new(["away", "away"].into()),
        ..Site::default()
    };
    let process = Process::start(Some(&Office::new()), 1, site);
    eventually("it was asked", || {
        process.site.away.lock().expect("lock").len() == 1
    })
    .await;
    assert_eq!(process.connections(), 0);
    let opening = "taking over: the newest stamp is being read".to_owned();
    assert_eq!(process.status.standing(), Standing::Away(opening));
    process.stands(Standing::Connected).await;
    process.stop().await;
}

#[tokio::test]
async fn a_holder_is_not_connected_before_the_broker_has_taken_its_subscriptions() {
    let office = Office::new();
    let site = Site {
        is_deaf: true,
        ..Site::default()
    };
    let process = Process::start(Some(&office), 1, site);
    eventually("it begins to connect", || process.connections() == 1).await;
    let away = "not connected to the mqtt broker".to_owned();
    assert_eq!(process.status.standing(), Standing::Away(away));
    process.inbox().set_subscribed(true);
    assert_eq!(process.status.standing(), Standing::Connected);
    process.stop().await;
}

#[tokio::test]
async fn a_broker_that_refuses_is_named_until_it_takes_us() {
    for office in [None, Some(Office::new())] {
        let process = Process::start(office.as_ref(), 1, Site::default());
        process.stands(Standing::Connected).await;
        process
            .inbox()
            .fail(LinkError::Refused("bad password".to_owned()));
        let refused = "the broker refuses us: bad password".to_owned();
        process.stands(Standing::Away(refused)).await;
        process.stands(Standing::Connected).await;
        assert_eq!(process.connections(), 2);
        process.stop().await;
    }
}
