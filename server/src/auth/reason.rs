//! Why a caller is refused: for our log, never for the caller, who is told one text whatever it was.
//!
//! No text holds anything of a credential but a key id, which is no secret, cut to size.

use connector_domain::id::InvalidId;

/// Why credentials do not hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Reason {
    /// Nothing that proves anything.
    #[error("no credentials")]
    Missing,
    /// A name that may occur once occurs again: somebody before us may have looked at the other one.
    #[error("{0} is there more than once")]
    Repeated(&'static str),
    /// Not text, or larger than any real one.
    #[error("{0} is no text, or too long")]
    Unreadable(&'static str),
    /// `Authorization` of another scheme.
    #[error("authorization is no bearer token")]
    Scheme,
    /// A kind that the settings do not enable.
    #[error("{0} are not enabled")]
    NotEnabled(&'static str),
    /// A token.
    #[error("token: {0}")]
    Token(#[from] TokenFault),
    /// An identity header.
    #[error("identity: {0}")]
    Identity(#[from] IdentityFault),
    /// A pre-shared key.
    #[error("pre-shared key: {0}")]
    PreSharedKey(#[from] PreSharedKeyFault),
}

/// Why nobody was let in.
#[derive(Debug)]
pub(super) enum Problem {
    /// The credentials do not hold.
    Refused(Reason),
    /// What they are checked with is not there; they may be good.
    Unavailable(&'static str),
}

impl<T: Into<Reason>> From<T> for Problem {
    fn from(reason: T) -> Self {
        Self::Refused(reason.into())
    }
}

/// What is wrong with a token.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenFault {
    #[error("it is not three parts of base64url, or its header cannot be read")]
    Malformed,
    #[error("its type is not JWT or at+jwt")]
    Type,
    #[error("it brings a key of its own, or asks for what must be understood (crit)")]
    Header,
    #[error("no key has the id {0:?}")]
    UnknownKey(String),
    #[error("no key of that id is for its algorithm")]
    Algorithm,
    #[error("its signature is not that of the key")]
    Signature,
    #[error("it is not for this issuer")]
    Issuer,
    #[error("it is not for this audience")]
    Audience,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    NotYet,
    #[error("its claims cannot be read, or one that is needed is missing")]
    Claims,
    #[error("it names no organisation")]
    NoOrganisation,
    #[error(transparent)]
    Id(#[from] InvalidId),
}

/// What is wrong with an identity.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum IdentityFault {
    #[error("it does not come from a peer of auth.identity.peers")]
    Peer,
    #[error("it stands in connection_init, which auth.identity.in_connection_init does not allow")]
    InPayload,
    #[error("it is not base64")]
    Base64,
    #[error("it is not JSON of the form asked")]
    Json,
    #[error("its type is not one of auth.identity.types")]
    Type,
    #[error("it names no organisation")]
    NoOrganisation,
    #[error("it names two organisations")]
    TwoOrganisations,
    #[error("it names nobody")]
    Nobody,
    #[error(transparent)]
    Id(#[from] InvalidId),
}

/// What is wrong with a pre-shared key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PreSharedKeyFault {
    #[error("the client id or the key is missing")]
    Incomplete,
    /// Said of an unknown service too.
    #[error("no service has that key")]
    Unknown,
    #[error("the key has expired")]
    Expired,
    #[error("it names no organisation")]
    NoOrganisation,
    #[error("the service may not act for that organisation")]
    NotGranted,
    #[error("the account number belongs to no organisation with devices")]
    UnknownAccount,
    #[error(transparent)]
    Id(#[from] InvalidId),
}
