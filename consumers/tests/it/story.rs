//! What a small fleet may say, in every order that it can be said and heard in.

use std::time::Duration;

use connector_domain::clock::Clock as _;
use connector_domain::stamp::Stamp;
use connector_domain::wire::Channel;
use serde_json::{Value, json};

use crate::fake::{Stage, control, data, online};

const HOSTS: u64 = 5;

/// Chance, the same for the same seed (xorshift).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// Tells it in chapters, each of some batches; the time at which each chapter begins.
pub async fn tell(stage: &mut Stage, seed: u64, chapters: usize) -> Vec<Stamp> {
    let mut chance = Chance::new(seed);
    let mut begins = Vec::new();
    for _ in 0..chapters {
        stage.clock.advance(Duration::from_mins(chance.below(3)));
        stage.clock.advance(Duration::from_millis(1));
        begins.push(stage.clock.now());
        for _ in 0..=chance.below(3) {
            for _ in 0..chance.below(12) {
                say(stage, &mut chance).await;
            }
            stage.play().await;
        }
    }
    begins
}

async fn say(stage: &mut Stage, chance: &mut Chance) {
    let host = format!("host-{}", chance.below(HOSTS));
    let id = format!("m-{}", stage.clock.now().as_nanos());
    let name = format!("agent-{}", chance.below(3));
    match chance.below(12) {
        0..3 => control(stage, &host, online(&id, &name)).await,
        3 => {
            // Delivered twice.
            let message = online(&id, &name);
            control(stage, &host, message.clone()).await;
            control(stage, &host, message).await;
        }
        4 => control(stage, &host, offline(&json!({"fqdn": "here"}))).await,
        5 => control(stage, &host, offline(&Value::Null)).await,
        6 | 7 => late_will(stage, &host, chance).await,
        8 => control(stage, &host, json!({"type": "event", "content": "pong"})).await,
        9 => data(stage, &host, json!({"type": "data", "content": 1})).await,
        10 => stage.says(&host, Channel::Data, "").await,
        _ => stage.says(&host, Channel::Control, "{damaged").await,
    }
}

/// The will of a former link, received before the device's first words and consumed before or after them.
async fn late_will(stage: &mut Stage, host: &str, chance: &mut Chance) {
    stage.clock.advance(Duration::from_millis(1));
    let will_at = stage.clock.now();
    stage.says(host, Channel::Data, "").await;
    if chance.below(2) == 0 {
        stage.play().await;
    }
    let will = offline(&Value::Null).to_string();
    stage.said(host, Channel::Control, will_at, will).await;
    if chance.below(2) == 0 {
        control(stage, host, json!({"type": "event", "content": "pong"})).await;
    }
}

fn offline(facts: &Value) -> Value {
    json!({
        "type": "connection-status", "message_id": "will", "version": 1, "sent": "2026-11-24T10:00:00Z",
        "content": {"state": "offline", "canonical_facts": facts},
    })
}
