//! Why a batch has to be read again.

use connector_domain::port::{AppendError, LogError, StoreError};

/// Something is away. Nothing of the batch is acknowledged; reading it again does what is left of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Setback {
    /// The database.
    #[error("the database is in the way")]
    Store(#[from] StoreError),
    /// The producer.
    #[error("the events cannot be told")]
    Append(#[from] AppendError),
    /// The consumer.
    #[error("the ingress topics cannot be read")]
    Log(#[from] LogError),
    /// Shutdown did not wait for it any longer.
    #[error("the process is shutting down")]
    Abandoned,
}
