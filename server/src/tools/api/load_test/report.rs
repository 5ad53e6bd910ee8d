//! What a test found: for people, for programs, and as an exit status.

use std::fmt::Write as _;
use std::time::Duration;

use connector_domain::stamp::Stamp;
use connector_load::{Fleet, Kind, Summary, Wish};
use serde_json::{Value, json};

use super::presence::Presence;
use super::sent::Book;
use crate::tools::api::failure::Failure;

/// How long things took.
#[derive(Default)]
pub(super) struct Latencies {
    /// TCP, TLS and the broker's consent.
    pub connect: Summary,
    /// From the first status of a device to the event that shows it, all of them connecting at once.
    pub arrival: Summary,
    /// From a message of a device to the broker's acknowledgement.
    pub puback: Summary,
    /// From a status to the event of `connectionChanged` that shows it.
    pub status: Summary,
    /// From `sendMessage` to its answer.
    pub accepted: Summary,
    /// From `sendMessage` until the device has the message.
    pub received: Summary,
    /// From `sendMessage` to the event that says RESPONDED.
    pub responded: Summary,
}

/// Everything that was found.
pub(super) struct Report {
    run: String,
    devices: usize,
    /// When devices began to speak.
    pub began: Stamp,
    /// How long devices spoke.
    pub seconds: f64,
    /// How much they said meanwhile, answers included.
    pub spoken: u64,
    pub latencies: Latencies,
    /// Data messages that the broker acknowledged, of the whole run.
    data: u64,
    sent: u64,
    responded: u64,
    problems: Vec<Problem>,
    /// Ended by a signal.
    pub interrupted: bool,
    /// Why it could not go on.
    pub broken: Option<Failure>,
}

/// Something that is not as it should be.
struct Problem {
    what: String,
    count: u64,
    /// It may still come.
    is_late: bool,
}

impl Report {
    pub(super) fn new(run: &str, devices: usize) -> Self {
        Self {
            run: run.to_owned(),
            devices,
            began: Stamp::default(),
            seconds: 0.0,
            spoken: 0,
            latencies: Latencies::default(),
            data: 0,
            sent: 0,
            responded: 0,
            problems: Vec::new(),
            interrupted: false,
            broken: None,
        }
    }

    /// What devices went through, while they still should be there.
    pub(super) fn read_fleet(&mut self, fleet: &Fleet) {
        let (mut lost, mut failed, mut open, mut why) = (0, 0, 0, None);
        for member in fleet.members() {
            let memory = member.memory();
            lost += memory.links_lost.len() as u64;
            failed += u64::from(memory.links_failed);
            for said in memory.said() {
                let is_acknowledged = said.acknowledged_at().is_some();
                open += u64::from(!is_acknowledged);
                self.data += u64::from(is_acknowledged && said.kind == Kind::Data);
            }
            why = why.or_else(|| memory.problem.clone());
        }
        let why = why
            .map(|problem| format!(" ({problem})"))
            .unwrap_or_default();
        self.note(format!("links that did not open{why}"), failed);
        self.note(format!("links lost{why}"), lost);
        if self.interrupted {
            return;
        }
        self.note_late("messages not acknowledged by the broker", open);
        let is_away = |truth| !matches!(truth, connector_load::Truth::Online);
        let members = fleet.members().iter();
        let away = members
            .zip(0..)
            .filter(|(member, index)| {
                fleet.wished(*index) == Wish::Present && is_away(member.memory().truth)
            })
            .count();
        self.note_late("devices not connected at the end", away as u64);
    }

    /// What a subscriber did not hear.
    pub(super) fn read_presence(&mut self, presence: &Presence, fleet: &Fleet) {
        self.note("events dropped by the server".to_owned(), presence.missed());
        if !self.interrupted {
            let untold = presence.untold(fleet) as u64;
            self.note_late("devices whose last status was not told", untold);
        }
    }

    /// What became of messages to devices.
    pub(super) fn read_messages(&mut self, book: &Book) {
        (self.sent, self.responded) = (book.sent, book.responded);
        for (code, count) in &book.failed {
            self.note(format!("messages to devices: {code}"), *count);
        }
        if !self.interrupted {
            let pending = book.pending.len() as u64;
            self.note_late("messages to devices not answered", pending);
        }
    }

    fn note(&mut self, what: String, count: u64) {
        self.add(what, count, false);
    }

    fn note_late(&mut self, what: &str, count: u64) {
        self.add(what.to_owned(), count, true);
    }

    fn add(&mut self, what: String, count: u64, is_late: bool) {
        if count > 0 {
            self.problems.push(Problem {
                what,
                count,
                is_late,
            });
        }
    }

    fn rows(&self) -> [(&'static str, &'static str, &Summary); 7] {
        let all = &self.latencies;
        [
            ("connect", "connect (TCP, TLS, MQTT)", &all.connect),
            (
                "firstStatusToEvent",
                "first status → connectionChanged",
                &all.arrival,
            ),
            ("publishToPuback", "publish → PUBACK", &all.puback),
            ("statusToEvent", "status → connectionChanged", &all.status),
            ("sendToAnswer", "sendMessage → PUBLISHED", &all.accepted),
            ("sendToDevice", "sendMessage → device", &all.received),
            (
                "sendToResponded",
                "sendMessage → RESPONDED told",
                &all.responded,
            ),
        ]
    }

