//! A right that one process holds: membership of a group on a topic with one partition. Whoever is assigned the
//! partition holds it.
//!
//! Promises: of all that ask for it at most one has it as far as the brokers know, and it stays with its holder while
//! others come and go. A holder that is silent for the session timeout loses it at the brokers; a holder that cannot
//! reach them for as long, or did not run for as long, takes it for lost by itself. The two clocks are not the same, so
//! for moments two may believe that they hold it.

mod keeper;

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use connector_domain::port::{Lease, LogError};
use tokio::sync::watch;
use tracing::{info, warn};

use self::keeper::{Keeper, Standing};
use super::metadata::verify_topics;
use super::settings::Settings;
use crate::lock::lock;

/// How long leaving the group may take before it is left to the session timeout.
const LEAVE: Duration = Duration::from_secs(5);

/// Which lease.
#[derive(Debug, Clone)]
pub struct LeaseOptions {
    /// Its topic, of one partition. Nothing is ever written to it. The group has the same name.
    pub topic: String,
    /// A holder that is silent for this long loses it; brokers take nothing below 6 s by default. With the property
    /// `group.protocol=consumer` the brokers' own setting counts instead.
    pub session_timeout: Duration,
}

/// A lease on a topic.
pub struct GroupLease {
    settings: Settings,
    options: LeaseOptions,
    keeper: Mutex<Option<Keeper>>,
}

impl GroupLease {
    /// Not asked for yet.
    pub fn new(settings: &Settings, options: LeaseOptions) -> Self {
        Self {
            settings: settings.clone(),
            options,
            keeper: Mutex::new(None),
        }
    }

    /// Whether the topic exists and has one partition: with more, as many would hold the lease.
    pub async fn verify(&self) -> Result<(), LogError> {
        let topic = self.options.topic.as_str();
        let counts = verify_topics(&self.settings, &[topic]).await?;
        match counts.get(topic) {
            Some(1) => Ok(()),
            other => Err(LogError::Refused(format!(
                "the topic {topic} must have one partition, not {}",
                other.copied().unwrap_or_default()
            ))),
        }
    }

    /// How we stand, having asked for it if we had not.
    fn ask(&self) -> Result<watch::Receiver<Standing>, LogError> {
        let mut keeper = lock(&self.keeper);
        if let Some(keeper) = &*keeper
            && !keeper.is_over()
        {
            return Ok(keeper.standing());
        }
        let new = Keeper::start(&self.settings, &self.options)?;
        let standing = new.standing();
        *keeper = Some(new);
        Ok(standing)
    }
}

#[async_trait]
impl Lease for GroupLease {
    async fn acquire(&self) -> Result<(), LogError> {
        let mut standing = self.ask()?;
        let decided = standing
            .wait_for(|standing| matches!(standing, Standing::Held | Standing::Over(_)))
            .await;
        match decided.as_deref() {
            Ok(Standing::Held) => {
                info!(kafka.topic = self.options.topic, "the lease is ours");
                Ok(())
            }
            Ok(Standing::Over(reason)) => Err(reason.clone().into()),
            Ok(Standing::Waiting | Standing::Standby) | Err(_) => {
                Err(LogError::Unavailable("the lease is given up".to_owned()))
            }
        }
    }

    async fn lost(&self) {
        let standing = lock(&self.keeper).as_ref().map(Keeper::standing);
        if let Some(mut standing) = standing {
            // An error is the end of whoever keeps it.
            drop(
                standing
                    .wait_for(|standing| !matches!(standing, Standing::Held))
                    .await,
            );
        }
    }

    fn is_held_by_another(&self) -> bool {
        lock(&self.keeper).as_ref().is_some_and(Keeper::is_standby)
    }

    async fn release(&self) {
        let keeper = lock(&self.keeper).take();
        if let Some(keeper) = keeper
            && tokio::time::timeout(LEAVE, keeper.leave()).await.is_err()
        {
            warn!(
                kafka.topic = self.options.topic,
                "the lease cannot be given up at once: it runs out by itself"
            );
        }
    }
}
