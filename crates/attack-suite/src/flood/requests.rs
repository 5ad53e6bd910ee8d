//! Requests over HTTP, as fast as they are answered.

use std::net::IpAddr;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Flood, Tally, measured, until};
use crate::attack::costly;
use crate::credentials::{OWN_ORG, bearer, claims, identity, service, unsigned};
use crate::http::Request;
use crate::target::{ATTACKER, Target};

/// Connections at once.
const WORKERS: usize = 16;
/// Requests from one address before the attacker takes another: failures are counted by address.
const PER_ADDRESS: usize = 100;
/// Fetches of the issuer's keys that a flood may cause: one on demand every 10 s, and those that come anyway.
const MOST_FETCHES: usize = 3;

const TYPES: &str =
    "{ __schema { types { name description fields { name description args { name type { name } }
    type { name ofType { name ofType { name } } } } inputFields { name } enumValues { name } } } }";

/// Lets them all loose.
pub async fn all(target: &Target, lasting: Duration) -> anyhow::Result<Vec<Flood>> {
    Ok(vec![
        documents(target, lasting).await?,
        allowed(target, lasting).await?,
        introspection(target, lasting).await?,
        forged(target, lasting).await?,
    ])
}

async fn documents(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let requests: Vec<Request> = costly()
        .iter()
        .map(|(_, document, _)| by_customer(target, document))
        .collect();
    let answers = [
        "200 QUERY_TOO_COMPLEX!",
        "200 QUERY_TOO_DEEP!",
        "200 GRAPHQL_VALIDATION_FAILED",
        "429 RATE_LIMITED",
    ];
    let what = "the costly documents above, by a customer";
    measured(
        target,
        what,
        &answers,
        asked(target, &requests, until(lasting)),
    )
    .await
}

/// As costly as documents may be: just below the limit.
async fn allowed(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let one = "connections(first: 8) { totalCount nodes { clientId messages(first: 8) { totalCount nodes { id } } } }";
    let document: Vec<String> = (0..2).map(|n| format!("a{n}: {one}")).collect();
    let requests = [by_customer(
        target,
        &format!("{{ {} }}", document.join(" ")),
    )];
    let what = "queries as costly as they may be, by a customer";
    let answers = ["200!", "429 RATE_LIMITED"];
    measured(
        target,
        what,
        &answers,
        asked(target, &requests, until(lasting)),
    )
    .await
}

async fn introspection(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let requests = [by_customer(target, TYPES)];
    let answers = ["200!", "429 RATE_LIMITED"];
    let what = "introspection, by a customer";
    measured(
        target,
        what,
        &answers,
        asked(target, &requests, until(lasting)),
    )
    .await
}

/// Forged credentials of every kind from ever new addresses; each token names a key that the issuer might have.
async fn forged(target: &Target, lasting: Duration) -> anyhow::Result<Flood> {
    let before = target.issuer.asked();
    let until = until(lasting);
    let attack = async {
        let workers = (0..WORKERS).map(|worker| forging(target, worker, until));
        Ok(join_all(workers).await.into_iter().collect())
    };
    let what = "forged tokens with made-up `kid`s, identities and keys, from ever new addresses";
    let answers = ["401 UNAUTHENTICATED!", "429 RATE_LIMITED"];
    let mut flood = measured(target, what, &answers, attack).await?;
    let fetches = target.issuer.asked() - before;
    if fetches > MOST_FETCHES {
        flood
            .problems
            .push(format!("the issuer was asked {fetches} times"));
    }
    let asked = format!("{what}; the issuer was asked {fetches} times");
    flood.what = asked;
    Ok(flood)
}

fn by_customer(target: &Target, document: &str) -> Request {
    Request::graphql(document, &Value::Null).with_all(&bearer(&target.token))
}

/// Asks these in turn on many connections.
async fn asked(target: &Target, requests: &[Request], until: Instant) -> anyhow::Result<Tally> {
    let workers = (0..WORKERS).map(|worker| async move {
        let mine = requests.iter().cycle().skip(worker % requests.len());
        asking(target, ATTACKER, mine, until).await
    });
    Ok(join_all(workers).await.into_iter().collect())
}

async fn forging(target: &Target, worker: usize, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let mut round = 0;
    while Instant::now() < until {
        let requests: Vec<Request> = (0..PER_ADDRESS)
            .map(|number| forgery(&format!("{worker}-{round}-{number}"), number))
            .collect();
        tally.add(asking(target, target.new_address(), requests.iter(), until).await);
        round += 1;
    }
    tally
}

fn forgery(id: &str, number: usize) -> Request {
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": id});
    let brought = match number % 4 {
        0 | 1 => bearer(unsigned(
            &header,
            &claims("attacker", OWN_ORG),
            &"A".repeat(86),
        )),
        2 => identity(OWN_ORG),
        _ => service("dispatcher", id, OWN_ORG),
    };
    Request::graphql("{ __typename }", &Value::Null).with_all(&brought)
}

async fn asking(
    target: &Target,
    from: IpAddr,
    requests: impl Iterator<Item = &Request>,
    until: Instant,
) -> Tally {
    let mut tally = Tally::default();
    let mut link = None;
    for request in requests {
        if Instant::now() >= until {
            break;
        }
        let mut open = match link.take() {
            Some(link) => link,
            None => match target.link(from).await {
                Ok(link) => link,
                Err(error) => {
                    tally.count(error.kind().to_string());
                    continue;
                }
            },
        };
        match open.ask(request).await {
            Ok(answer) => {
                tally.count(answer.outcome());
                link = Some(open);
            }
            Err(error) => tally.count(error.kind().to_string()),
        }
    }
    tally
}
