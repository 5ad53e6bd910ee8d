//! From MQTT to the log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use connector_consumers::mqtt_consumer::{MqttConsumer, Options, Ports, newest_stamp};
use connector_domain::clock::Manual;
use connector_domain::port::{IncomingRecord, LinkError, LogError, RecordTail, TailItem};
use connector_domain::stamp::Stamp;
use connector_domain::wire::TopicPrefix;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::fake::{Inbox, Log, Page, Recorder, eventually};

const HOST_1: &str = "redhat/insights/host-1/control/out";
const HOST_2: &str = "redhat/insights/host-2/control/out";

struct Line {
    inbox: Arc<Inbox>,
    log: Log,
    running: JoinSet<Result<(), LinkError>>,
    shutdown: CancellationToken,
}

impl Line {
    /// Running, with a window of four messages.
    fn start() -> Self {
        let now = Stamp::parse("2026-11-24T10:15:00Z").expect("valid");
        let clock = Arc::new(Manual::at(now));
        let (inbox, log) = (Arc::<Inbox>::default(), Log::new(clock.clone()));
        let options = Options {
            topic_prefix: TopicPrefix::parse("redhat/insights").expect("valid"),
            control_topic: "control".to_owned(),
            data_topic: "data".to_owned(),
            dead_letter_topic: "dead-letter".to_owned(),
            max_in_flight: 4,
            max_in_flight_bytes: 1 << 20,
            drain: Duration::from_secs(1),
        };
        let ports = Ports {
            inbox: inbox.clone(),
            log: Arc::new(log.clone()),
            clock,
        };
        let shutdown = CancellationToken::new();
        let consumer = MqttConsumer::new(options, ports, now);
        let mut running = JoinSet::new();
        running.spawn(consumer.run(shutdown.clone()));
        Self {
            inbox,
            log,
            running,
            shutdown,
        }
    }

    async fn stop(mut self) {
        self.shutdown.cancel();
        let ended = self.running.join_next().await.expect("running");
        ended.expect("no panic").expect("no error");
        assert!(self.inbox.is_closed());
    }

    async fn acknowledged(&self, numbers: &[u64]) {
        eventually("acknowledged", || self.inbox.acknowledged() == numbers).await;
    }

    /// Values of the control topic of one device, in the order readers let them count: those not above are replays.
    fn counted(&self, client_id: &str) -> Vec<String> {
        let mut newest = Stamp::default();
        let mut counted = Vec::new();
        for record in self.log.records("control") {
            let stamp = Stamp::parse(record.header("date_received").expect("there"));
            let stamp = stamp.expect("valid");
            if record.key.as_deref() == Some(client_id.as_bytes()) && stamp > newest {
                newest = stamp;
                counted.push(value(&record));
            }
        }
        counted
    }
}

fn value(record: &IncomingRecord) -> String {
    String::from_utf8_lossy(record.value.as_deref().unwrap_or_default()).into_owned()
}

#[tokio::test]
async fn a_record_is_what_the_existing_service_writes() {
    let line = Line::start();
    line.inbox.publish(HOST_1, &b"{\"any\": \xff bytes"[..]);
    line.inbox.publish("redhat/insights/host-1/data/out", "");
    line.acknowledged(&[1, 2]).await;
    let control = line.log.records("control");
    let headers: Vec<(&str, &str)> = control[0]
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        headers,
        [
            ("topic", HOST_1),
            ("mqtt_message_id", "1"),
            ("date_received", "2026-11-24T10:15:00.000000001Z"),
        ]
    );
    assert_eq!(control[0].key.as_deref(), Some(&b"host-1"[..]));
    assert_eq!(
        control[0].value.as_deref(),
        Some(&b"{\"any\": \xff bytes"[..])
    );
    let data = line.log.records("data");
    assert_eq!(data[0].value.as_deref(), Some(&b""[..]), "a sign of life");
    line.stop().await;
}

