//! Certificates for a fleet, made in memory.

use connector_device::{Identity, IdentityError};
use connector_transport::embedded::{Authority, AuthorityError};

/// Why there are no identities.
#[derive(Debug, thiserror::Error)]
pub enum IdentitiesError {
    /// A name no device may have, or an authority that cannot sign.
    #[error("the authority issues no certificate")]
    Authority(#[from] AuthorityError),
    /// What it issued cannot be used.
    #[error("a certificate that was issued cannot be used")]
    Identity(#[from] IdentityError),
}

/// One identity per client id, issued by the authority that the broker trusts. `broker_ca` is the authority of the
/// broker's own certificate. Takes about a millisecond each.
pub fn identities(
    authority: &Authority,
    broker_ca: &str,
    client_ids: impl IntoIterator<Item = String>,
) -> Result<Vec<Identity>, IdentitiesError> {
    let issue = |client_id: String| {
        let issued = authority.issue_client(&client_id)?;
        let identity = Identity::from_pem(
            client_id,
            broker_ca,
            &issued.certificate_pem,
            &issued.private_key_pem,
        );
        Ok(identity?)
    };
    client_ids.into_iter().map(issue).collect()
}