    fn per_second(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a rate to one digit")]
        let spoken = self.spoken as f64;
        spoken / self.seconds.max(0.001)
    }

    /// Prints it on stdout.
    pub(super) fn print(&self, as_json: bool) -> Result<(), Failure> {
        let text = if as_json {
            format!("{:#}\n", self.json())
        } else {
            self.text()
        };
        let mut out = std::io::stdout().lock();
        std::io::Write::write_all(&mut out, text.as_bytes()).map_err(|error| {
            if error.kind() == std::io::ErrorKind::BrokenPipe {
                Failure::ReaderGone
            } else {
                Failure::Local(format!("the report cannot be written: {error}"))
            }
        })
    }

    fn json(&self) -> Value {
        let latencies = self.rows().into_iter().filter(|(_, _, one)| one.count > 0);
        let latencies = latencies.map(|(name, _, one)| (name.to_owned(), summary(one)));
        let problems = self.problems.iter();
        let problems = problems.map(|one| json!({"what": one.what, "count": one.count}));
        json!({
            "run": self.run,
            "devices": self.devices,
            "began": self.began.to_string(),
            "seconds": self.seconds,
            "dataAcknowledged": self.data,
            "said": self.spoken,
            "saidPerSecond": self.per_second(),
            "sent": self.sent,
            "responded": self.responded,
            "latencies": latencies.collect::<serde_json::Map<_, _>>(),
            "failures": problems.collect::<Vec<_>>(),
            "interrupted": self.interrupted,
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let (width, one) = (34, 10);
        let _ = writeln!(
            text,
            "{:<width$}{:>one$}{:>one$}{:>one$}{:>one$}{:>one$}{:>one$}",
            "", "count", "p50", "p90", "p99", "p99.9", "most"
        );
        for (_, title, latency) in self.rows().into_iter().filter(|row| row.2.count > 0) {
            let [p50, p90, p99, p999, max] = times(latency).map(|(_, time)| shown(time));
            let _ = writeln!(
                text,
                "{title:<width$}{:>one$}{p50:>one$}{p90:>one$}{p99:>one$}{p999:>one$}{max:>one$}",
                latency.count
            );
        }
        let (devices, spoken, seconds) = (self.devices, self.spoken, self.seconds);
        let _ = writeln!(
            text,
            "\n{devices} devices said {spoken} messages in {seconds:.1} s ({:.1}/s); {} sent to them, {} answered",
            self.per_second(),
            self.sent,
            self.responded
        );
        for problem in &self.problems {
            let _ = writeln!(text, "failed: {} {}", problem.count, problem.what);
        }
        if self.problems.is_empty() {
            text.push_str("nothing failed\n");
        }
        text
    }

    /// The exit status that follows.
    pub(super) fn verdict(self) -> Result<(), Failure> {
        if let Some(failure) = self.broken {
            return Err(failure);
        }
        if self.interrupted {
            return Err(Failure::Interrupted);
        }
        let Some(first) = self.problems.iter().min_by_key(|problem| problem.is_late) else {
            return Ok(());
        };
        let text = format!("{} {}", first.count, first.what);
        Err(if first.is_late {
            Failure::TimedOut(text)
        } else {
            Failure::refused("LOAD_TEST", text)
        })
    }
}

fn times(summary: &Summary) -> [(&'static str, Duration); 5] {
    [
        ("p50Ms", summary.p50),
        ("p90Ms", summary.p90),
        ("p99Ms", summary.p99),
        ("p999Ms", summary.p999),
        ("maxMs", summary.max),
    ]
}

fn summary(summary: &Summary) -> Value {
    #[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let millis = |time: Duration| time.as_micros() as f64 / 1000.0;
    let times = times(summary).map(|(name, time)| (name.to_owned(), millis(time).into()));
    let count = ("count".to_owned(), summary.count.into());
    Value::Object(std::iter::once(count).chain(times).collect())
}

/// As short as it can be read.
fn shown(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    match millis {
        ..10.0 => format!("{millis:.2} ms"),
        10.0..1000.0 => format!("{millis:.0} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(problems: &[(&str, bool)]) -> Option<u8> {
        let mut report = Report::new("r", 1);
        for (what, is_late) in problems {
            report.add((*what).to_owned(), 1, *is_late);
        }
        report.add("nothing".to_owned(), 0, false);
        report.verdict().err().map(|failure| failure.exit_status())
    }

    #[test]
    fn what_failed_counts_before_what_is_late() {
        assert_eq!(status(&[]), None);
        assert_eq!(status(&[("late", true)]), Some(4));
        assert_eq!(status(&[("late", true), ("failed", false)]), Some(1));
    }

    #[test]
    fn only_what_was_measured_is_shown() {
        let mut report = Report::new("r", 2);
        report.latencies.connect = Summary {
            count: 2,
            p50: Duration::from_micros(1500),
            max: Duration::from_secs(2),
            ..Summary::default()
        };
        let text = report.text();
        assert!(text.contains("connect (TCP, TLS, MQTT)"), "{text}");
        assert!(text.contains("1.50 ms") && text.contains("2.0 s"), "{text}");
        assert!(!text.contains("PUBACK"), "{text}");
        let json = report.json();
        assert_eq!(json["latencies"]["connect"]["p50Ms"], 1.5);
        assert!(json["latencies"].get("publishToPuback").is_none());
    }
}