/// A tail that has a few records.
struct Tail(Mutex<VecDeque<TailItem>>);

#[async_trait]
impl RecordTail for Tail {
    async fn next(&self) -> Result<TailItem, LogError> {
        let item = self.0.lock().expect("lock").pop_front();
        item.ok_or_else(|| LogError::Unavailable("read past what was asked for".to_owned()))
    }

    fn log_id(&self) -> &'static str {
        "log"
    }

    fn partitions(&self) -> &[(String, i32)] {
        &[]
    }

    fn start_offsets(&self) -> Vec<Vec<i64>> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_new_holder_starts_above_the_newest_stamp_that_is_believed() {
    let stamp = |second| Stamp::from_nanos(second * 1_000_000_000);
    let record = |received: i64, written: i64| {
        TailItem::Record(IncomingRecord {
            topic: "control".to_owned(),
            partition: 0,
            offset: 0,
            timestamp: stamp(written),
            key: None,
            headers: vec![("date_received".to_owned(), stamp(received).to_string())],
            value: None,
        })
    };
    let items = [
        record(130, 100),
        record(105, 105),
        record(9_999, 110),
        TailItem::CaughtUp,
    ];
    let tail = Tail(Mutex::new(items.into()));
    let newest = newest_stamp(&tail).await.expect("read");
    assert_eq!(newest, Some(stamp(130)));
}

#[tokio::test]
async fn nothing_is_acknowledged_before_its_report_and_all_in_order() {
    let line = Line::start();
    line.log.hold_reports(100);
    for payload in ["a", "b", "c", "d", "e", "f"] {
        line.inbox.publish(HOST_1, payload);
    }
    // Reading goes on while reports are outstanding, until the window is full.
    eventually("the window is full", || line.log.held() == 4).await;
    assert_eq!(line.inbox.delivered(), 4);
    assert_eq!(line.inbox.acknowledged(), [0_u64; 0]);
    line.log.release(1);
    line.acknowledged(&[1]).await;
    eventually("room for one more", || line.inbox.delivered() == 5).await;
    line.log.let_go();
    line.acknowledged(&[1, 2, 3, 4, 5, 6]).await;
    assert_eq!(line.counted("host-1"), ["a", "b", "c", "d", "e", "f"]);
    line.stop().await;
}

#[tokio::test]
async fn a_full_queue_stops_reading_and_loses_nothing() {
    let line = Line::start();
    line.log.hold_reports(2);
    for payload in ["a", "b", "c", "d"] {
        line.inbox.publish(HOST_1, payload);
    }
    eventually("the third is read", || line.inbox.delivered() == 3).await;
    line.log.release(1);
    line.acknowledged(&[1]).await;
    eventually("the third is appended", || line.log.held() == 2).await;
    assert!(line.inbox.delivered() <= 4);
    line.log.let_go();
    line.acknowledged(&[1, 2, 3, 4]).await;
    assert_eq!(line.counted("host-1"), ["a", "b", "c", "d"]);
    line.stop().await;
}

#[tokio::test]
async fn what_the_log_did_not_take_is_appended_again_before_anything_later_of_the_device_counts() {
    let line = Line::start();
    line.log.hold_reports(100);
    // host-1's first fails twice; what follows it gets through at once.
    line.log.fail("control", [true, false, false, true, false]);
    line.inbox.publish(HOST_1, "online");
    line.inbox.publish(HOST_2, "other");
    line.inbox.publish(HOST_1, "offline");
    eventually("all are appended", || line.log.held() == 3).await;
    line.log.let_go();
    line.acknowledged(&[1, 2, 3]).await;
    let counted = line.counted("host-1");
    assert_eq!(counted[counted.len() - 2..], ["online", "offline"]);
    assert_eq!(
        line.counted("host-2"),
        ["other"],
        "nothing failed, nothing is repeated"
    );
    line.stop().await;
}

