//! Every mutation with every input: on B's devices, which are as unknown ones and notice nothing, and on A's own, with
//! ids that B has used.

use serde_json::Value;

use super::document::{Probe, Step, write};
use super::ledger::Ledger;
use super::names::Names;
use super::pair::Pair;
use super::party::{A, SECRET};
use super::sdl::{Argument, Sdl, named};
use super::ways;

/// How deep a payload is read: with its message and its errors, and what is in the way.
const DEPTH: usize = 3;

pub async fn every_write(sdl: &Sdl, pair: &Pair, ledger: &mut Ledger<'_>) {
    let before = Traces::of_b(sdl, pair).await;
    let own_with_ids_of_b = Names {
        messages: pair.b.messages.clone(),
        ..pair.a.clone()
    };
    let (mut theirs, mut own) = (0, 0);
    for field in sdl.fields("Mutation") {
        let way = [ways::step("Mutation", field, named(&field.ty))];
        for argument in &field.arguments {
            theirs += on_theirs(sdl, pair, &way, argument, ledger).await;
            own += on_own(sdl, pair, &way, argument, &own_with_ids_of_b, ledger).await;
        }
    }
    assert!(
        before == Traces::of_b(sdl, pair).await,
        "B notices something"
    );
    println!("isolation: {theirs} writes to devices of B, {own} to A's own with ids of B");
}

/// Nothing is sent and nothing told, and each answer is that of an unknown device.
async fn on_theirs(
    sdl: &Sdl,
    pair: &Pair,
    way: &[Step],
    argument: &Argument,
    ledger: &mut Ledger<'_>,
) -> usize {
    let told = || {
        (
            pair.beside.world.kafka.records().len(),
            pair.beside.world.broker.published().len(),
        )
    };
    let before = told();
    let values = pair.b.values(sdl, argument, "Mutation");
    let count = values.len();
    for (n, given) in values.into_iter().enumerate() {
        let document = write(sdl, &pair.a, way, Some(Probe { argument, given }), DEPTH);
        // Whoever may not write at all is told so whatever the input.
        let callers = A
            .callers()
            .into_iter()
            .take(if n == 0 { usize::MAX } else { 1 });
        for (who, caller) in callers {
            let answer = pair.ask(&who, &caller, &document).await;
            ledger.shown(&answer);
        }
        ledger.tried(&document.parts);
    }
    assert_eq!(told(), before, "something is sent or told");
    count
}

/// That an id is B's makes no difference to A.
async fn on_own(
    sdl: &Sdl,
    pair: &Pair,
    way: &[Step],
    argument: &Argument,
    names: &Names,
    ledger: &mut Ledger<'_>,
) -> usize {
    let values = names.values(sdl, argument, "Mutation");
    let count = values.len();
    for given in values {
        let document = write(sdl, names, way, Some(Probe { argument, given }), DEPTH);
        let answer = pair.same(&A.caller(), &document).await;
        ledger.tried(&document.parts);
        ledger.shown(&answer);
        if answer["errors"] == Value::Null {
            ledger.proved(&document.parts);
        }
    }
    count
}

/// Everything B can see, and what was told about its devices.
#[derive(PartialEq)]
struct Traces {
    answers: Vec<Value>,
    events: usize,
    published: usize,
}

impl Traces {
    async fn of_b(sdl: &Sdl, pair: &Pair) -> Self {
        let ways = ways::every(sdl, "Query");
        let mut answers = Vec::new();
        for way in ways::to_every_step(&ways) {
            answers.push(pair.ask_b(&write(sdl, &pair.b, way, None, 0)).await);
        }
        let world = &pair.beside.world;
        let keyed = |key: Option<bytes::Bytes>| {
            key.is_some_and(|key| String::from_utf8_lossy(&key).contains(SECRET))
        };
        let records = world.kafka.records().into_iter();
        let published = world.broker.published().into_iter();
        Self {
            answers,
            events: records.filter(|record| keyed(record.key.clone())).count(),
            published: published
                .filter(|(topic, _)| topic.contains(SECRET))
                .count(),
        }
    }
}
