//! Identities count from where the settings say, and stand where they say.

use connector_testkit::Subscription;
use serde_json::json;

use super::knock::{identity_of, over_http, over_websocket, payload};
use super::world::{World, encoded, identity};

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_from_anywhere_else_is_refused_and_so_is_one_that_is_not_enabled() {
    for enabled in [true, false] {
        let world = World::start_with(|config| {
            config.auth.identity.enabled = enabled;
            config.auth.identity.peers = vec!["192.0.2.0/24".to_owned()];
        })
        .await;
        let base = world.platform.base();
        let mut brought = identity_of(identity("10000"));
        // What a header says of addresses is what anybody says.
        brought.push(("x-forwarded-for", "192.0.2.1".to_owned()));
        brought.push(("forwarded", "for=192.0.2.1".to_owned()));
        assert_eq!(over_http(&base, &brought).await.unwrap_err().0, 401);
        assert_eq!(over_websocket(&base, &brought).await.unwrap_err(), 4403);
        world.platform.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_is_no_place_for_an_identity_behind_a_gateway_that_does_not_look_into_it() {
    let world = World::start_with(|config| config.auth.identity.in_connection_init = false).await;
    let base = world.platform.base();
    let set_by_gateway = identity("10000");
    let headers = [("x-rh-identity", set_by_gateway.as_str())];
    let forged = payload(&identity_of(identity("20000")));

    let mut socket = Subscription::open_with(&base, &headers).await.unwrap();
    assert_eq!(socket.introduce(forged).await.unwrap_err().0, 4403);
    let mut socket = Subscription::open_with(&base, &headers).await.unwrap();
    assert_eq!(socket.introduce(json!({})).await, Ok(()));
    let query = "{ viewer { orgId } }";
    socket.subscribe("v", query, json!({})).await;
    assert_eq!(socket.event().await["viewer"]["orgId"], "10000");

    // The client's own header before the gateway's.
    let smuggled = identity("20000");
    let twice = [("x-rh-identity", smuggled.as_str()), headers[0]];
    let mut socket = Subscription::open_with(&base, &twice).await.unwrap();
    assert_eq!(socket.introduce(json!({})).await.unwrap_err().0, 4403);
    world.platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_may_what_the_settings_say_and_an_administrator_more() {
    use connector_domain::caller::Permission::{ConnectionRead, MessageRead, MessageSend};
    let world = World::start_with(|config| {
        config.auth.identity.permissions = vec![ConnectionRead, MessageRead];
        config.auth.identity.org_admin_permissions = vec![MessageSend];
    })
    .await;
    let base = world.platform.base();
    for (admin, expected) in [
        (false, json!(["CONNECTION_READ", "MESSAGE_READ"])),
        (
            true,
            json!(["CONNECTION_READ", "MESSAGE_READ", "MESSAGE_SEND"]),
        ),
    ] {
        let user = json!({"type": "User", "org_id": "10000", "user": {"username": "jdoe", "is_org_admin": admin}});
        let viewer = over_http(&base, &identity_of(encoded(&user)))
            .await
            .unwrap();
        assert_eq!(viewer["permissions"], expected);
        assert_eq!(
            (&viewer["name"], &viewer["orgId"]),
            (&json!("jdoe"), &json!("10000"))
        );
    }
    world.platform.stop().await;
}
