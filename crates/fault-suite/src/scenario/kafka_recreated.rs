//! Kafka loses everything and comes back empty, with the database as it was: no row changes, and everything goes on.

use super::{AFTER, BEFORE, Trial};
use crate::evidence::difference;
use crate::say::say;
use crate::scene::Scene;

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    trial.settle(scene).await;
    trial.judge(scene).await?;
    let before = scene.database.dump().await?;
    say("removing Kafka with all its records, and making it anew");
    scene.recreate_kafka().await;
    scene.until_ready().await?;
    scene.watch(AFTER).await;
    let (count, words) = difference(&before, &scene.database.dump().await?);
    if count > 0 {
        trial.problems.push(format!("{count} rows have changed"));
        trial.problems.extend(words);
    }
    // The new one's offsets begin anew.
    trial.baseline = scene.baseline().await?;
    scene.resume();
    trial.recover(scene).await;
    if !scene.is_heard().await {
        let problem = "a subscriber hears of no change".to_owned();
        trial.problems.push(problem);
    }
    Ok(())
}
