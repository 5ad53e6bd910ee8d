//! What a caller brings to prove who it is: collected, not checked.

use axum::http::HeaderMap;
use serde_json::Value;

use super::reason::{PreSharedKeyFault, Reason};

/// Longest value of any kind, in bytes. Tokens of large issuers have 4 KiB.
const LONGEST: usize = 16 * 1024;

const AUTHORIZATION: &str = "authorization";
const IDENTITY: &str = "x-rh-identity";
const CLIENT_ID: &str = "x-rh-cloud-connector-client-id";
const KEY: &str = "x-rh-cloud-connector-psk";
const ORG_ID: &str = "x-rh-cloud-connector-org-id";
const ACCOUNT: &str = "x-rh-cloud-connector-account";

/// Credentials as brought. Has no `Debug`: it would end up in a log.
#[derive(Clone)]
pub struct Credentials {
    source: Source,
    authorization: Field,
    identity: Field,
    client_id: Field,
    key: Field,
    org_id: Field,
    account: Field,
}

/// Where credentials stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Headers of an HTTP request, which a gateway in front of us sets and strips.
    Headers,
    /// The payload of `connection_init`, which no gateway looks into.
    Payload,
}

/// One name.
#[derive(Clone, Default)]
enum Field {
    #[default]
    Absent,
    Once(String),
    Repeated,
    Unreadable,
}

/// The one kind of credential that decides.
#[derive(Clone, Copy)]
pub(super) enum Presented<'a> {
    /// A bearer token.
    Token(&'a str),
    /// An identity, in base64.
    Identity(&'a str),
    /// A service's key.
    PreSharedKey(PresentedKey<'a>),
}

impl Presented<'_> {
    /// Its kind, for logs and metrics.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Token(_) => "jwt",
            Self::Identity(_) => "identity-header",
            Self::PreSharedKey(_) => "pre-shared-key",
        }
    }
}

/// A service's key and for whom it is used.
#[derive(Clone, Copy)]
pub(super) struct PresentedKey<'a> {
    pub client_id: &'a str,
    pub key: &'a str,
    pub org_id: Option<&'a str>,
    pub account: Option<&'a str>,
}

impl Credentials {
    /// From the headers of a request.
    pub fn of_headers(headers: &HeaderMap) -> Self {
        Self::collect(Source::Headers, |name| {
            let mut values = headers.get_all(name).iter();
            match (values.next(), values.next()) {
                (None, _) => Field::Absent,
                (Some(_), Some(_)) => Field::Repeated,
                (Some(value), None) => Field::of(value.to_str().ok()),
            }
        })
    }

    /// From the payload of `connection_init`: the same names, in any letter case.
    pub fn of_payload(payload: &Value) -> Self {
        Self::collect(Source::Payload, |name| {
            let members = payload.as_object().into_iter().flatten();
            let mut values = members.filter(|(member, _)| member.eq_ignore_ascii_case(name));
            match (values.next(), values.next()) {
                (None, _) => Field::Absent,
                (Some(_), Some(_)) => Field::Repeated,
                (Some((_, value)), None) => Field::of(value.as_str()),
            }
        })
    }

    fn collect(source: Source, field: impl Fn(&'static str) -> Field) -> Self {
        Self {
            source,
            authorization: field(AUTHORIZATION),
            identity: field(IDENTITY),
            client_id: field(CLIENT_ID),
            key: field(KEY),
            org_id: field(ORG_ID),
            account: field(ACCOUNT),
        }
    }

    /// These, or where they prove nothing, `other`. The two are never mixed.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let proofs = [
            &self.authorization,
            &self.identity,
            &self.client_id,
            &self.key,
        ];
        if proofs.into_iter().any(Field::is_there) {
            self
        } else {
            other
        }
    }

    /// Where they stood.
    pub(super) fn source(&self) -> Source {
        self.source
    }

    /// The first kind that is there. What is wrong with it is wrong: no other kind is looked at.
    pub(super) fn presented(&self) -> Result<Presented<'_>, Reason> {
        if let Some(value) = self.authorization.text(AUTHORIZATION)? {
            return bearer(value).map(Presented::Token).ok_or(Reason::Scheme);
        }
        if let Some(value) = self.identity.text(IDENTITY)? {
            return Ok(Presented::Identity(value));
        }
        let (client_id, key) = (self.client_id.text(CLIENT_ID)?, self.key.text(KEY)?);
        match (client_id, key) {
            (None, None) => Err(Reason::Missing),
            (Some(client_id), Some(key)) => Ok(Presented::PreSharedKey(PresentedKey {
                client_id,
                key,
                org_id: self.org_id.text(ORG_ID)?,
                account: self.account.text(ACCOUNT)?,
            })),
            _ => Err(PreSharedKeyFault::Incomplete.into()),
        }
    }
}

