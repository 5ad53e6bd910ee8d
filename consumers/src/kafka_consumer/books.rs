//! What has become of each record of a batch, and which are set aside.

use std::collections::{BTreeMap, HashMap};

use connector_domain::connection::Outcome;
use connector_domain::port::{IncomingRecord, OutgoingRecord};
use tracing::warn;

use super::custody::Fates;
use super::fate::Fate;
use crate::dead_letter;
use crate::rejection::Rejection;

/// Topic, partition and offset of a record.
type Source<'a> = (&'a str, i32, i64);

fn source(record: &IncomingRecord) -> Source<'_> {
    (&record.topic, record.partition, record.offset)
}

/// One entry per record of a batch.
#[derive(Default)]
pub(super) struct Books<'a> {
    fates: HashMap<Source<'a>, Fate>,
    /// What is set aside, and why: once per record.
    aside: BTreeMap<Source<'a>, (&'a IncomingRecord, Rejection)>,
}

impl<'a> Books<'a> {
    /// Sets a record aside. The first reason counts.
    pub(super) fn set_aside(&mut self, record: &'a IncomingRecord, rejection: Rejection) {
        self.note(record, Fate::DeadLettered);
        self.aside
            .entry(source(record))
            .or_insert((record, rejection));
    }

    /// What a record did to the record of its device.
    pub(super) fn note_outcome(&mut self, record: &'a IncomingRecord, outcome: Outcome) {
        let fate = match outcome {
            Outcome::Changed | Outcome::Noted => Fate::Applied,
            Outcome::Replayed => Fate::Replayed,
            Outcome::Duplicate => Fate::Duplicate,
            Outcome::Outdated => Fate::Outdated,
        };
        self.note(record, fate);
    }

    /// Whether a message was new to the database.
    pub(super) fn note_arrival(&mut self, record: &'a IncomingRecord, new: bool) {
        self.note(record, if new { Fate::Applied } else { Fate::Replayed });
    }

    fn note(&mut self, record: &'a IncomingRecord, fate: Fate) {
        let noted = self.fates.entry(source(record)).or_insert(fate);
        *noted = fate.max(*noted);
    }

    /// What is set aside, as records of the dead-letter topic.
    pub(super) fn dead_letters(&self, topic: &str) -> Vec<OutgoingRecord> {
        let letters = self.aside.values();
        letters
            .map(|(record, rejection)| dead_letter::of_record(record, rejection, topic))
            .collect()
    }

    /// The batch is done: what is set aside is told in the log and the metrics, and every record has its fate.
    pub(super) fn close(self, records: &[IncomingRecord]) -> Fates {
        for (record, rejection) in self.aside.values() {
            warn!(
                kafka.topic = record.topic,
                kafka.partition = record.partition,
                kafka.offset = record.offset,
                reason = rejection.reason.as_str(),
                "a record went to the dead letters"
            );
            dead_letter::count("kafka", rejection);
        }
        let mut fates = Fates::new();
        for record in records {
            // An empty message on the data channel proves that its device lives, and nothing is stored of it.
            let fate = self.fates.get(&source(record)).copied();
            let fate = fate.unwrap_or(Fate::Applied);
            *fates.entry((record.topic.clone(), fate)).or_default() += 1;
        }
        fates
    }
}
