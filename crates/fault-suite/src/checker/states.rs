//! The states shown in the end are those of the devices, with nothing older than the last status acknowledged.

use std::collections::HashMap;

use connector_load::{Kind, Truth};

use super::{Account, Evidence, Finding, Shown, Verdict};

pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    let shown: HashMap<&str, &Shown> = evidence
        .connections
        .iter()
        .map(|shown| (shown.client_id.as_str(), shown))
        .collect();
    for account in &evidence.devices {
        if !is_judged(evidence, account) {
            continue;
        }
        let shown = shown.get(account.client_id.as_str()).copied();
        if !is_true(account.truth(), shown) {
            verdict.findings.push(Finding::WrongState {
                client_id: account.client_id.clone(),
                truth: account.truth(),
                shown: shown.map_or("nothing".to_owned(), |shown| {
                    format!("{} {}", shown.state, shown.reason)
                }),
            });
        }
        judge_status(evidence, account, shown, verdict);
    }
}

/// After a crash of the broker: those that spoke again.
fn is_judged(evidence: &Evidence, account: &Account) -> bool {
    evidence.broker_crash.is_none_or(|crash| {
        let last = account.memory.last_acknowledged.unwrap_or_default();
        !crash.may_have_lost(last)
    })
}

fn is_true(truth: Truth, shown: Option<&Shown>) -> bool {
    let Some(shown) = shown else { return false };
    match truth {
        Truth::Online => shown.state == "ONLINE",
        Truth::Gone => (shown.state.as_str(), shown.reason.as_str()) == ("OFFLINE", "REPORTED"),
        Truth::Vanished => {
            (shown.state.as_str(), shown.reason.as_str()) == ("OFFLINE", "LINK_LOST")
        }
        // Nobody can say how it should be shown: the fleet did not settle.
        Truth::Unsettled => false,
    }
}

fn judge_status(
    evidence: &Evidence,
    account: &Account,
    shown: Option<&Shown>,
    verdict: &mut Verdict,
) {
    let statuses = (1..).zip(account.memory.said());
    let last = statuses
        .filter(|(_, said)| said.kind == Kind::Status)
        .filter_map(|(number, said)| Some((number, said.acknowledged_at()?)))
        .last();
    let Some((acknowledged, at)) = last else {
        return;
    };
    let crash = evidence.broker_crash;
    if crash.is_some_and(|crash| crash.may_have_lost(at)) {
        return;
    }
    let shown = shown.and_then(|shown| shown.number);
    if shown.is_none_or(|shown| shown < acknowledged) {
        verdict.findings.push(Finding::OldStatus {
            client_id: account.client_id.clone(),
            acknowledged,
            shown,
        });
    }
}
