//! What the fleet remembers is what the platform shows.

use connector_load::{Fleet, Kind, Truth, Wish};
use connector_testkit::{Client, TestPlatform, eventually};
use serde_json::{Value, json};

use crate::{certificates, options, say, until_settled};

const DEVICE: &str =
    "query($id: ID!) { connection(clientId: $id) { state stateReason tags { value }
    messages(first: 1, filter: {direction: FROM_DEVICE}) { totalCount } } }";
const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { messageId state } } }";

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_comes_to_show_what_the_fleet_remembers() {
    let platform = TestPlatform::start().await;
    let client = platform.client();
    let fleet = Fleet::start(options(&platform, 200.0), certificates(&platform, 6));
    until_settled(&fleet).await;
    let sent = send_to_first(&client, &fleet).await;
    say(&fleet, 100).await;
    fleet.wish(1, Wish::Gone);
    fleet.wish(2, Wish::Vanished);
    until_settled(&fleet).await;

    for member in fleet.members() {
        let memory = member.memory().clone();
        let of_kind = |kind| {
            memory
                .said()
                .iter()
                .filter(move |said| said.kind == kind)
                .count()
        };
        let state = match memory.truth {
            Truth::Online => json!("REPORTED ONLINE"),
            Truth::Gone => json!("REPORTED OFFLINE"),
            Truth::Vanished => json!("LINK_LOST OFFLINE"),
            Truth::Unsettled => panic!("settled"),
        };
        let expected = json!([state, of_kind(Kind::Data)]);
        let look = || async {
            let found = client.data(DEVICE, json!({"id": member.client_id()})).await;
            let found = &found["connection"];
            let words =
                ["stateReason", "state"].map(|field| found[field].as_str().unwrap_or_default());
            json!([words.join(" "), found["messages"]["totalCount"]])
        };
        eventually(member.client_id(), look, |found: &Value| *found == expected).await;
        assert!(of_kind(Kind::Status) > 0);
    }
    let first = fleet.members()[0].memory().clone();
    assert!(
        first.received[&sent].answer.is_some(),
        "{:?}",
        first.received
    );
    assert!(fleet.latencies().take().count >= 100);
    fleet.stop().await;
    platform.stop().await;
}

async fn send_to_first(client: &Client, fleet: &Fleet) -> String {
    let id = fleet.members()[0].client_id();
    eventually(
        "the platform shows the device",
        || client.connection(id),
        |found| found["state"] == "ONLINE",
    )
    .await;
    let input = json!({"clientId": id, "directive": "echo", "content": {"n": 1}});
    let sent = client.data(SEND, json!({"input": input})).await["sendMessage"]["message"].take();
    assert_eq!(sent["state"], "PUBLISHED", "{sent}");
    let id = sent["messageId"].as_str().expect("an id").to_owned();
    let received = || async { fleet.members()[0].memory().received.contains_key(&id) };
    eventually("the message came", received, |came| *came).await;
    id
}
