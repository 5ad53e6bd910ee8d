//! `SIGSTOP`, 30 s of silence, `SIGCONT`.

use std::time::Duration;

use super::{BEFORE, Trial};
use crate::part::Part;
use crate::say::say;
use crate::scene::Scene;

const SILENCE: Duration = Duration::from_secs(30);

pub async fn run(scene: &mut Scene, trial: &mut Trial, part: Part) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    say(format!("stopping {part} where it is, for {SILENCE:?}"));
    scene.pause(part).await;
    scene.watch(SILENCE).await;
    say(format!("{part} goes on"));
    scene.unpause(part).await;
    trial.recover(scene).await;
    Ok(())
}
