//! A device is blocked, is gone, cannot come back, and can once it is unblocked.

use std::time::Duration;

use connector_testkit::{Online, PATIENCE, TestPlatform, eventually};
use serde_json::json;

const BLOCK: &str = "mutation($id: ID!) { blockDevice(input: {clientId: $id, reason: \"stolen\"}) {
    duplicate block { blockedBy reason } errors { code } } }";
const UNBLOCK: &str =
    "mutation($id: ID!) { unblockDevice(input: {clientId: $id}) { duplicate errors { code } } }";
const SEND: &str = "mutation($id: ID!) { sendMessage(input: {clientId: $id, directive: \"echo\"}) {
    message { state } errors { __typename code } } }";

/// Tries until it is let in.
async fn comes_back(platform: &TestPlatform) -> Online {
    let trying = async {
        loop {
            if let Ok(device) = platform.device("host-1").connect_as("host-1").await {
                return device;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let back = tokio::time::timeout(PATIENCE, trying).await;
    back.expect("it is let in")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_device_is_disconnected_and_stays_out_until_it_is_unblocked() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let mut device = platform.device("host-1").connect().await;
    device.report_online("m-1").await;
    let seen = || client.connection("host-1");
    eventually("online", seen, |seen| seen["state"] == "ONLINE").await;

    let id = json!({"id": "host-1"});
    let blocked = client.data(BLOCK, id.clone()).await["blockDevice"].take();
    let block = json!({"blockedBy": "tester", "reason": "stolen"});
    assert_eq!(
        blocked,
        json!({"duplicate": false, "block": block, "errors": []})
    );
    assert!(device.is_cut_within(PATIENCE).await);
    // The broker's word that it is gone is the one thing heard from it.
    eventually("offline", seen, |seen| seen["state"] == "OFFLINE").await;
    let refused = platform.device("host-1").connect_as("host-1").await;
    assert!(refused.is_err(), "it may not come back");
    let sent = client.data(SEND, id.clone()).await["sendMessage"].take();
    let error = json!({"__typename": "DeviceBlockedError", "code": "CLIENT_BLOCKED"});
    assert_eq!(sent, json!({"message": null, "errors": [error]}));

    // The other devices notice nothing.
    let mut other = platform.device("host-2").connect().await;
    other.report_online("m-1").await;
    let seen_other = || client.connection("host-2");
    eventually("online", seen_other, |seen| seen["state"] == "ONLINE").await;

    client.data(UNBLOCK, id.clone()).await;
    let mut device = comes_back(&platform).await;
    device.report_online("m-2").await;
    eventually("back", seen, |seen| seen["state"] == "ONLINE").await;

    let trail = "{ auditEntries(first: 10) { nodes { operation outcome refusal reason } } }";
    let trail = client.data(trail, json!({})).await["auditEntries"]["nodes"].take();
    let expected = json!([
        {"operation": "UNBLOCK_DEVICE", "outcome": "ACCEPTED", "refusal": null, "reason": null},
        {"operation": "SEND_MESSAGE", "outcome": "REFUSED", "refusal": "CLIENT_BLOCKED", "reason": null},
        {"operation": "BLOCK_DEVICE", "outcome": "ACCEPTED", "refusal": null, "reason": "stolen"},
    ]);
    assert_eq!(trail, expected);
    platform.stop().await;
}
