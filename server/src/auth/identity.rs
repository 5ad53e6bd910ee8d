//! The identity that the platform's gateway puts into `x-rh-identity`: base64 of JSON. Nothing in it proves itself, so
//! it counts from named peers only.

use std::collections::BTreeSet;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use connector_domain::caller::Permission;
use connector_domain::id::{AccountNumber, CallerName, OrgId};
use serde::Deserialize;

use super::reason::IdentityFault;

/// With padding or without, as gateways differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What an identity gives.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    /// Types that are let in. A host's own certificate (`System`) is an identity too, and should not be one of them.
    pub types: Vec<String>,
    /// What everybody may do.
    pub permissions: BTreeSet<Permission>,
    /// What an administrator of the organisation may do as well.
    pub org_admin_permissions: BTreeSet<Permission>,
}

/// Who it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub name: CallerName,
    pub org_id: OrgId,
    pub account_number: Option<AccountNumber>,
    pub permissions: BTreeSet<Permission>,
}

#[derive(Deserialize)]
struct Envelope {
    identity: Raw,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    org_id: Option<String>,
    #[serde(default)]
    account_number: Option<String>,
    #[serde(default)]
    internal: Option<Internal>,
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    service_account: Option<Named>,
    #[serde(default)]
    associate: Option<Associate>,
    #[serde(default)]
    system: Option<System>,
}

#[derive(Deserialize)]
struct Internal {
    #[serde(default)]
    org_id: Option<String>,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    is_org_admin: bool,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
}

#[derive(Deserialize)]
struct Associate {
    #[serde(default)]
    email: Option<String>,
}

#[derive(Deserialize)]
struct System {
    #[serde(default)]
    cn: Option<String>,
}

impl Identity {
    /// Reads the header's value.
    pub fn parse(base64: &str, policy: &Policy) -> Result<Self, IdentityFault> {
        let json = BASE64.decode(base64).map_err(|_| IdentityFault::Base64)?;
        let Envelope { identity } =
            serde_json::from_slice(&json).map_err(|_| IdentityFault::Json)?;
        if !policy.types.contains(&identity.kind) {
            return Err(IdentityFault::Type);
        }
        let org_id = identity.org_id()?;
        let account_number = text(identity.account_number.as_ref());
        let account_number = account_number.map(AccountNumber::parse).transpose()?;
        let mut permissions = policy.permissions.clone();
        if identity.user.as_ref().is_some_and(|user| user.is_org_admin) {
            permissions.extend(&policy.org_admin_permissions);
        }
        let name = identity.name().ok_or(IdentityFault::Nobody)?;
        Ok(Self {
            name: CallerName::parse(name)?,
            org_id,
            account_number,
            permissions,
        })
    }
}

impl Raw {
    /// The organisation; older gateways name it under `internal` only.
    fn org_id(&self) -> Result<OrgId, IdentityFault> {
        let internal = self.internal.as_ref();
        let internal = text(internal.and_then(|internal| internal.org_id.as_ref()));
        match (text(self.org_id.as_ref()), internal) {
            (None, None) => Err(IdentityFault::NoOrganisation),
            (Some(one), Some(other)) if one != other => Err(IdentityFault::TwoOrganisations),
            (Some(org_id), _) | (None, Some(org_id)) => Ok(OrgId::parse(org_id)?),
        }
    }

    fn name(&self) -> Option<&str> {
        let user = self
            .user
            .as_ref()
            .and_then(|user| text(user.username.as_ref()));
        let service = self.service_account.as_ref().and_then(|service| {
            text(service.client_id.as_ref()).or_else(|| text(service.username.as_ref()))
        });
        let associate = self.associate.as_ref();
        let associate = associate.and_then(|associate| text(associate.email.as_ref()));
        let system = self
            .system
            .as_ref()
            .and_then(|system| text(system.cn.as_ref()));
        user.or(service).or(associate).or(system)
    }
}

