//! Guesses at the keys of services.

use super::door::{let_in, refused};
use crate::attempt::{Attempt, Family};
use crate::credentials::{OWN_ORG, VICTIM_ORG, service};
use crate::http::{Request, outcome};
use crate::target::Target;

/// Failures of one address per minute, by default.
const MOST_FAILURES: usize = 60;
const GUESSES: usize = 200;

/// Tries them all.
pub async fn all(target: &Target) -> anyhow::Result<Vec<Attempt>> {
    let key = &target.service_key;
    let good = service("dispatcher", key, OWN_ORG);
    let mut attempts = vec![let_in(target, Family::Keys, "(good)", &good).await?];
    for (what, client_id, key, org) in [
        (
            "the right key for another organisation",
            "dispatcher",
            key.as_str(),
            VICTIM_ORG,
        ),
        (
            "the right key for every organisation",
            "dispatcher",
            key,
            "*",
        ),
        (
            "the right key of another service",
            "inventory",
            key,
            OWN_ORG,
        ),
        (
            "the key's beginning",
            "dispatcher",
            &key[..key.len() - 1],
            OWN_ORG,
        ),
        (
            "the key in other letters",
            "dispatcher",
            &key.to_uppercase(),
            OWN_ORG,
        ),
        ("no key", "dispatcher", "", OWN_ORG),
    ] {
        let brought = service(client_id, key, org);
        attempts.push(refused(target, Family::Keys, what, &brought).await?);
    }
    attempts.push(many(target).await);
    Ok(attempts)
}

/// One address guesses and guesses; at last with the right key, which must not be told apart.
async fn many(target: &Target) -> Attempt {
    let from = target.new_address();
    let (mut looked_at, mut held_back) = (0, 0);
    for number in 0..=GUESSES {
        let guess = format!("{number:043}");
        let key = if number == GUESSES {
            &target.service_key
        } else {
            &guess
        };
        let request = Request::graphql("{ __typename }", &serde_json::Value::Null)
            .with_all(&service("dispatcher", key, OWN_ORG));
        match outcome(from, target.server.api, &request).await.as_str() {
            "401 UNAUTHENTICATED" => looked_at += 1,
            "429 RATE_LIMITED" => held_back += 1,
            _ => {}
        }
    }
    // A few more are earned while it goes on.
    let few = (MOST_FAILURES..MOST_FAILURES + 20).contains(&looked_at);
    let answer = if few && looked_at + held_back == GUESSES + 1 {
        "some 60 are looked at, the rest 429, the right one too".to_owned()
    } else {
        format!("{looked_at} are looked at, {held_back} are 429")
    };
    let what = format!("{GUESSES} guesses from one address, then the right key");
    let expected = "some 60 are looked at, the rest 429, the right one too";
    Attempt::new(Family::Keys, what, expected, answer)
}
