//! One line of the key file: a JSON object.

use std::collections::BTreeSet;
use std::fmt;

use connector_domain::caller::Permission;
use connector_domain::id::{CallerName, OrgId};
use connector_domain::stamp::Stamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::auth::proof::Fingerprint;

/// What a key gives, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The service. Several lines of one service are keys that are valid side by side.
    pub client_id: CallerName,
    /// Hash of the key.
    pub(in crate::auth) sha256: Digest256,
    /// For whom it may act.
    pub organisations: Organisations,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// When the key runs out; never, where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Stamp>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// Organisations a service may act for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub enum Organisations {
    /// These.
    These(BTreeSet<OrgId>),
    /// Each, one at a time: written `["*"]`.
    Every,
}

/// SHA-256 of a key, written in hexadecimal.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(in crate::auth) struct Digest256([u8; 32]);

impl Grant {
    /// Reads a line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let grant: Self = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let crosses = grant.permissions.contains(&Permission::CrossTenant);
        if crosses && grant.organisations != Organisations::Every {
            return Err("CROSS_TENANT goes with \"organisations\": [\"*\"] only".to_owned());
        }
        Ok(grant)
    }

    /// The line.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Changes with everything that the line gives.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let given = Self {
            comment: None,
            ..self.clone()
        };
        Fingerprint::of(Sha256::new().chain_update(given.line()))
    }
}

impl Organisations {
    /// Whether the service may act for this one.
    pub fn include(&self, org_id: &OrgId) -> bool {
        match self {
            Self::These(these) => these.contains(org_id),
            Self::Every => true,
        }
    }
}

impl TryFrom<Vec<String>> for Organisations {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        if texts == ["*"] {
            return Ok(Self::Every);
        }
        if texts.is_empty() || texts.iter().any(|text| text == "*") {
            return Err("organisations are a list of ids, or [\"*\"] alone".to_owned());
        }
        let these = texts.into_iter().map(OrgId::parse);
        let these = these.collect::<Result<_, _>>();
        these.map(Self::These).map_err(|error| error.to_string())
    }
}

impl From<Organisations> for Vec<String> {
    fn from(organisations: Organisations) -> Self {
        match organisations {
            Organisations::These(these) => these.into_iter().map(Into::into).collect(),
            Organisations::Every => vec!["*".to_owned()],
        }
    }
}

impl Digest256 {
    /// Of a key.
    pub fn of(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }
}

/// In constant time.
impl PartialEq for Digest256 {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest256 {}

impl fmt::Display for Digest256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<Digest256> for String {
    fn from(digest: Digest256) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest256 {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "sha256 is not 64 hexadecimal digits";
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(WRONG);
        }
        let mut digest = [0; 32];
        for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| WRONG)?;
        }
        Ok(Self(digest))
    }
}