impl Field {
    fn of(text: Option<&str>) -> Self {
        match text {
            Some(text) if text.len() <= LONGEST => Self::Once(text.to_owned()),
            _ => Self::Unreadable,
        }
    }

    fn is_there(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    fn text(&self, name: &'static str) -> Result<Option<&str>, Reason> {
        match self {
            Self::Absent => Ok(None),
            Self::Once(text) => Ok(Some(text)),
            Self::Repeated => Err(Reason::Repeated(name)),
            Self::Unreadable => Err(Reason::Unreadable(name)),
        }
    }
}

/// The token; the scheme's letter case does not matter (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(credentials: &Credentials) -> Result<&'static str, Reason> {
        credentials.presented().map(|presented| match presented {
            Presented::Token(_) => "token",
            Presented::Identity(_) => "identity",
            Presented::PreSharedKey(_) => "key",
        })
    }

    #[test]
    fn the_first_kind_that_is_there_decides_even_when_it_is_empty_or_unreadable() {
        let every = json!({"Authorization": "bearer x", "x-rh-identity": "i", "X-RH-Cloud-Connector-Client-Id": "s", "x-rh-cloud-connector-psk": "k"});
        let without = |names: &[&str]| {
            let mut payload = every.clone();
            payload
                .as_object_mut()
                .expect("an object")
                .retain(|name, _| !names.contains(&name.to_ascii_lowercase().as_str()));
            Credentials::of_payload(&payload)
        };
        assert_eq!(kind(&without(&[])), Ok("token"));
        assert_eq!(kind(&without(&[AUTHORIZATION])), Ok("identity"));
        assert_eq!(kind(&without(&[AUTHORIZATION, IDENTITY])), Ok("key"));
        assert_eq!(
            kind(&without(&[AUTHORIZATION, IDENTITY, KEY])),
            Err(PreSharedKeyFault::Incomplete.into())
        );
        assert_eq!(
            kind(&without(&[AUTHORIZATION, IDENTITY, KEY, CLIENT_ID])),
            Err(Reason::Missing)
        );
        for broken in [json!(""), json!("Basic eDp5"), json!("Bearer")] {
            let payload = json!({"authorization": broken, "x-rh-identity": "i"});
            assert_eq!(
                kind(&Credentials::of_payload(&payload)),
                Err(Reason::Scheme)
            );
        }
        for broken in [json!(null), json!(1), json!("x".repeat(LONGEST + 1))] {
            let payload = json!({"authorization": broken, "x-rh-identity": "i"});
            assert_eq!(
                kind(&Credentials::of_payload(&payload)),
                Err(Reason::Unreadable(AUTHORIZATION))
            );
        }
    }

    #[test]
    fn a_name_that_occurs_twice_is_refused() {
        let mut headers = HeaderMap::new();
        headers.append(IDENTITY, "forged".parse().expect("a header"));
        headers.append(IDENTITY, "the gateway's".parse().expect("a header"));
        let brought = Credentials::of_headers(&headers);
        assert_eq!(kind(&brought), Err(Reason::Repeated(IDENTITY)));
        let payload = json!({"authorization": "Bearer a", "Authorization": "Bearer b"});
        assert_eq!(
            kind(&Credentials::of_payload(&payload)),
            Err(Reason::Repeated(AUTHORIZATION))
        );
    }

    #[test]
    fn a_payload_that_proves_nothing_gives_way_to_the_headers_and_is_never_mixed_with_them() {
        let headers =
            HeaderMap::from_iter([(KEY.parse().expect("a name"), "k".parse().expect("a header"))]);
        let headers = Credentials::of_headers(&headers);
        let only_org = Credentials::of_payload(&json!({ORG_ID: "1"}));
        assert_eq!(only_org.or(headers.clone()).source(), Source::Headers);
        let half = Credentials::of_payload(&json!({CLIENT_ID: "s"}));
        assert_eq!(
            kind(&half.or(headers)),
            Err(PreSharedKeyFault::Incomplete.into())
        );
    }
}
