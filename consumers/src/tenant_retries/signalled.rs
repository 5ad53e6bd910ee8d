//! Devices that a signal is under way for.

use std::collections::HashMap;
use std::time::Duration;

use connector_domain::id::ClientId;
use tokio::time::Instant;

/// How long a signal may take. A consumer that lags behind would otherwise be given another one in every round.
const UNDER_WAY: Duration = Duration::from_secs(15);

/// When each was signalled.
#[derive(Default)]
pub(super) struct Signalled(HashMap<ClientId, Instant>);

impl Signalled {
    pub(super) fn forget_old(&mut self) {
        self.0.retain(|_, since| since.elapsed() < UNDER_WAY);
    }

    pub(super) fn holds(&self, client_id: &ClientId) -> bool {
        self.0.contains_key(client_id)
    }

    pub(super) fn note(&mut self, client_id: ClientId) {
        self.0.insert(client_id, Instant::now());
    }
}
