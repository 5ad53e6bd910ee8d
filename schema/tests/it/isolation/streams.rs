//! Every subscription with every argument, opened by A and by B before things happen to both.

use connector_domain::caller::Caller;
use serde_json::Value;

use super::document::{Document, Probe, write};
use super::ledger::Ledger;
use super::names::Names;
use super::pair::Pair;
use super::party::{A, B, Party};
use super::sdl::{Argument, Field, Sdl, named};
use super::ways;
use crate::world::Watch;

/// How deep an event is read: with the device or message it is about.
const DEPTH: usize = 1;

/// Number of the first message that is sent while streams are open.
pub const FIRST: u128 = 500;

/// One subscription, as A in both worlds and as B in its own.
struct Stream {
    what: String,
    document: Document,
    is_place: bool,
    watches: [Watch; 3],
    heard: [Vec<Value>; 3],
}

/// What is asked, where B lives and where it does not: places in the streams are not the same there.
struct Question {
    beside_b: Document,
    alone: Document,
    is_place: bool,
}

pub async fn every_stream(sdl: &Sdl, pair: &Pair, ledger: &mut Ledger<'_>) {
    let mut streams = Vec::new();
    for field in sdl.fields("Subscription") {
        let plain = || Question {
            beside_b: document(sdl, &pair.b, field, None),
            alone: document(sdl, &pair.b, field, None),
            is_place: false,
        };
        for (who, caller) in A.callers() {
            streams.push(Stream::open(pair, &who, &caller, plain()).await);
        }
        for question in questions(sdl, pair, field).await {
            let who = "everything within";
            streams.push(Stream::open(pair, who, &A.caller(), question).await);
        }
    }
    for tenants in [&pair.beside, &pair.alone] {
        tenants.go_on().await;
    }
    let (count, mut shown) = (streams.len(), 0);
    for stream in streams {
        shown += usize::from(stream.settle(pair, ledger).await);
    }
    println!("isolation: {count} streams, {shown} of them show B to itself");
}

fn document(sdl: &Sdl, names: &Names, field: &Field, probe: Option<Probe<'_>>) -> Document {
    let way = [ways::step("Subscription", field, named(&field.ty))];
    write(sdl, names, &way, probe, DEPTH)
}

/// Each argument with each value that names B.
async fn questions(sdl: &Sdl, pair: &Pair, field: &Field) -> Vec<Question> {
    let beside_b = names_to_come(pair, place(&pair.beside.world, &B).await);
    let alone = names_to_come(pair, place(&pair.alone.world, &A).await);
    let mut questions = Vec::new();
    for argument in &field.arguments {
        let given = |names: &Names| names.values(sdl, argument, "Subscription");
        for (beside_b, alone) in given(&beside_b).into_iter().zip(given(&alone)) {
            let document = |given| {
                let probe = Probe { argument, given };
                document(sdl, &pair.b, field, Some(probe))
            };
            questions.push(Question {
                beside_b: document(beside_b),
                alone: document(alone),
                is_place: Argument::is_place(argument),
            });
        }
    }
    questions
}

async fn place(world: &crate::world::World, party: &Party) -> String {
    let data = world.data(&party.caller(), "{ changesCursor }").await;
    data["changesCursor"].as_str().expect("a place").to_owned()
}

/// What names B's things, its messages to come among them.
fn names_to_come(pair: &Pair, place: String) -> Names {
    let device = &pair.b.devices[0];
    let to_come = [FIRST, FIRST + 1].map(|n| (device.clone(), B.uuid(n)));
    Names {
        messages: to_come.to_vec(),
        cursors: vec![place, "nowhere".to_owned()],
        ..pair.b.clone()
    }
}

impl Stream {
    /// Opens it, and hears what comes at once.
    async fn open(pair: &Pair, who: &str, caller: &Caller, question: Question) -> Self {
        let Question {
            beside_b,
            alone,
            is_place,
        } = question;
        let watch = |world: &crate::world::World, caller, document: &Document| {
            world.watch_with(caller, &document.text, &document.variables)
        };
        let mut watches = [
            watch(&pair.beside.world, caller, &beside_b),
            watch(&pair.alone.world, caller, &alone),
            watch(&pair.beside.world, &B.numbered_caller(), &beside_b),
        ];
        let [beside, apart, of_b] = &mut watches;
        let heard = [
            beside.heard().await,
            apart.heard().await,
            of_b.heard().await,
        ];
        Self {
            what: format!("{who}: {} with {}", beside_b.text, beside_b.variables),
            document: beside_b,
            is_place,
            watches,
            heard,
        }
    }

    /// Hears the rest, and compares. Whether B sees what is its own.
    async fn settle(mut self, pair: &Pair, ledger: &mut Ledger<'_>) -> bool {
        for (watch, heard) in self.watches.iter_mut().zip(&mut self.heard) {
            heard.extend(watch.heard().await);
        }
        let [beside, alone, of_b] = self.heard;
        for answer in &beside {
            pair.holds_nothing_of_b(answer, &self.what);
        }
        let (beside, alone) = (placeless(beside), placeless(alone));
        assert_eq!(beside, alone, "B shows: {}", self.what);
        ledger.tried(&self.document.parts);
        for answer in &of_b {
            ledger.shown(answer);
        }
        let accepted = of_b.iter().all(|answer| answer["errors"] == Value::Null);
        let marked = of_b.iter().any(|answer| pair.marker_in(answer).is_some());
        if accepted && (marked || self.is_place) {
            ledger.proved(&self.document.parts);
        }
        accepted && marked
    }
}

/// Without the places in the streams, which tell how much has happened to everybody.
fn placeless(mut answers: Vec<Value>) -> Vec<Value> {
    for answer in &mut answers {
        let data = answer["data"].as_object_mut();
        for event in data.into_iter().flat_map(|data| data.values_mut()) {
            if let Some(cursor) = event.get_mut("cursor") {
                *cursor = Value::from("a place");
            }
        }
    }
    answers
}
