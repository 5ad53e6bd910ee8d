//! The mqtt consumer that holds the lease is stopped for longer than the lease lasts, a standby takes over, and the
//! former holder runs again with what it had in its hands: that changes and inverts nothing.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, sleep};

use super::{BEFORE, Trial};
use crate::part::Part;
use crate::say::say;
use crate::scene::{LOOK, Scene};

/// How long a takeover may take.
const TAKEOVER: Duration = Duration::from_secs(15);
/// Load with the new holder before the former one goes on.
const WITHOUT: Duration = Duration::from_secs(4);
/// Load with both; longer than a former holder rests before it stands by.
const BOTH: Duration = Duration::from_secs(13);

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    say("starting a second mqtt consumer, which stands by");
    let standby = scene.stack.new_mqtt_consumer();
    scene.standby = Some(standby);
    scene.until_ready().await?;
    scene.watch(BEFORE).await;
    say("stopping the holder where it is");
    scene.pause(Part::MqttConsumer).await;
    let took = takeover(scene).await?;
    say(format!("the standby has taken over after {took:?}"));
    if took > TAKEOVER {
        trial.problems.push(format!("the takeover took {took:?}"));
    }
    scene.watch(WITHOUT).await;
    say("the former holder runs again");
    scene.unpause(Part::MqttConsumer).await;
    scene.watch(BOTH).await;
    trial.recover(scene).await;
    retire_former(scene, trial).await
}

async fn takeover(scene: &mut Scene) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let taking = async {
        loop {
            if let Some(standby) = &scene.standby {
                let report = standby.readiness().await;
                if report["ready"] == true && report["parts"]["mqtt"]["note"] == "holder" {
                    return;
                }
            }
            sleep(LOOK).await;
        }
    };
    tokio::time::timeout(TAKEOVER * 3, taking)
        .await
        .context("nobody has taken over")?;
    Ok(started.elapsed())
}

/// The former holder stands by now; it leaves, and the new one takes its place in the scene.
async fn retire_former(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    let holder = scene.standby.take().context("there is a standby")?;
    let former = std::mem::replace(&mut scene.stack.mqtt_consumer, holder);
    let report = former.readiness().await;
    if report["parts"]["mqtt"]["note"] != "standby" {
        trial
            .problems
            .push(format!("the former holder does not stand by: {report}"));
    }
    former.terminate().await;
    Ok(())
}
