//! Ctrl-C and SIGTERM end a command over the API where it stands.

use super::failure::Failure;
use crate::tools::signal::until_signal;

/// Runs `work` until it ends or a signal comes: [`Failure::Interrupted`].
pub(super) async fn interruptible(
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::select! {
        outcome = work => outcome,
        signalled = until_signal() => match signalled {
            Ok(()) => Err(Failure::Interrupted),
            Err(error) => Err(Failure::Local(format!("{error:#}"))),
        },
    }
}
