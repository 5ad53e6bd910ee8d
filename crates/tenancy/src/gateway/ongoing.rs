//! Lookups under way: whoever wants to know the same waits with them, and takes nobody's turn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use connector_domain::id::ClientId;
use connector_domain::tenant::TenantLookup;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

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

    /// The one of this device, begun if there is none. `begin` starts it and gives what it comes to; it holds on to the
    /// [`Entry`] until it ends.
    pub(super) fn get_or_begin<F>(
        &self,
        client_id: &ClientId,
        begin: impl FnOnce(Entry) -> F,
    ) -> Lookup
    where
        F: Future<Output = Option<TenantLookup>> + Send + 'static,
    {
        // Held while it begins: one that ends at once is forgotten after it was noted.
        let mut lookups = lock(&self.0);
        if let Some(lookup) = lookups.get(client_id) {
            return lookup.clone();
        }
        let entry = Entry {
            ongoing: self.clone(),
            client_id: client_id.clone(),
        };
        let lookup = begin(entry).boxed().shared();
        lookups.insert(client_id.clone(), lookup.clone());
        lookup
    }
}

/// Ends the entry of a lookup when dropped.
pub(super) struct Entry {
    ongoing: Ongoing,
    client_id: ClientId,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let lookup = lock(&self.ongoing.0).remove(&self.client_id);
        // Not under the lock: it may hold the last of something.
        drop(lookup);
    }
}
