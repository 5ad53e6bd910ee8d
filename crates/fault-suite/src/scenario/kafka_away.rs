//! Kafka is shut down in order, stays away for 60 s, and comes back.

use std::time::Duration;

use super::{BEFORE, Trial};
use crate::part::Part;
use crate::say::say;
use crate::scene::Scene;

const AWAY: Duration = Duration::from_mins(1);

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    say(format!("shutting Kafka down for {AWAY:?}"));
    scene.stop_part(Part::Kafka).await;
    scene.watch(AWAY).await;
    say("starting Kafka again");
    scene.start_part(Part::Kafka).await;
    trial.recover(scene).await;
    Ok(())
}
