//! `cloud-connector rebuild` fills an empty database: the same states, facts and versions as in the one that lived.

use super::{BEFORE, Trial};
use crate::evidence::Database;
use crate::say::say;
use crate::scene::Scene;

/// With everything that Kafka has.
pub async fn run(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    trial.settle(scene).await;
    rebuild(scene, trial, "_rebuilt").await
}

/// With the older part of both ingress topics gone.
pub async fn run_after_retention(scene: &mut Scene, trial: &mut Trial) -> anyhow::Result<()> {
    scene.watch(BEFORE).await;
    trial.settle(scene).await;
    say("removing ingress older than this scenario");
    scene.log.forget_before(&trial.baseline.marks).await?;
    rebuild(scene, trial, "_rebuilt_after_retention").await
}

async fn rebuild(scene: &mut Scene, trial: &mut Trial, name: &str) -> anyhow::Result<()> {
    say("rebuilding an empty database");
    let empty = scene.stack.empty_database(name).await;
    let url = empty.owner();
    scene.stack.run_on(&url, &["rebuild"]).await;
    let rebuilt = Database::at(&url)?.facts(&scene.suffix).await?;
    let lived = scene.database.facts(&scene.suffix).await?;
    say(format!("comparing {} connections", lived.len()));
    let keys = lived.keys().chain(rebuilt.keys());
    let differing: std::collections::BTreeSet<_> = keys
        .filter(|client_id| lived.get(*client_id) != rebuilt.get(*client_id))
        .collect();
    for client_id in &differing {
        let text = |of: &std::collections::BTreeMap<String, String>| {
            of.get(*client_id).cloned().unwrap_or("nothing".to_owned())
        };
        let problem = format!(
            "{client_id}: was {} and is rebuilt as {}",
            text(&lived),
            text(&rebuilt)
        );
        trial.problems.push(problem);
    }
    Ok(())
}
