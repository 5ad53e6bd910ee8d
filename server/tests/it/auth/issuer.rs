//! The issuer's keys at a URL: rotation, and what happens when it is away.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use connector_domain::clock::System;
use connector_server::auth::{AuthError, Credentials, Peer, set_up};
use connector_server::config::load;
use connector_store_memory::MemoryStore;
use connector_testkit::eventually;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::knock::{bearer, over_http, until_let_in};
use super::world::{Issuer, IssuerKey, World, claims};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_fetched_when_a_token_names_it_and_not_for_every_made_up_one() {
    let world = World::start_with(|config| config.auth.jwks.refresh_seconds = 3600).await;
    let base = world.platform.base();
    let old = bearer(world.at_url.token(Some("at-url"), &claims()));
    until_let_in(&base, &old).await;

    let next = IssuerKey::ec();
    world
        .issuer
        .publish(&[world.at_url.jwk("at-url"), next.jwk("next")]);
    let new = bearer(next.token(Some("next"), &claims()));
    assert!(over_http(&base, &new).await.is_ok(), "fetched at once");
    assert!(
        over_http(&base, &old).await.is_ok(),
        "both count while both are there"
    );

    // The next fetch because of an unknown key has to wait.
    let third = IssuerKey::ec();
    world.issuer.publish(&[third.jwk("third")]);
    let token = bearer(third.token(Some("third"), &claims()));
    assert_eq!(over_http(&base, &token).await.unwrap_err().0, 401);
    assert!(over_http(&base, &new).await.is_ok());
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_says_nonsense_takes_no_key_away() {
    let world = World::start().await;
    let base = world.platform.base();
    let token = bearer(world.at_url.token(Some("at-url"), &claims()));
    until_let_in(&base, &token).await;
    for nonsense in ["", "null", r#"{"keys": []}"#, "<html>"] {
        world.issuer.say(nonsense);
        let quiet = Instant::now() + Duration::from_millis(1200);
        while Instant::now() < quiet {
            assert!(over_http(&base, &token).await.is_ok(), "{nonsense}");
        }
    }
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_is_away_at_start_is_waited_for_and_nobody_is_called_a_liar_meanwhile() {
    let key = IssuerKey::ec();
    let issuer = Issuer::with(&[]).await;
    let directory = tempfile::tempdir().unwrap();
    let mut config = load(directory.path(), None, std::iter::empty()).unwrap();
    config.auth.jwks.url = issuer.url.clone();
    config.auth.jwks.refresh_seconds = 1;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (authenticator, keeper) =
        set_up(&config, Arc::new(MemoryStore::new()), Arc::new(System)).unwrap();
    let mut keeping = JoinSet::new();
    keeping.spawn(keeper.run(CancellationToken::new()));

    let token = key.token(Some("only"), &claims());
    let credentials = Credentials::of_payload(&json!({"authorization": format!("Bearer {token}")}));
    let peer = Peer::from("127.0.0.1:1".parse::<SocketAddr>().unwrap());
    let attempt = || authenticator.authenticate(&credentials, peer);
    assert_eq!(attempt().await.err(), Some(AuthError::Unavailable));
    assert!(authenticator.is_waiting_for().is_some());
    issuer.publish(&[key.jwk("only")]);
    let admitted = || async { attempt().await.is_ok() };
    eventually("the keys are there", admitted, |admitted| *admitted).await;
    assert_eq!(authenticator.is_waiting_for(), None);
}
