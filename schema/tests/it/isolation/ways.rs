//! Ways through the schema.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::document::Step;
use super::sdl::{Field, Sdl, named};

/// How often what an object leads to is followed: by the shortest ways that come to it.
const TIMES: usize = 4;

/// Ways from a root, the shortest first: each field of each object, from each of the first places where such an object is
/// found. No way comes by an object twice, save to end where it has been. What an edge of a list holds is read and not
/// followed, since the nodes beside it are the same.
pub fn every(sdl: &Sdl, root: &str) -> Vec<Vec<Step>> {
    let leaves = sdl.fields(root).iter().filter(|field| sdl.is_leaf(field));
    let mut found: Vec<Vec<Step>> = leaves
        .map(|field| vec![step(root, field, named(&field.ty))])
        .collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut next: VecDeque<Vec<Step>> = VecDeque::from([Vec::new()]);
    while let Some(way) = next.pop_front() {
        let on = way.last().map_or(root, |step| step.into.as_str());
        for (field, into) in sdl.edges(on) {
            if !way.is_empty() && sdl.is_plain(into) && field.arguments.is_empty() {
                // It is read with what holds it.
                continue;
            }
            let mut longer = way.clone();
            longer.push(step(on, field, into));
            found.push(longer.clone());
            let been_there = way.iter().any(|step| step.into == into);
            let times = times.entry(into.to_owned()).or_default();
            if !been_there && !on.ends_with("Edge") && *times < TIMES {
                *times += 1;
                next.push_back(longer);
            }
        }
    }
    found
}

/// The shortest way by which each step can be taken.
pub fn to_every_step(ways: &[Vec<Step>]) -> Vec<&[Step]> {
    let mut by_length: Vec<&[Step]> = ways.iter().map(Vec::as_slice).collect();
    by_length.sort_by_key(|way| way.len());
    let mut taken = BTreeSet::new();
    by_length.retain(|way| way.last().is_some_and(|step| taken.insert(step.key())));
    by_length
}

/// The shortest way from a root to each object that can be come to, the root itself by none.
pub fn shortest(sdl: &Sdl, root: &str) -> BTreeMap<String, Vec<Step>> {
    let mut ways = BTreeMap::from([(root.to_owned(), Vec::new())]);
    let mut next = VecDeque::from([root.to_owned()]);
    while let Some(on) = next.pop_front() {
        for (field, into) in sdl.edges(&on) {
            if !ways.contains_key(into) {
                let mut way: Vec<Step> = ways[&on].clone();
                way.push(step(&on, field, into));
                ways.insert(into.to_owned(), way);
                next.push_back(into.to_owned());
            }
        }
    }
    ways
}

/// A step along a field.
pub fn step(on: &str, field: &Field, into: &str) -> Step {
    Step {
        on: on.to_owned(),
        field: field.clone(),
        into: into.to_owned(),
    }
}
