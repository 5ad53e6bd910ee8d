//! What a status and a body say about a device.

use std::fmt;
use std::str::FromStr;

use connector_domain::stamp::Stamp;
use connector_domain::tenant::{Denial, TenantLookup};

use super::fault::Fault;
use super::identity::{self, Owner};

/// Statuses that are trouble on the way and never say anything about a device.
const NEVER_UNKNOWN: [u16; 6] = [401, 403, 407, 408, 425, 429];

/// An answer of the gateway that means that a device belongs to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownAnswer {
    /// 200 with an identity whose organisation is empty.
    EmptyOrganisation,
    /// This status.
    Status(u16),
}

/// A text that is no [`UnknownAnswer`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is neither \"empty-organisation\" nor a status from 400 to 499 that can speak of a device (not 401, 403, 407, \
     408, 425, 429)"
)]
pub struct UnknownAnswerError(String);

impl FromStr for UnknownAnswer {
    type Err = UnknownAnswerError;

    fn from_str(text: &str) -> Result<Self, UnknownAnswerError> {
        if text == "empty-organisation" {
            return Ok(Self::EmptyOrganisation);
        }
        match text.parse() {
            Ok(status @ 400..=499) if !NEVER_UNKNOWN.contains(&status) => Ok(Self::Status(status)),
            _ => Err(UnknownAnswerError(text.to_owned())),
        }
    }
}

impl fmt::Display for UnknownAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyOrganisation => f.write_str("empty-organisation"),
            Self::Status(status) => status.fmt(f),
        }
    }
}

/// Reads an answer given `now`. Never [`TenantLookup::Unavailable`]: that is a fault. That a device is unknown is not
/// trusted by itself.
pub(super) fn read(
    status: u16,
    body: &[u8],
    unknown: &[UnknownAnswer],
    now: Stamp,
) -> Result<TenantLookup, Fault> {
    let denial = TenantLookup::Unknown(Denial {
        answered_at: now,
        trusted: false,
    });
    if status == 200 {
        return match identity::owner(body)? {
            Owner::Account(account) => Ok(TenantLookup::Known(account)),
            Owner::Nobody if unknown.contains(&UnknownAnswer::EmptyOrganisation) => Ok(denial),
            Owner::Nobody => Err(Fault::Unreadable("no organisation")),
        };
    }
    if unknown.contains(&UnknownAnswer::Status(status)) {
        return Ok(denial);
    }
    match status {
        401 | 403 => Err(Fault::Refused(status)),
        _ => Err(Fault::Status(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_speak_of_a_device_may_be_listed_as_unknown() {
        for text in ["empty-organisation", "404", "410"] {
            let answer = UnknownAnswer::from_str(text).expect("may be listed");
            assert_eq!(answer.to_string(), text);
        }
        for text in [
            "", "200", "302", "401", "403", "429", "500", "503", "unknown",
        ] {
            assert!(UnknownAnswer::from_str(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_is_unknown_that_is_not_listed() {
        let now = Stamp::from_millis(7);
        let lookup = |status, listed: &[UnknownAnswer]| read(status, b"{}", listed, now);
        let denial = Denial {
            answered_at: now,
            trusted: false,
        };
        assert_eq!(
            lookup(404, &[UnknownAnswer::Status(404)]),
            Ok(TenantLookup::Unknown(denial))
        );
        assert_eq!(lookup(404, &[]), Err(Fault::Status(404)));
        assert_eq!(
            lookup(401, &[UnknownAnswer::Status(404)]),
            Err(Fault::Refused(401))
        );
    }
}
