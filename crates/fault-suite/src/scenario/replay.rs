//! The kafka consumers begin again at the start of both ingress topics: no row changes.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, sleep};

use super::{BEFORE, Trial};
use crate::evidence::difference;
use crate::say::say;
use crate::scene::{LOOK, Scene};

/// How long devices that come back speak before everything falls silent.
const RETURN: Duration = Duration::from_secs(2);
/// How long reading everything again may take.
const PATIENCE: Duration = Duration::from_mins(3);

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    // What is said right after a device came back is read with that in one go, this time.
    scene.come_back();
    scene.watch(RETURN).await;
    trial.settle(scene).await;
    let before = scene.database.dump().await?;
    let group = format!("replay-{}", scene.suffix);
    say(format!(
        "reading everything again, as group {group}; {} rows are stored",
        before.len()
    ));
    scene.read_as(&group).await;
    let took = until_read(scene, &group).await?;
    say(format!("read again in {took:?}"));
    let (count, words) = difference(&before, &scene.database.dump().await?);
    if count > 0 {
        trial.problems.push(format!("{count} rows have changed"));
        trial.problems.extend(words);
    }
    scene.resume();
    trial.recover(scene).await;
    Ok(())
}

async fn until_read(scene: &mut Scene, group: &str) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let reading = async {
        while !scene.log.is_read_by(group).await.unwrap_or(false) {
            scene.tend().await;
            sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .with_context(|| format!("the topics are not read within {PATIENCE:?}"))?;
    Ok(started.elapsed())
}
