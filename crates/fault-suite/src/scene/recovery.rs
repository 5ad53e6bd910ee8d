//! How long it takes until everything is as it should be again.

use std::collections::BTreeMap;
use std::time::Duration;

use connector_load::{Kind, Wish};
use tokio::time::{Instant, sleep};

use super::churn::is_restless;
use super::{LOOK, Scene};

/// Longest recovery that is waited for.
const PATIENCE: Duration = Duration::from_secs(150);

impl Scene {
    /// Waits until every role is ready, and what each device has said after this call is in the database: a device's
    /// messages are stored in their order, so all that waited before it is there as well. How long that took, or what is
    /// still missing.
    pub async fn recovery(&mut self) -> Result<Duration, String> {
        let started = Instant::now();
        let mut waiting = self.said_so_far();
        loop {
            self.tend().await;
            self.forget_stored(&mut waiting).await;
            if waiting.is_empty() && self.is_ready().await {
                return Ok(started.elapsed());
            }
            if started.elapsed() > PATIENCE {
                return Err(self.missing(&waiting).await);
            }
            sleep(LOOK).await;
        }
    }

    /// How much each device has said that means to stay.
    fn said_so_far(&self) -> BTreeMap<usize, u32> {
        let members = self.fleet.members().iter().enumerate();
        members
            .filter(|(index, _)| !is_restless(*index) && self.fleet.wished(*index) == Wish::Present)
            .map(|(index, member)| (index, member.memory().count()))
            .collect()
    }

    /// Takes out the devices of which something said since is stored.
    async fn forget_stored(&self, waiting: &mut BTreeMap<usize, u32>) {
        let mut asked = BTreeMap::new();
        for (&index, &before) in &*waiting {
            let member = &self.fleet.members()[index];
            let memory = member.memory();
            let since = (1..).zip(memory.said()).skip(before as usize);
            let first = since
                .into_iter()
                .find(|(_, said)| said.kind == Kind::Data && said.acknowledged_at().is_some());
            if let Some((number, _)) = first {
                asked.insert(
                    member.client_id().to_owned(),
                    (index, format!("d-{number}")),
                );
            }
        }
        if asked.is_empty() {
            return;
        }
        let client_ids: Vec<String> = asked.keys().cloned().collect();
        let wire_ids: Vec<String> = asked.values().map(|(_, wire_id)| wire_id.clone()).collect();
        // While the database is away, nothing is known.
        let stored = self.database.stored_of(&client_ids, &wire_ids).await;
        for client_id in stored.unwrap_or_default() {
            if let Some((index, _)) = asked.get(&client_id) {
                waiting.remove(index);
            }
        }
    }

    async fn missing(&self, waiting: &BTreeMap<usize, u32>) -> String {
        let members = waiting
            .keys()
            .map(|index| self.fleet.members()[*index].client_id());
        let first: Vec<_> = members.take(3).collect();
        let mut unready = Vec::new();
        for role in self.roles() {
            let report = role.readiness().await;
            if report["ready"] != true {
                unready.push(format!("{}: {report}", role.name()));
            }
        }
        format!(
            "after {PATIENCE:?}: {} devices are not stored up to date ({}); not ready: {}",
            waiting.len(),
            first.join(", "),
            unready.join("; ")
        )
    }
}
