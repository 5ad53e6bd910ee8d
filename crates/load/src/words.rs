//! What a device of the fleet says: the payloads, with the number where the platform shows it.
//!
//! A status carries its number as the tag `number`, a data message as the member `n` of its content; ids on the wire are
//! `s-N` and `d-N`. In a named run these are `s-RUN-N` and `d-RUN-N`, and a status carries the tags `run` and `said` as well,
//! the time in nanoseconds since 1970.

use connector_device::Profile;
use connector_domain::clock::{Clock, System};
use serde_json::json;

/// The words of one device. What does not change is written once.
pub(crate) struct Words {
    client_id: String,
    facts: String,
    dispatchers: String,
    client_version: String,
    filling: String,
    /// The run's name, or nothing.
    run: String,
}

impl Words {
    pub(crate) fn of(client_id: &str, data_bytes: usize, run: &str) -> Self {
        let profile = Profile::of(client_id);
        Self {
            client_id: client_id.to_owned(),
            facts: profile.facts.to_string(),
            dispatchers: json!(profile.dispatchers).to_string(),
            client_version: profile.client_version,
            filling: "x".repeat(data_bytes),
            run: run.to_owned(),
        }
    }

    /// It is there, with a number.
    pub(crate) fn status(&self, number: u32) -> Vec<u8> {
        let Self {
            facts,
            dispatchers,
            client_version,
            ..
        } = self;
        let tags = self.tags(number);
        let content = format!(
            r#"{{"state":"online","canonical_facts":{facts},"dispatchers":{dispatchers},"tags":{tags},"client_name":"connector-load","client_version":"{client_version}"}}"#
        );
        message("connection-status", &self.id('s', number), "", &content)
    }

    fn id(&self, letter: char, number: u32) -> String {
        if self.run.is_empty() {
            return format!("{letter}-{number}");
        }
        format!("{letter}-{}-{number}", self.run)
    }

    fn tags(&self, number: u32) -> String {
        let run = &self.run;
        if run.is_empty() {
            return format!(r#"{{"number":"{number}"}}"#);
        }
        let said = System.now().as_nanos();
        format!(r#"{{"number":"{number}","run":"{run}","said":"{said}"}}"#)
    }

    /// A data message with a number, perhaps an answer.
    pub(crate) fn data(&self, number: u32, response_to: &str) -> Vec<u8> {
        let rest = format!(
            r#","directive":"echo","metadata":{{}},"content":{{"n":{number},"filling":"{}"}}}}"#,
            self.filling
        );
        let mut payload = head("data", &self.id('d', number), response_to);
        payload.push_str(&rest);
        payload.into_bytes()
    }

    /// It says itself that it goes.
    pub(crate) fn goodbye(&self, count: u32) -> Vec<u8> {
        let content = format!(r#"{{"state":"offline","canonical_facts":{}}}"#, self.facts);
        message("connection-status", &format!("g-{count}"), "", &content)
    }

    /// What the broker says when the link drops. Agents use one id for every will.
    pub(crate) fn last_will(&self) -> Vec<u8> {
        let content = r#"{"state":"offline","canonical_facts":null,"dispatchers":null}"#;
        let id = format!("will-{}", self.client_id);
        message("connection-status", &id, "", content)
    }
}

/// The answer to a ping.
pub(crate) fn pong(command_id: &str) -> Vec<u8> {
    message(
        "event",
        &format!("pong-{command_id}"),
        command_id,
        "\"pong\"",
    )
}

fn message(kind: &str, id: &str, response_to: &str, content: &str) -> Vec<u8> {
    let mut payload = head(kind, id, response_to);
    payload.push_str(",\"content\":");
    payload.push_str(content);
    payload.push('}');
    payload.into_bytes()
}

/// The members before the content, without the closing brace. Ids that others chose are written as JSON.
fn head(kind: &str, id: &str, response_to: &str) -> String {
    let sent = System.now();
    let (id, response_to) = (json!(id), json!(response_to));
    format!(
        r#"{{"type":"{kind}","message_id":{id},"response_to":{response_to},"version":1,"sent":"{sent}""#
    )
}

#[cfg(test)]
mod tests {
    use connector_domain::connection::{OfflineCause, Status};
    use connector_domain::wire::{Envelope, WireKind};

    use super::*;

    fn read(payload: &[u8]) -> (Envelope, serde_json::Value) {
        let envelope = Envelope::parse(payload).expect("an envelope");
        let content = envelope.content.as_ref().expect("a content").as_str();
        let content = serde_json::from_str(content).expect("JSON");
        (envelope, content)
    }

    #[test]
    fn the_platform_reads_what_a_device_says() {
        let words = Words::of("host-1", 4, "");
        let (envelope, content) = read(&words.status(7));
        assert_eq!(envelope.message_id, "s-7");
        let (status, defects) = Status::parse(content).expect("a status");
        assert!(defects.is_empty());
        let Status::Online(details) = status else {
            panic!("not online")
        };
        assert_eq!(details.tags["number"], "7");
        assert!(details.dispatchers.contains_key("echo"));

        let (envelope, content) = read(&words.data(8, "m-1"));
        assert_eq!(
            (envelope.kind, content["n"].as_u64()),
            (WireKind::Data, Some(8))
        );
        assert_eq!(envelope.response_to, "m-1");

        let cause = |payload: &[u8]| Status::parse(read(payload).1).expect("a status").0;
        assert_eq!(
            cause(&words.goodbye(8)),
            Status::Offline(OfflineCause::Reported)
        );
        assert_eq!(
            cause(&words.last_will()),
            Status::Offline(OfflineCause::LastWill)
        );
    }

    #[test]
    fn a_run_has_ids_of_its_own_and_says_when_it_spoke() {
        let words = Words::of("host-1", 4, "r1");
        let (envelope, content) = read(&words.status(7));
        assert_eq!(envelope.message_id, "s-r1-7");
        let (Status::Online(details), _) = Status::parse(content).expect("a status") else {
            panic!("not online")
        };
        assert_eq!(
            (&*details.tags["run"], &*details.tags["number"]),
            ("r1", "7")
        );
        assert!(details.tags["said"].parse::<i64>().expect("a time") > 0);
        assert_eq!(read(&words.data(8, "")).0.message_id, "d-r1-8");
    }
}
