//! Every argument of every query field, given what names things of B: their ids, their numbers, their words, the places
//! in B's lists. To A it is as if they were not there; to B they are.

use connector_domain::caller::Caller;
use serde_json::Value;

use super::document::{Document, Probe, Step, write};
use super::ledger::Ledger;
use super::names::{Given, Names};
use super::pair::Pair;
use super::party::A;
use super::sdl::{Argument, Sdl, named};
use super::ways;

/// How deep what is found is read.
const DEPTH: usize = 1;

pub async fn every_argument(sdl: &Sdl, pair: &Pair, ledger: &mut Ledger<'_>) {
    let (mut asked, mut shown) = (0, 0);
    for (on, way) in ways::shortest(sdl, "Query") {
        for field in sdl
            .fields(&on)
            .iter()
            .filter(|field| !field.arguments.is_empty())
        {
            let mut way = way.clone();
            way.push(ways::step(&on, field, named(&field.ty)));
            let mut b = pair.b.clone();
            b.cursors = places(sdl, pair, &way).await;
            for argument in &field.arguments {
                for given in b.values(sdl, argument, &on) {
                    let probe = Attempt {
                        sdl,
                        pair,
                        way: &way,
                        argument,
                        given,
                    };
                    asked += 1;
                    shown += usize::from(probe.make(&b, ledger).await);
                }
            }
        }
    }
    println!("isolation: {asked} questions with what names B, {shown} of them show B to itself");
}

/// Where B's list begins and ends, and a place that is nowhere.
async fn places(sdl: &Sdl, pair: &Pair, way: &[Step]) -> Vec<String> {
    let answer = pair.ask_b(&write(sdl, &pair.b, way, None, 0)).await;
    let mut places = vec!["nowhere".to_owned()];
    collect(&answer, &mut places);
    places.reverse();
    places
}

fn collect(answer: &Value, places: &mut Vec<String>) {
    match answer {
        Value::Array(items) => items.iter().for_each(|item| collect(item, places)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(place) if name.ends_with("Cursor") => places.push(place.to_owned()),
                    _ => collect(value, places),
                }
            }
        }
        _ => {}
    }
}

struct Attempt<'a> {
    sdl: &'a Sdl,
    pair: &'a Pair,
    way: &'a [Step],
    argument: &'a Argument,
    given: Given,
}

impl Attempt<'_> {
    /// Asks as A and as B; whether B sees what it has.
    async fn make(&self, b: &Names, ledger: &mut Ledger<'_>) -> bool {
        let document = self.document(&self.pair.a);
        for (who, caller) in self.callers() {
            self.pair.ask(&who, &caller, &document).await;
        }
        ledger.tried(&document.parts);
        let document = self.document(b);
        let answer = self.pair.ask_b(&document).await;
        ledger.shown(&answer);
        let accepted = answer["errors"] == Value::Null;
        let marked = self.pair.marker_in(&answer).is_some();
        if accepted && (marked || self.argument.is_paging()) {
            ledger.proved(&document.parts);
        }
        accepted && marked
    }

    fn document(&self, names: &Names) -> Document {
        let probe = Probe {
            argument: self.argument,
            given: self.given.clone(),
        };
        write(self.sdl, names, self.way, Some(probe), DEPTH)
    }

    /// Everybody, where a thing is asked for by its name; where a list is narrowed, whoever may list.
    fn callers(&self) -> Vec<(String, Caller)> {
        let mut callers = A.callers();
        if !self.argument.names_one_thing() {
            callers.truncate(1);
        }
        callers
    }
}
