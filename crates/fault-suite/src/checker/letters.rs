//! Messages to devices: one that was reported PUBLISHED has reached its device, one that was reported not sent has not,
//! none came twice unless it is marked so, and none is left behind.

use std::collections::HashMap;
use std::time::Duration;

use connector_load::{Memory, Received};

use super::{Account, Answer, Evidence, Finding, Letter, StoredLetter, Verdict};

/// States that say that the broker has a message.
const PUBLISHED: [&str; 3] = ["PUBLISHED", "RESPONDED", "REJECTED"];
/// States that say that no device has it.
const NOT_SENT: [&str; 3] = ["FAILED", "EXPIRED", "CANCELLED"];

/// How long after its acknowledgement the broker may take to deliver.
const DELIVERY: Duration = Duration::from_secs(5);

pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    let accounts: HashMap<&str, &Account> = evidence
        .devices
        .iter()
        .map(|account| (account.client_id.as_str(), account))
        .collect();
    for letter in &evidence.letters {
        verdict.letters += 1;
        verdict.letters_unanswered += usize::from(matches!(letter.answer, Answer::Unknown(_)));
        let Some(account) = accounts.get(letter.client_id.as_str()) else {
            continue;
        };
        match problem(letter, account, evidence) {
            None => {}
            Some(Problem::CutOff) => verdict.letters_cut_off += 1,
            Some(Problem::Wrong(problem)) => verdict.findings.push(Finding::WrongAnswer {
                client_id: letter.client_id.clone(),
                message_id: letter.message_id.clone(),
                problem,
            }),
        }
    }
}

enum Problem {
    /// The device's link broke while the broker had it: an agent's clean session forgets it.
    CutOff,
    Wrong(String),
}

fn problem(letter: &Letter, account: &Account, evidence: &Evidence) -> Option<Problem> {
    let memory = &account.memory;
    let received = memory.received.get(&letter.message_id);
    let wrong = |text: &str| Some(Problem::Wrong(text.to_owned()));
    let Some(stored) = &letter.stored else {
        return match (&letter.answer, received) {
            (Answer::Accepted(state), _) => {
                wrong(&format!("was answered {state} and is not in the database"))
            }
            (_, Some(_)) => wrong("came to the device and is not in the database"),
            _ => None,
        };
    };
    if let Answer::Refused(reason) = &letter.answer {
        return wrong(&format!("was refused ({reason}) and is in the database"));
    }
    if let Answer::Accepted(told) = &letter.answer
        && let Some(problem) = contradiction(told, &stored.state)
    {
        return Some(Problem::Wrong(problem));
    }
    if stored.state == "QUEUED" {
        return wrong("is still QUEUED");
    }
    match received {
        None => unreceived(letter, &stored.state, memory),
        Some(received) => misreported(*received, stored, account, evidence),
    }
}

/// What a caller was told that the end belies.
fn contradiction(told: &str, stored: &str) -> Option<String> {
    let contradicts = (PUBLISHED.contains(&told) && !PUBLISHED.contains(&stored))
        || (NOT_SENT.contains(&told) && told != stored);
    contradicts.then(|| format!("was answered {told} and is {stored}"))
}

fn unreceived(letter: &Letter, stored: &str, memory: &Memory) -> Option<Problem> {
    if !PUBLISHED.contains(&stored) {
        return None;
    }
    let (from, to) = (letter.asked_at, letter.answered_at + DELIVERY);
    let mut lost = memory.links_lost.iter();
    if lost.any(|at| (from..=to).contains(at)) {
        return Some(Problem::CutOff);
    }
    Some(Problem::Wrong(format!("is {stored} and never came")))
}

fn misreported(
    received: Received,
    stored: &StoredLetter,
    account: &Account,
    evidence: &Evidence,
) -> Option<Problem> {
    let wrong = |text: String| Some(Problem::Wrong(text));
    let state = stored.state.as_str();
    if NOT_SENT.contains(&state) {
        return wrong(format!("is {state} and came to the device"));
    }
    if received.times > 1 && !stored.redelivered {
        return wrong(format!("came {} times", received.times));
    }
    let said = received.answer.and_then(|number| account.said_as(number));
    let answered_at = said.and_then(|said| said.acknowledged_at())?;
    let crash = evidence.broker_crash;
    let is_lost = crash.is_some_and(|crash| crash.may_have_lost(answered_at));
    if state != "RESPONDED" && !is_lost {
        return wrong(format!("was answered by the device and is {state}"));
    }
    None
}