/// A text with something in it.
fn text(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn policy() -> Policy {
        Policy {
            types: ["User", "ServiceAccount"].map(str::to_owned).into(),
            permissions: BTreeSet::from([Permission::ConnectionRead]),
            org_admin_permissions: BTreeSet::from([Permission::MessageSend]),
        }
    }

    fn read(identity: &Value) -> Result<Identity, IdentityFault> {
        let json = json!({"identity": identity, "entitlements": {"insights": {}}});
        Identity::parse(&STANDARD.encode(json.to_string()), &policy())
    }

    fn user() -> Value {
        json!({"type": "User", "org_id": "1", "account_number": "9", "internal": {"org_id": "1"},
               "auth_type": "basic-auth", "user": {"username": "jdoe", "is_org_admin": false}})
    }

    fn with(path: &str, value: Value) -> Value {
        let mut identity = user();
        *identity.pointer_mut(path).expect("a member") = value;
        identity
    }

    #[test]
    fn a_user_is_who_the_gateway_says_and_an_administrator_may_more() {
        let identity = read(&user()).expect("an identity");
        assert_eq!(
            (identity.name.as_str(), identity.org_id.as_str()),
            ("jdoe", "1")
        );
        assert_eq!(
            identity.account_number.map(String::from).as_deref(),
            Some("9")
        );
        assert_eq!(identity.permissions, policy().permissions);
        let admin = read(&with("/user/is_org_admin", json!(true))).expect("an identity");
        assert!(admin.permissions.contains(&Permission::MessageSend));
        let service = json!({"type": "ServiceAccount", "org_id": "1", "service_account": {"client_id": "c", "username": "service-account-c"}});
        assert_eq!(read(&service).expect("an identity").name.as_str(), "c");
        let unpadded = STANDARD_NO_PAD.encode(json!({"identity": user()}).to_string());
        assert!(Identity::parse(&unpadded, &policy()).is_ok());
    }

    #[test]
    fn the_organisation_is_the_one_that_is_named_and_never_one_of_two() {
        let old = with("/org_id", json!(null));
        assert_eq!(read(&old).expect("an identity").org_id.as_str(), "1");
        let other = with("/internal/org_id", json!("2"));
        assert_eq!(read(&other), Err(IdentityFault::TwoOrganisations));
        for nothing in [json!(null), json!("")] {
            let mut identity = with("/org_id", nothing);
            identity["internal"] = json!({});
            assert_eq!(read(&identity), Err(IdentityFault::NoOrganisation));
        }
    }

    #[test]
    fn what_is_no_identity_of_a_known_type_is_refused() {
        for kind in ["System", "Associate", "X509", "user", ""] {
            assert_eq!(read(&with("/type", json!(kind))), Err(IdentityFault::Type));
        }
        assert_eq!(read(&with("/user", json!({}))), Err(IdentityFault::Nobody));
        assert!(matches!(
            read(&with("/org_id", json!("1\n2"))),
            Err(IdentityFault::TwoOrganisations | IdentityFault::Id(_))
        ));
        assert!(matches!(
            read(&with("/user/username", json!("x".repeat(256)))),
            Err(IdentityFault::Id(_))
        ));
        for wrong in [
            json!(null),
            json!([]),
            json!({}),
            json!({"type": 1}),
            json!({"type": "User", "user": "x"}),
        ] {
            assert_eq!(read(&wrong), Err(IdentityFault::Json), "{wrong}");
        }
        let parse = |text: &str| Identity::parse(text, &policy());
        assert_eq!(parse("{}"), Err(IdentityFault::Base64));
        for text in ["", "bnVsbA==", "e30="] {
            assert_eq!(parse(text), Err(IdentityFault::Json), "{text}");
        }
        let twice =
            r#"{"identity":{"type":"User","org_id":"1","org_id":"2","user":{"username":"u"}}}"#;
        assert_eq!(parse(&STANDARD.encode(twice)), Err(IdentityFault::Json));
        let deep = format!(
            "{{\"identity\":{}{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(parse(&STANDARD.encode(deep)), Err(IdentityFault::Json));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = Identity::parse(&text, &policy());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Identity::parse(&STANDARD.encode(bytes), &policy());
        }

        #[test]
        fn whatever_stands_in_the_members_an_identity_names_one_organisation_and_somebody(
            kind in prop_oneof![Just("User".to_owned()), "\\PC{0,8}"],
            org in proptest::option::of("\\PC{0,70}"),
            internal in proptest::option::of("\\PC{0,4}"),
            username in proptest::option::of("\\PC{0,8}"),
            admin in any::<bool>(),
        ) {
            let identity = json!({"type": kind, "org_id": org, "internal": {"org_id": internal},
                                  "user": {"username": username, "is_org_admin": admin}});
            if let Ok(read) = read(&identity) {
                prop_assert_eq!(kind.as_str(), "User");
                prop_assert!([org.as_deref(), internal.as_deref()].contains(&Some(read.org_id.as_str())));
                prop_assert_eq!(username.as_deref(), Some(read.name.as_str()));
                prop_assert_eq!(read.permissions.contains(&Permission::MessageSend), admin);
            }
        }
    }
}
