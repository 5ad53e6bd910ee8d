//! The right to be the only one.

use async_trait::async_trait;

use super::record_log::LogError;

/// A right that one process holds at a time, of all that ask for it. Somebody who is paused while holding it learns of
/// the loss only when it runs again, so what a holder does late must do no harm.
#[async_trait]
pub trait Lease: Send + Sync {
    /// Asks for it, and waits until it is ours. Safe to cancel, which goes on asking. An error ends the asking.
    async fn acquire(&self) -> Result<(), LogError>;

    /// Waits until it is not ours any more; at once when it is not. Safe to cancel.
    async fn lost(&self);

    /// Whether we are next in line: another is known to hold it, and we ask for it.
    fn is_held_by_another(&self) -> bool;

    /// Gives it up, and does not ask for it any more: another may have it at once.
    async fn release(&self);
}
