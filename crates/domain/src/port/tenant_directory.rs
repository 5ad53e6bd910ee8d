//! Whose a device is.

use async_trait::async_trait;

use crate::id::ClientId;
use crate::tenant::TenantLookup;

/// Answers whose devices are.
#[async_trait]
pub trait TenantDirectory: Send + Sync {
    /// One answer per device, in order. Never fails and never hangs: what cannot be told is
    /// [`TenantLookup::Unavailable`].
    async fn lookup(&self, client_ids: &[ClientId]) -> Vec<TenantLookup>;

    /// The same for devices that wait for a tenant, by somebody who has time: waits longer, and leaves most of the directory
    /// to [`Self::lookup`]. The answers take nothing away, since they are about devices that may well be unknown, and say
    /// nothing of how much else is.
    async fn look_again(&self, client_ids: &[ClientId]) -> Vec<TenantLookup> {
        self.lookup(client_ids).await
    }
}
