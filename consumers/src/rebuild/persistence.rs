//! Waiting for a database that is away.

use std::sync::Arc;

use connector_domain::port::StoreError;
use tokio_util::sync::CancellationToken;

use super::RebuildError;
use super::observer::Observer;
use crate::backoff::Backoff;
use crate::rejection::chain;

/// Tries until it works, or until asked to stop. Hours of reading are not given up for an outage.
#[derive(Clone)]
pub(super) struct Persistence {
    observer: Arc<dyn Observer>,
    shutdown: CancellationToken,
}

impl Persistence {
    pub(super) fn new(observer: Arc<dyn Observer>, shutdown: CancellationToken) -> Self {
        Self { observer, shutdown }
    }

    /// The first outcome that is not an outage.
    pub(super) async fn settle<T>(
        &self,
        attempt: impl AsyncFn() -> Result<T, StoreError>,
    ) -> Result<Result<T, StoreError>, RebuildError> {
        let mut backoff = Backoff::new();
        loop {
            match attempt().await {
                Err(error @ StoreError::Unavailable(_)) => self.observer.waits(&chain(&error)),
                outcome => return Ok(outcome),
            }
            backoff.wait(&self.shutdown).await;
            if self.shutdown.is_cancelled() {
                return Err(RebuildError::Interrupted);
            }
        }
    }
}
