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
}
