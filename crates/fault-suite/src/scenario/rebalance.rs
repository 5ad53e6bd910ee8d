//! The group of kafka consumers never comes to rest: a fourth comes and leaves in order, and one is killed and replaced.

use std::time::Duration;

use super::{BEFORE, Trial};
use crate::part::Part;
use crate::say::say;
use crate::scene::Scene;

const ROUNDS: usize = 4;
const EVERY: Duration = Duration::from_secs(4);

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    for round in 1..=ROUNDS {
        say(format!(
            "round {round} of {ROUNDS}: a fourth kafka consumer comes"
        ));
        let fourth = scene.stack.new_kafka_consumer();
        scene.watch(EVERY).await;
        say("it leaves");
        fourth.terminate().await;
        scene.watch(EVERY).await;
        if round % 2 == 0 {
            say("one of the three is killed and replaced");
            scene.kill(Part::KafkaConsumer).await;
            scene.start_part(Part::KafkaConsumer).await;
            scene.watch(EVERY).await;
        }
    }
    trial.recover(scene).await;
    Ok(())
}
