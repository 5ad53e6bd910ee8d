//! Bytes that are no envelope.

use connector_domain::wire::EnvelopeError;

use super::Meaning;
use crate::rejection::{Reason, Rejection};

/// What every will that agents register says of the state.
const OFFLINE: &[u8] = b"offline";

/// Somebody published it, so the device lives, unless the bytes hold the word `offline`: then they may be a damaged
/// will, published when the device is gone, and say nothing.
pub(super) fn handle(payload: &[u8], error: &EnvelopeError) -> Meaning {
    let rejection = Rejection::new(Reason::UnreadableEnvelope, error.to_string());
    let may_be_a_will = payload
        .windows(OFFLINE.len())
        .any(|word| word.eq_ignore_ascii_case(OFFLINE));
    if may_be_a_will {
        Meaning::default().rejected(rejection)
    } else {
        Meaning::alive().rejected(rejection)
    }
}
