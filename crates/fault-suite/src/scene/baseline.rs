//! Where a scenario begins, and what is known when it has ended.

use connector_domain::clock::{Clock as _, System};
use connector_domain::stamp::Stamp;
use uuid::Uuid;

use super::Scene;
use crate::checker::{Account, BrokerCrash, Evidence};
use crate::evidence::Marks;

/// Where a scenario begins: what is before it was judged before.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// How many numbers each device had used.
    numbers: Vec<u32>,
    /// The ends of the topics.
    pub marks: Marks,
    /// The time.
    pub since: Stamp,
    /// How many messages had been sent to devices.
    letters: usize,
}

impl Scene {
    /// Where things stand now.
    pub async fn baseline(&self) -> anyhow::Result<Baseline> {
        let members = self.fleet.members().iter();
        Ok(Baseline {
            numbers: members.map(|member| member.memory().count()).collect(),
            marks: self.log.marks().await?,
            since: System.now(),
            letters: self.post.count(),
        })
    }

    /// What the devices know since.
    pub fn accounts(&self, baseline: &Baseline) -> Vec<Account> {
        let members = self.fleet.members().iter().zip(&baseline.numbers);
        members
            .map(|(member, numbers)| Account {
                client_id: member.client_id().to_owned(),
                first: numbers + 1,
                memory: member.memory().clone(),
            })
            .collect()
    }

    /// Everything that is known since.
    pub async fn evidence(
        &self,
        baseline: &Baseline,
        broker_crash: Option<BrokerCrash>,
    ) -> anyhow::Result<Evidence> {
        let records = self
            .log
            .since(baseline.marks.clone(), self.suffix.clone())
            .await?;
        let mut letters = self.post.letters(baseline.letters);
        let ids: Vec<Uuid> = letters
            .iter()
            .filter_map(|letter| letter.message_id.parse().ok())
            .collect();
        let stored = self.database.letters(&ids).await?;
        for letter in &mut letters {
            let id = letter.message_id.parse().unwrap_or_default();
            letter.stored = stored.get(&id).cloned();
        }
        Ok(Evidence {
            devices: self.accounts(baseline),
            log: records.ingress,
            rows: self.database.rows(baseline.since, &self.suffix).await?,
            connections: self.database.connections(&self.suffix).await?,
            changes: records.changes,
            letters,
            broker_crash,
        })
    }
}
