//! The database answers and refuses to write, as a standby does after a failover.

use std::time::Duration;

use super::{BEFORE, Trial};
use crate::say::say;
use crate::scene::Scene;

const REFUSING: Duration = Duration::from_secs(20);

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    say(format!("the database refuses writes for {REFUSING:?}"));
    let administrator = scene.administrator()?;
    administrator
        .run(&[
            "ALTER SYSTEM SET default_transaction_read_only = on",
            "SELECT pg_reload_conf()",
        ])
        .await?;
    scene.watch(REFUSING).await;
    say("the database takes writes again");
    administrator
        .run(&[
            "ALTER SYSTEM RESET default_transaction_read_only",
            "SELECT pg_reload_conf()",
        ])
        .await?;
    trial.recover(scene).await;
    Ok(())
}
