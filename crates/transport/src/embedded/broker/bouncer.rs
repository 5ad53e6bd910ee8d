//! Devices that are not let in although their certificate is good, and are shown out where they are in.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use rmqtt::context::ServerContext;

use super::ending::end_sessions;
use super::listener::Party;

/// Client ids that devices may not have.
#[derive(Debug, Clone, Default)]
pub(super) struct DenyList(Arc<RwLock<BTreeSet<String>>>);

impl DenyList {
    pub(super) fn holds(&self, client_id: &str) -> bool {
        let denied = self.0.read().unwrap_or_else(PoisonError::into_inner);
        denied.contains(client_id)
    }

    fn replace(&self, client_ids: BTreeSet<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = client_ids;
    }
}

/// Keeps devices out of one broker. A cheap handle.
#[derive(Clone)]
pub struct Bouncer {
    context: ServerContext,
    denied: DenyList,
}

impl Bouncer {
    pub(super) fn new(context: ServerContext, denied: DenyList) -> Self {
        Self { context, denied }
    }

    /// From now on exactly these client ids are refused. Sessions of theirs end, with their last wills; one that was
    /// let in a moment ago may be missed, and ends the next time this is called.
    pub async fn deny(&self, client_ids: BTreeSet<String>) {
        let nobody = client_ids.is_empty();
        self.denied.replace(client_ids);
        if nobody {
            return;
        }
        let ended = end_sessions(&self.context, |id| {
            id.lid() == Party::Device.listener_id() && self.denied.holds(&id.client_id)
        });
        for id in ended.await {
            tracing::info!(client.id = %id.client_id, "a blocked device is disconnected");
        }
    }
}
