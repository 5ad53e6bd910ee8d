//! The order of a device's messages is never inverted: in each ingress topic, across both by the platform's own stamps,
//! in the database, and in what everyone was told.
//!
//! Only the first of a message's records counts: a redelivery comes later, as it must.

use std::collections::{BTreeMap, HashMap, HashSet};

use connector_domain::stamp::Stamp;

use super::{Evidence, Finding, LogRecord, Topic, Verdict};

pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    judge_log(evidence, verdict);
    judge_rows(evidence, verdict);
    judge_changes(evidence, verdict);
}

fn judge_log(evidence: &Evidence, verdict: &mut Verdict) {
    let accounts = evidence.devices.iter();
    let firsts: HashMap<&str, u32> = accounts
        .map(|account| (account.client_id.as_str(), account.first))
        .collect();
    let mut devices: HashMap<&str, Vec<&LogRecord>> = HashMap::new();
    for record in &evidence.log {
        let first = firsts.get(record.client_id.as_str()).copied();
        // What was said before the scenario came first before it: this is a redelivery, as of a broker that was killed.
        if first.is_none_or(|first| record.number >= first) {
            devices.entry(&record.client_id).or_default().push(record);
        }
    }
    let mut devices: Vec<_> = devices.into_iter().collect();
    devices.sort_unstable_by_key(|(client_id, _)| *client_id);
    for (client_id, mut records) in devices {
        // A device's records on one topic are in one partition.
        records.sort_by_key(|record| (record.topic, record.offset));
        let mut seen = HashSet::new();
        records.retain(|record| seen.insert(record.number));
        for topic in [Topic::Control, Topic::Data] {
            let numbers = records.iter().filter(|record| record.topic == topic);
            let place = match topic {
                Topic::Control => "in the control topic",
                Topic::Data => "in the data topic",
            };
            ascending(
                client_id,
                place,
                numbers.map(|record| record.number),
                verdict,
            );
        }
        records.sort_by_key(|record| record.stamp);
        let numbers = records.iter().map(|record| record.number);
        ascending(client_id, "by the stamps of both topics", numbers, verdict);
    }
}

fn judge_rows(evidence: &Evidence, verdict: &mut Verdict) {
    let mut devices: BTreeMap<&str, Vec<(Stamp, i64, u32)>> = BTreeMap::new();
    for row in &evidence.rows {
        let place = (row.created_at, row.offset, row.number);
        devices.entry(&row.client_id).or_default().push(place);
    }
    for (client_id, mut rows) in devices {
        rows.sort_unstable();
        let numbers = rows.into_iter().map(|(_, _, number)| number);
        ascending(client_id, "in the database", numbers, verdict);
    }
}

fn judge_changes(evidence: &Evidence, verdict: &mut Verdict) {
    let mut devices: BTreeMap<&str, BTreeMap<i64, u32>> = BTreeMap::new();
    for change in &evidence.changes {
        if let Some(number) = change.number {
            let versions = devices.entry(&change.client_id).or_default();
            versions.insert(change.version, number);
        }
    }
    for (client_id, versions) in devices {
        let mut found = Verdict::default();
        ascending(
            client_id,
            "in what is shown",
            versions.into_values(),
            &mut found,
        );
        for finding in found.findings {
            if is_replay_of_the_broker(evidence, &finding) {
                verdict.broker_replayed += 1;
            } else {
                verdict.findings.push(finding);
            }
        }
    }
}

fn is_replay_of_the_broker(evidence: &Evidence, finding: &Finding) -> bool {
    let Finding::Inverted {
        client_id, number, ..
    } = finding
    else {
        return false;
    };
    let account = evidence
        .devices
        .iter()
        .find(|account| account.client_id == *client_id);
    let said = account.and_then(|account| account.said_as(*number));
    let at = said
        .and_then(|said| said.acknowledged_at())
        .unwrap_or_default();
    evidence
        .broker_crash
        .is_some_and(|crash| crash.may_have_lost(at))
}

/// Notes every number below one that came before it.
fn ascending(
    client_id: &str,
    place: &'static str,
    numbers: impl Iterator<Item = u32>,
    verdict: &mut Verdict,
) {
    let mut highest = 0;
    for number in numbers {
        if number < highest {
            verdict.findings.push(Finding::Inverted {
                client_id: client_id.to_owned(),
                place,
                number,
                after: highest,
            });
        }
        highest = highest.max(number);
    }
}
