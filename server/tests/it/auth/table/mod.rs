//! Every kind of credential, good and bad in every way, at the door of HTTP and at that of WebSocket.

mod forgery;
mod identities;
mod issuers;
mod mixtures;
mod services;
mod tokens;

use super::knock::{Brought, over_http, over_websocket};
use super::world::World;

struct Case {
    what: &'static str,
    brought: Brought,
    /// The method of authentication of who is let in.
    expected: Option<&'static str>,
}

fn good(what: &'static str, brought: Brought, method: &'static str) -> Case {
    Case {
        what,
        brought,
        expected: Some(method),
    }
}

fn bad(what: &'static str, brought: Brought) -> Case {
    Case {
        what,
        brought,
        expected: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_let_in_only_as_it_should_be_and_refusals_all_look_alike() {
    let world = World::start_with(|config| {
        config.limits.max_failed_authentications_per_minute = 0;
        config.auth.clock_leeway_seconds = 30;
    })
    .await;
    let mut cases = tokens::cases(&world);
    cases.extend(forgery::cases(&world));
    cases.extend(issuers::cases(&world));
    cases.extend(identities::cases());
    cases.extend(services::cases(&world).await);
    cases.extend(mixtures::cases(&world));
    let base = world.platform.base();
    let mut refusals = Vec::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let http = over_http(&base, &case.brought).await;
        let websocket = over_websocket(&base, &case.brought).await;
        let seen = (
            http.as_ref()
                .ok()
                .and_then(|viewer| viewer["authMethod"].as_str()),
            websocket
                .as_ref()
                .ok()
                .and_then(|viewer| viewer["authMethod"].as_str()),
        );
        if seen != (case.expected, case.expected) {
            wrong.push((case.what, http.clone(), websocket.clone()));
        }
        if let Err((status, mut body)) = http {
            body["errors"][0]["extensions"]["requestId"].take();
            refusals.push((status, body, websocket.err()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        cases.len()
    );
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
    let (status, body, close) = &refusals[0];
    assert_eq!((*status, *close), (401, Some(4403)));
    assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    println!("{} credentials at two doors", cases.len());
    world.platform.stop().await;
}
