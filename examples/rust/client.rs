//! Lists devices, sends one of them a message and waits for its answer, then watches the fleet until something changes.
//! Subscriptions are server-sent events. Needs tokio, reqwest (json), `serde_json` and anyhow.
//!
//!   export CLOUD_CONNECTOR_TOKEN=$(cloud-connector token --org 10000)
//!   cargo run -p connector-server --example client -- device

use anyhow::bail;
use reqwest::{Client, Response};
use serde_json::{Value, json};

const ONLINE: &str =
    "{ connections(first: 20, filter: { state: [ONLINE] }) { nodes { clientId } } }";
const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    message { messageId } errors { code message } } }";
const STEPS: &str = "subscription($id: UUID!, $after: String) {
    messageStateChanged(filter: { messageIds: [$id] }, after: $after) {
        state message { responses(first: 1) { nodes { content } } } } }";
const CHANGES: &str = "subscription($after: String) {
    connectionChanged(after: $after) { clientId state reason } }";

async fn post(accept: &str, query: &str, variables: Value) -> anyhow::Result<Response> {
    let url = std::env::var("CLOUD_CONNECTOR_URL");
    let url = url.unwrap_or_else(|_| "http://127.0.0.1:8080/graphql".to_owned());
    let request = Client::new().post(url).header("accept", accept);
    let request = request.bearer_auth(std::env::var("CLOUD_CONNECTOR_TOKEN")?);
    let body = json!({"query": query, "variables": variables});
    Ok(request.json(&body).send().await?)
}

fn data_of(json: &[u8]) -> anyhow::Result<Value> {
    let mut answer: Value = serde_json::from_slice(json)?;
    if let Some(error) = answer["errors"].get(0) {
        bail!("{}: {}", error["extensions"]["code"], error["message"]);
    }
    Ok(answer["data"].take())
}

async fn execute(query: &str, variables: Value) -> anyhow::Result<Value> {
    let response = post("application/json", query, variables).await?;
    data_of(&response.bytes().await?)
}

/// Prints every event of a subscription, until one is the last.
async fn watch(query: &str, variables: Value, last: fn(&Value) -> bool) -> anyhow::Result<()> {
    let mut response = post("text/event-stream", query, variables).await?;
    let mut text = Vec::new();
    while let Some(bytes) = response.chunk().await? {
        text.extend_from_slice(&bytes);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            // Comments keep the connection alive, and the event `complete` has no data.
            let json = line.strip_prefix(b"data:").unwrap_or_default().trim_ascii();
            if !json.is_empty() {
                let data = data_of(json)?;
                println!("{data}");
                if last(&data) {
                    return Ok(());
                }
            }
        }
    }
    bail!("the server ended the stream")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let device = std::env::args().nth(1).unwrap_or_else(|| "device".into());
    println!("online: {}", execute(ONLINE, json!({})).await?);

    // Taken before the message is sent, so that no step of it is missed.
    let after = execute("{ changesCursor }", json!({})).await?["changesCursor"].take();
    let input = json!({"clientId": device, "directive": "echo", "content": {"hello": "world"}});
    let sent = execute(SEND, json!({"input": input})).await?["sendMessage"].take();
    if let Some(error) = sent["errors"].get(0) {
        bail!("{}: {}", error["code"], error["message"]);
    }
    let one = json!({"id": sent["message"]["messageId"], "after": after});
    let answered = |data: &Value| data["messageStateChanged"]["state"] == "RESPONDED";
    watch(STEPS, one, answered).await?;

    println!("watching: start or stop a device");
    watch(CHANGES, json!({"after": after}), |_| true).await
}
