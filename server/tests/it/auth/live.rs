//! What is open ends with the credentials that opened it: at their expiry, and seconds after they are revoked.

use std::fs;
use std::time::Duration;

use connector_domain::caller::Permission;
use serde_json::json;

use super::knock::{Brought, EventStream, WATCH, bearer, over_http, service, socket, until_let_in};
use super::world::{World, claims, claims_with, seconds_from_now};

/// A socket and a stream of one caller, both with a subscription.
struct Open {
    socket: connector_testkit::Subscription,
    stream: EventStream,
}

impl Open {
    async fn with(base: &str, brought: &Brought) -> Self {
        until_let_in(base, brought).await;
        let mut socket = socket(base, brought).await.unwrap();
        socket.subscribe("1", WATCH, json!({})).await;
        let stream = EventStream::open(base, brought).await.unwrap();
        Self { socket, stream }
    }

    async fn ends(mut self) {
        assert_eq!(self.socket.closed().await, (4403, "Forbidden".to_owned()));
        let seen = self.stream.end().await;
        assert_eq!(seen.matches("UNAUTHENTICATED").count(), 1, "{seen}");
        assert!(seen.contains("\n\nevent: complete\ndata: \n"), "{seen:?}");
    }

    async fn stays(&mut self) {
        assert!(self.stream.is_open_for(Duration::from_millis(200)).await);
        self.socket.send(json!({"type": "ping"})).await;
        assert_eq!(self.socket.receive().await["type"], "pong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn expiry_ends_sockets_and_streams() {
    let world = World::start_with(|config| config.auth.clock_leeway_seconds = 0).await;
    let base = world.platform.base();
    let soon = claims_with("exp", json!(seconds_from_now(3)));
    let token = bearer(world.own.token(None, &soon));
    Open::with(&base, &token).await.ends().await;
    assert_eq!(over_http(&base, &token).await.unwrap_err().0, 401);
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_or_changed_key_of_a_service_ends_what_it_opened_and_nothing_else() {
    let world = World::start().await;
    let base = world.platform.base();
    let read = [Permission::ConnectionRead];
    let key = world.services.add("dispatcher", &["10000"], &read, false);
    let other = world.services.add("remediations", &["10000"], &read, false);
    let opened = Open::with(&base, &service("dispatcher", &key, Some("10000"))).await;
    let mut others = Open::with(&base, &service("remediations", &other, Some("10000"))).await;
    world.services.remove("dispatcher");
    opened.ends().await;
    let again = service("dispatcher", &key, Some("10000"));
    assert_eq!(over_http(&base, &again).await.unwrap_err().0, 401);
    others.stays().await;

    // A key that may less from now on is another key.
    let path = world.services.path();
    let changed = fs::read_to_string(&path)
        .unwrap()
        .replace("CONNECTION_READ", "MESSAGE_READ");
    fs::write(&path, changed).unwrap();
    others.ends().await;
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_key_of_an_issuer_ends_what_its_tokens_opened() {
    let world = World::start().await;
    let base = world.platform.base();
    let of_file = bearer(world.in_file.token(Some("in-file"), &claims()));
    let of_url = bearer(world.at_url.token(Some("at-url"), &claims()));
    let from_file = Open::with(&base, &of_file).await;
    let from_url = Open::with(&base, &of_url).await;
    let mut own = Open::with(&base, &bearer(world.token())).await;

    let replaced = json!({"keys": [super::world::IssuerKey::ec().jwk("new")]});
    fs::write(&world.file, replaced.to_string()).unwrap();
    from_file.ends().await;
    world
        .issuer
        .publish(&[super::world::IssuerKey::ec().jwk("new")]);
    from_url.ends().await;
    for gone in [of_file, of_url] {
        assert_eq!(over_http(&base, &gone).await.unwrap_err().0, 401);
    }
    own.stays().await;
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read_change_nothing() {
    let world = World::start().await;
    let base = world.platform.base();
    let read = [Permission::ConnectionRead];
    let key = world.services.add("dispatcher", &["10000"], &read, false);
    let mut service = Open::with(&base, &service("dispatcher", &key, Some("10000"))).await;
    let of_file = bearer(world.in_file.token(Some("in-file"), &claims()));
    let mut issuer = Open::with(&base, &of_file).await;
    fs::write(world.services.path(), "not a line of a key file\n").unwrap();
    fs::remove_file(&world.file).unwrap();
    // Longer than a look at the files takes to come.
    assert!(service.stream.is_open_for(Duration::from_secs(3)).await);
    service.stays().await;
    issuer.stays().await;
    assert!(over_http(&base, &of_file).await.is_ok());
    world.platform.stop().await;
}
