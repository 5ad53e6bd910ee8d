//! Two hundred devices at once.

use connector_testkit::{TestPlatform, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_devices_come_online_and_their_wills_take_them_offline() {
    const COUNT: usize = 200;
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let devices: Vec<_> = (0..COUNT)
        .map(|number| platform.device(&format!("device-{number}")).simulate())
        .collect();
    let stats = "{ connectionStats { total online offline } }";
    let all = |online: usize| json!({"total": COUNT, "online": online, "offline": COUNT - online});
    eventually(
        "all are online",
        || client.data(stats, json!({})),
        |data| data["connectionStats"] == all(COUNT),
    )
    .await;
    for (stop, _) in &devices {
        stop.abrupt.cancel();
    }
    eventually(
        "all are offline",
        || client.data(stats, json!({})),
        |data| data["connectionStats"] == all(0),
    )
    .await;
    let lost = client
        .data(
            "{ connections(first: 100) { nodes { stateReason } } }",
            json!({}),
        )
        .await;
    let nodes = lost["connections"]["nodes"].as_array().unwrap().clone();
    assert!(nodes.len() == 100 && nodes.iter().all(|node| node["stateReason"] == "LINK_LOST"));
    platform.stop().await;
}
