//! `kill -9`, 5 s without, and started again as an init system does.

use std::time::Duration;

use super::{BEFORE, Trial};
use crate::checker::BrokerCrash;
use crate::part::Part;
use crate::say::say;
use crate::scene::Scene;

const WITHOUT: Duration = Duration::from_secs(5);

pub async fn run(scene: &mut Scene, trial: &mut Trial, part: Part) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    if part == Part::Mosquitto {
        // Before its first save it would forget the consumer's session, and keep nothing for it.
        scene.until_broker_has_saved().await?;
    }
    say(format!("kill -9 of {part}"));
    scene.kill(part).await;
    scene.watch(WITHOUT).await;
    say(format!("starting {part} again"));
    scene.start_part(part).await;
    if part == Part::Mosquitto {
        let back = scene.fleet.elapsed();
        trial.broker_crash = Some(BrokerCrash { back });
    }
    trial.recover(scene).await;
    Ok(())
}
