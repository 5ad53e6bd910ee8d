//! Coming to rest, so that there is one truth to compare with.

use std::time::Duration;

use connector_load::Kind;
use tokio::time::{Instant, sleep};

use super::{Baseline, LOOK, Scene};
use crate::checker::{BrokerCrash, Evidence, judge_states};
use crate::evidence::Unfinished;

/// How long the fleet may take to come to rest.
const FLEET: Duration = Duration::from_mins(1);
/// How long the platform may take after it, as long as something arrives.
const PLATFORM: Duration = Duration::from_mins(3);
/// How long nothing may arrive.
const STILL: Duration = Duration::from_secs(20);

impl Scene {
    /// Lets nobody say anything new, and waits until everything said is acknowledged and has arrived. What does not
    /// arrive is left to the judge; an error says what did not come to rest.
    pub async fn settle(
        &mut self,
        baseline: &Baseline,
        crash: Option<BrokerCrash>,
    ) -> Result<(), String> {
        self.churn.run(false);
        self.post.run(false);
        self.post.until_answered().await;
        self.fleet.speak(false);
        let deadline = Instant::now() + FLEET;
        while !self.fleet.unsettled().is_empty() {
            if Instant::now() > deadline {
                let unsettled = self.fleet.unsettled();
                let first = unsettled.first().map_or("", |member| member.client_id());
                return Err(format!(
                    "{} devices do not come to rest, {first} first",
                    unsettled.len()
                ));
            }
            self.tend().await;
            sleep(LOOK).await;
        }
        self.until_arrived(baseline, crash).await
    }

    async fn until_arrived(
        &mut self,
        baseline: &Baseline,
        crash: Option<BrokerCrash>,
    ) -> Result<(), String> {
        let deadline = Instant::now() + PLATFORM;
        let (mut rows, mut moved) = (0, Instant::now());
        loop {
            let Err(left) = self.left(baseline, crash).await else {
                return Ok(());
            };
            let stored = self.database.count(baseline.since).await.unwrap_or(rows);
            if stored != rows {
                (rows, moved) = (stored, Instant::now());
            }
            if Instant::now() > deadline || moved.elapsed() > STILL {
                return Err(format!("at rest, {left}"));
            }
            self.tend().await;
            sleep(LOOK).await;
        }
    }

    /// What has not arrived yet.
    async fn left(&self, baseline: &Baseline, crash: Option<BrokerCrash>) -> Result<(), String> {
        let away = |error: sqlx::Error| error.to_string();
        let (client_ids, wire_ids) = self.last_data(baseline, crash);
        let stored = self.database.stored_of(&client_ids, &wire_ids).await;
        let missing = client_ids.len() - stored.map_err(away)?.len();
        if missing > 0 {
            return Err(format!(
                "the last message of {missing} devices is not stored"
            ));
        }
        let states = Evidence {
            devices: self.accounts(baseline),
            connections: self
                .database
                .connections(&self.suffix)
                .await
                .map_err(away)?,
            broker_crash: crash,
            ..Evidence::default()
        };
        let wrong = judge_states(&states);
        if let Some(first) = wrong.first() {
            return Err(format!("{} states are not right: {first}", wrong.len()));
        }
        let unfinished = self.database.unfinished().await.map_err(away)?;
        if unfinished != Unfinished::default() {
            return Err(format!("not everything is told: {unfinished:?}"));
        }
        Ok(())
    }

    /// The last data message of each device that the platform must have.
    fn last_data(
        &self,
        baseline: &Baseline,
        crash: Option<BrokerCrash>,
    ) -> (Vec<String>, Vec<String>) {
        let accounts = self.accounts(baseline);
        let last = accounts.iter().filter_map(|account| {
            let data = account.said().filter(|(_, said)| said.kind == Kind::Data);
            let acknowledged =
                data.filter_map(|(number, said)| Some((number, said.acknowledged_at()?)));
            let (number, at) = acknowledged.last()?;
            let may_be_lost = crash.is_some_and(|crash| crash.may_have_lost(at));
            (!may_be_lost).then(|| (account.client_id.clone(), format!("d-{number}")))
        });
        last.unzip()
    }
}
