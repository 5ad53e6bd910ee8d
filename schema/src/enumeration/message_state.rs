//! `MessageState`.

use async_graphql::Enum;

/// How far a message got. PUBLISHED means that the broker took it, not that the
/// device has it: only an answer proves that. UNCONFIRMED means that it was handed
/// to the broker and not confirmed in time: it may or may not arrive, and is not
/// sent again. RESPONDED, REJECTED, EXPIRED, CANCELLED and FAILED are final.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::message::MessageState")]
pub enum MessageState {
    /// Stored; waiting for its device, or for its turn.
    Queued,
    /// The broker acknowledged it.
    Published,
    /// Handed to the broker, not confirmed in time.
    Unconfirmed,
    /// The device answered (a data message or an event with `response_to`).
    Responded,
    /// The device answered `rejected`.
    Rejected,
    /// Its time ran out before it was published.
    Expired,
    /// Cancelled before it was published.
    Cancelled,
    /// It could not be published, or nobody was there to take it; see `failure`.
    Failed,
}
