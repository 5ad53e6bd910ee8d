//! Lookups under way: whoever wants to know the same waits with them, and takes nobody's turn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use connector_domain::id::ClientId;
use connector_domain::tenant::TenantLookup;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::sync::oneshot;

use crate::lock::lock;

/// What one comes to; `None` when it is given up.
pub(super) type Lookup = Shared<BoxFuture<'static, Option<TenantLookup>>>;

/// Lookups under way, one per device.
#[derive(Clone, Default)]
pub(super) struct Ongoing(Arc<Mutex<HashMap<ClientId, Lookup>>>);

impl Ongoing {
    /// The one of this device.
    pub(super) fn get(&self, client_id: &ClientId) -> Option<Lookup> {
        lock(&self.0).get(client_id).cloned()
    }

    /// The one of this device, begun if there is none: `begin` starts what gives its answer to the [`Entry`].
    pub(super) fn get_or_begin(&self, client_id: &ClientId, begin: impl FnOnce(Entry)) -> Lookup {
        let (answer, answered) = oneshot::channel();
        let lookup = {
            let mut lookups = lock(&self.0);
            if let Some(lookup) = lookups.get(client_id) {
                return lookup.clone();
            }
            let lookup = answered.map(Result::ok).boxed().shared();
            lookups.insert(client_id.clone(), lookup.clone());
            lookup
        };
        // Not under the lock: it may end at once.
        begin(Entry {
            ongoing: self.clone(),
            client_id: client_id.clone(),
            answer: Some(answer),
        });
        lookup
    }
}

/// A lookup's place among those under way; dropping it ends the lookup.
pub(super) struct Entry {
    ongoing: Ongoing,
    client_id: ClientId,
    answer: Option<oneshot::Sender<TenantLookup>>,
}

impl Entry {
    /// This is what it comes to.
    pub(super) fn answer(mut self, answer: TenantLookup) {
        if let Some(waiting) = self.answer.take() {
            // Nobody may be waiting any more.
            drop(waiting.send(answer));
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let lookup = lock(&self.ongoing.0).remove(&self.client_id);
        // Not under the lock: it may hold the last of something.
        drop(lookup);
    }
}
