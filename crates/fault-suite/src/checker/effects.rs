//! Every acknowledged message has had its effect, once.

use std::collections::{BTreeMap, HashMap, HashSet};

use connector_load::Kind;

use super::{Account, Evidence, Finding, Place, Verdict};

/// How often each number of a device took effect.
type Effects<'a> = HashMap<&'a str, HashMap<u32, usize>>;

pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    let mut logged: HashMap<&str, HashSet<u32>> = HashMap::new();
    for record in &evidence.log {
        let numbers = logged.entry(&record.client_id).or_default();
        if !numbers.insert(record.number) {
            verdict.log_duplicates += 1;
        }
    }
    let data = rows(evidence);
    let statuses = changes(evidence);
    for account in &evidence.devices {
        let client_id = account.client_id.as_str();
        let of = |effects: &Effects<'_>| effects.get(client_id).cloned().unwrap_or_default();
        let logged = logged.remove(client_id).unwrap_or_default();
        let device = Device {
            account,
            evidence,
            logged,
            data: of(&data),
            statuses: of(&statuses),
        };
        device.judge_losses(verdict);
        device.judge_duplicates(verdict);
    }
}

fn rows(evidence: &Evidence) -> Effects<'_> {
    let mut effects = Effects::new();
    for row in &evidence.rows {
        *effects
            .entry(&row.client_id)
            .or_default()
            .entry(row.number)
            .or_default() += 1;
    }
    effects
}

/// A status takes effect where the number shown changes to its own. A change told again has the same version.
fn changes(evidence: &Evidence) -> Effects<'_> {
    let mut told: HashMap<&str, BTreeMap<i64, Option<u32>>> = HashMap::new();
    for change in &evidence.changes {
        told.entry(&change.client_id)
            .or_default()
            .insert(change.version, change.number);
    }
    let mut effects = Effects::new();
    for (client_id, versions) in told {
        let mut shown = None;
        for number in versions.into_values() {
            if let Some(number) = number
                && shown != Some(number)
            {
                *effects
                    .entry(client_id)
                    .or_default()
                    .entry(number)
                    .or_default() += 1;
            }
            shown = number;
        }
    }
    effects
}

struct Device<'a> {
    account: &'a Account,
    evidence: &'a Evidence,
    logged: HashSet<u32>,
    data: HashMap<u32, usize>,
    statuses: HashMap<u32, usize>,
}

impl Device<'_> {
    fn effects(&self, kind: Kind) -> &HashMap<u32, usize> {
        match kind {
            Kind::Status => &self.statuses,
            Kind::Data => &self.data,
        }
    }

    fn judge_losses(&self, verdict: &mut Verdict) {
        for (number, said) in self.account.said() {
            let Some(acknowledged_at) = said.acknowledged_at() else {
                continue;
            };
            verdict.messages += 1;
            let is_logged = self.logged.contains(&number);
            if is_logged && self.effects(said.kind).contains_key(&number) {
                continue;
            }
            let crash = self.evidence.broker_crash;
            if !is_logged && crash.is_some_and(|crash| crash.may_have_lost(acknowledged_at)) {
                verdict.broker_lost += 1;
                continue;
            }
            verdict.findings.push(Finding::Lost {
                client_id: self.account.client_id.clone(),
                kind: said.kind,
                number,
                acknowledged_at,
                place: if is_logged {
                    Place::Database
                } else {
                    Place::Log
                },
            });
        }
    }

    fn judge_duplicates(&self, verdict: &mut Verdict) {
        for kind in [Kind::Status, Kind::Data] {
            let mut effects: Vec<_> = self.effects(kind).iter().collect();
            effects.sort_unstable();
            for (&number, &times) in effects {
                let said = self.account.said_as(number);
                let Some(said) = said.filter(|said| said.kind == kind) else {
                    verdict.findings.push(Finding::NeverSaid {
                        client_id: self.account.client_id.clone(),
                        number,
                    });
                    continue;
                };
                if times == 1 {
                    continue;
                }
                let at = said.acknowledged_at().unwrap_or_default();
                let crash = self.evidence.broker_crash;
                if kind == Kind::Status && crash.is_some_and(|crash| crash.may_have_lost(at)) {
                    verdict.broker_replayed += times - 1;
                    continue;
                }
                verdict.findings.push(Finding::Twice {
                    client_id: self.account.client_id.clone(),
                    kind,
                    number,
                    times,
                });
            }
        }
    }
}
