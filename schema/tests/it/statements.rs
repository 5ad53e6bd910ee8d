//! Relations are read in batches: what a page costs does not grow with it.

use serde_json::json;

use crate::world::{ORG, World, caller};

#[tokio::test]
async fn a_page_of_devices_with_their_latest_messages_takes_few_statements() {
    let world = World::new().await;
    for n in 0..100 {
        let id = format!("host-{n:03}");
        world.online(ORG, &id).await;
        world.arrives(&id, None).await;
    }
    let before = world.store.statements();
    let query = "{ connections(first: 100) { nodes { clientId
        messages(first: 1) { nodes { responseTo { id } transitions { state } } } } } }";
    let data = world.data(&caller(ORG), query).await;
    let taken = world.store.statements() - before;
    let nodes = data["connections"]["nodes"].as_array().expect("nodes");
    assert_eq!(nodes.len(), 100);
    let arrived = json!([{"responseTo": null, "transitions": [{"state": "RESPONDED"}]}]);
    assert!(
        nodes
            .iter()
            .all(|node| node["messages"]["nodes"] == arrived),
        "{data}"
    );
    assert!(taken <= 6, "{taken} statements");
}
