//! JSON Web Tokens: reading their header, finding the key it selects, checking signature and claims.

mod header;
mod key_ring;
mod verification_key;
mod verify;

pub(super) use header::TokenHeader;
pub(super) use key_ring::{KeyRing, KeySetError};
pub(super) use verification_key::{Origin, VerificationKey};
pub(super) use verify::{Claims, Rules, verify};
