//! The body of a 200: `{"x-rh-identity": base64 of JSON}`, as the existing service's `bop` resolver reads it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use connector_domain::account::Account;
use connector_domain::id::{AccountNumber, OrgId};
use serde::Deserialize;

use super::fault::Fault;

/// Padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whose a device is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Account(Account),
    /// The identity is there and its organisation is empty.
    Nobody,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "x-rh-identity")]
    identity: String,
}

#[derive(Deserialize)]
struct Envelope {
    identity: Identity,
}

/// The organisation is `internal.org_id`, not `org_id`.
#[derive(Deserialize)]
struct Identity {
    account_number: Option<String>,
    internal: Internal,
}

#[derive(Deserialize)]
struct Internal {
    org_id: Option<String>,
}

/// Reads the body of a 200. What does not have the form says nothing about the device.
pub(super) fn owner(body: &[u8]) -> Result<Owner, Fault> {
    let body: Body = serde_json::from_slice(body)
        .map_err(|_| Fault::Unreadable("the body holds no x-rh-identity"))?;
    let identity = BASE64
        .decode(body.identity)
        .map_err(|_| Fault::Unreadable("the identity is not base64"))?;
    let Envelope { identity } = serde_json::from_slice(&identity)
        .map_err(|_| Fault::Unreadable("the identity is not one"))?;
    let org_id = identity.internal.org_id.unwrap_or_default();
    if org_id.trim().is_empty() {
        return Ok(Owner::Nobody);
    }
    let account_number = identity
        .account_number
        .filter(|number| !number.is_empty())
        .map(AccountNumber::parse)
        .transpose()
        .map_err(|_| Fault::Unreadable("the account number is not one"))?;
    let org_id =
        OrgId::parse(org_id).map_err(|_| Fault::Unreadable("the organisation is not one"))?;
    Ok(Owner::Account(Account {
        org_id,
        account_number,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(identity: &str) -> Vec<u8> {
        let identity = BASE64.encode(identity);
        format!(r#"{{"x-rh-identity": "{identity}"}}"#).into_bytes()
    }

    #[test]
    fn the_organisation_is_the_internal_one_and_the_account_may_be_missing() {
        let identity = r#"{"identity": {"org_id": "7", "internal": {"org_id": "10000"}, "account_number": "", "x": 1}}"#;
        let account = Account {
            org_id: OrgId::parse("10000").expect("valid"),
            account_number: None,
        };
        assert_eq!(owner(&body(identity)), Ok(Owner::Account(account)));
    }

    #[test]
    fn an_empty_organisation_is_nobody_and_an_identity_without_its_parts_is_none() {
        for identity in [
            r#"{"identity": {"internal": {"org_id": ""}}}"#,
            r#"{"identity": {"internal": {"org_id": null}, "org_id": "7"}}"#,
        ] {
            assert_eq!(owner(&body(identity)), Ok(Owner::Nobody), "{identity}");
        }
        let long = format!(
            r#"{{"identity": {{"internal": {{"org_id": "{}"}}}}}}"#,
            "9".repeat(65)
        );
        for identity in [
            r#"{"identity": {"org_id": "7"}}"#,
            r#"{"identity": {"internal": {"org_id": 7}}}"#,
            r#"{"identity": {"internal": {"org_id": "7\u0000"}}}"#,
            "null",
            "[]",
            "",
            long.as_str(),
        ] {
            let read = owner(&body(identity));
            assert!(matches!(read, Err(Fault::Unreadable(_))), "{identity}");
        }
        for body in [
            &b"{}"[..],
            b"",
            b"<html>",
            br#"{"x-rh-identity": "%"}"#,
            b"\xff",
        ] {
            assert!(matches!(owner(body), Err(Fault::Unreadable(_))), "{body:?}");
        }
    }
}