#[tokio::test]
async fn what_is_too_large_or_of_nobody_goes_to_the_dead_letters() {
    let recorder = Recorder::default();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let line = Line::start();
    line.log.largest(70_000);
    line.inbox.publish(HOST_1, "x".repeat(80_000));
    line.inbox
        .publish("redhat/insights/a/b/control/out", "lost");
    line.inbox.publish(HOST_1, "fine");
    line.acknowledged(&[1, 2, 3]).await;
    assert_eq!(line.counted("host-1"), ["fine"]);
    let dead = line.log.records("dead-letter");
    let large = dead
        .iter()
        .find(|record| record.key.is_some())
        .expect("there");
    assert_eq!(large.value.as_ref().map(bytes::Bytes::len), Some(65_536));
    assert_eq!(large.header("original_size"), Some("80000"));
    assert_eq!(large.header("error"), Some("too large"));
    assert_eq!(large.header("topic"), Some(HOST_1));
    let foreign = dead
        .iter()
        .find(|record| record.key.is_none())
        .expect("there");
    assert_eq!(
        foreign.header("origin"),
        Some("mqtt:redhat/insights/a/b/control/out")
    );
    assert_eq!(value(foreign), "lost");
    line.stop().await;
    let received = recorder.count("connector_mqtt_received_total");
    let written = recorder.count("connector_mqtt_written_total");
    let dead = recorder.count("connector_dead_letters_total");
    assert_eq!((received, written, dead), (3, 1, 2));
    assert_eq!(recorder.gauge("connector_mqtt_in_flight"), 0);
}

#[tokio::test]
async fn what_was_received_is_written_dead_lettered_in_flight_or_abandoned_at_any_moment() {
    let page = Page::new();
    let _guard = metrics::set_default_local_recorder(&page.recorder);
    let of = |name: &str| page.sum(name, &[]);
    let balances = |in_flight: f64| {
        assert_close(of("connector_mqtt_in_flight"), in_flight);
        let ends = of("connector_mqtt_written_total")
            + page.sum("connector_dead_letters_total", &[("consumer", "mqtt")])
            + of("connector_mqtt_abandoned_total");
        assert_close(of("connector_mqtt_received_total"), ends + in_flight);
        let since = of("connector_mqtt_oldest_in_flight_timestamp_seconds");
        assert_eq!(since > 1e9, in_flight > 0.5, "since {since}");
    };
    let mut line = Line::start();
    line.log.hold_reports(3);
    line.inbox.publish(HOST_1, "a");
    line.inbox
        .publish("redhat/insights/a/b/control/out", "lost");
    line.inbox.publish(HOST_1, "b");
    line.inbox.publish(HOST_1, "the queue has no room for this");
    eventually("four are read", || line.inbox.delivered() == 4).await;
    balances(4.0);
    line.log.release(2);
    line.acknowledged(&[1, 2]).await;
    balances(2.0);
    // As the loss of the lease does.
    line.running.shutdown().await;
    balances(0.0);
    assert_close(of("connector_mqtt_abandoned_total"), 2.0);
}

fn assert_close(left: f64, right: f64) {
    assert!((left - right).abs() < 0.5, "{left} is not {right}");
}

#[tokio::test]
async fn shutdown_acknowledges_what_still_becomes_durable() {
    let line = Line::start();
    line.log.hold_reports(100);
    line.inbox.publish(HOST_1, "a");
    line.inbox.publish(HOST_1, "b");
    eventually("both are appended", || line.log.held() == 2).await;
    let (inbox, log) = (line.inbox.clone(), line.log.clone());
    let stopping = line.stop();
    let releasing = async {
        assert_eq!(inbox.acknowledged(), [0_u64; 0]);
        log.release(1);
        eventually("the first is acknowledged", || inbox.acknowledged() == [1]).await;
        assert!(!inbox.is_closed(), "it waits for the second");
        log.release(1);
    };
    tokio::join!(stopping, releasing);
    assert_eq!(inbox.acknowledged(), [1, 2]);
}
