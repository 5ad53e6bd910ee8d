//! Every statement that writes messages or history takes half a second longer.

use std::time::Duration;

use super::{BEFORE, Trial};
use crate::say::say;
use crate::scene::Scene;

const SLOW: Duration = Duration::from_secs(20);

pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    say(format!("the database is slow for {SLOW:?}"));
    let administrator = scene.administrator()?;
    administrator
        .run(&[
            "CREATE FUNCTION fault_suite_sleep() RETURNS trigger LANGUAGE plpgsql
             AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'",
            "CREATE TRIGGER fault_suite_slow AFTER INSERT ON messages
             FOR EACH STATEMENT EXECUTE FUNCTION fault_suite_sleep()",
            "CREATE TRIGGER fault_suite_slow AFTER INSERT ON connection_history
             FOR EACH STATEMENT EXECUTE FUNCTION fault_suite_sleep()",
        ])
        .await?;
    scene.watch(SLOW).await;
    say("the database is as quick as before");
    administrator
        .run(&["DROP FUNCTION fault_suite_sleep() CASCADE"])
        .await?;
    trial.recover(scene).await;
    Ok(())
}
