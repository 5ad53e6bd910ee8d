//! What whoever asks proves who it is with: a token, or a service's pre-shared key.

use std::path::PathBuf;

use clap::Args;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::failure::Failure;
use super::secret::Secret;
use crate::cli::WrongUsage;

const TOKEN: &str = "CLOUD_CONNECTOR_TOKEN";
const KEY: &str = "CLOUD_CONNECTOR_PSK";
const CLIENT_ID_HEADER: HeaderName = HeaderName::from_static("x-rh-cloud-connector-client-id");
const KEY_HEADER: HeaderName = HeaderName::from_static("x-rh-cloud-connector-psk");
const ORG_HEADER: HeaderName = HeaderName::from_static("x-rh-cloud-connector-org-id");

/// Who asks, as the command line and the environment say it.
#[derive(Debug, Default, Args)]
pub(super) struct Caller {
    /// File with the token, read anew for every request, so that it may be renewed meanwhile [or: env
    /// `CLOUD_CONNECTOR_TOKEN`].
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Ask as this service, with its pre-shared key instead of a token.
    #[arg(
        long,
        global = true,
        env = "CLOUD_CONNECTOR_SERVICE",
        value_name = "ID"
    )]
    service: Option<String>,
    /// File with the service's key, read anew for every request [or: env `CLOUD_CONNECTOR_PSK`].
    #[arg(long, global = true, value_name = "FILE")]
    psk_file: Option<PathBuf>,
    /// Organisation that the service acts for.
    #[arg(
        long,
        global = true,
        env = "CLOUD_CONNECTOR_SERVICE_ORG",
        value_name = "ORG"
    )]
    service_org: Option<String>,
}

/// What is sent with every request.
#[derive(Clone)]
pub(super) enum Credentials {
    /// A token.
    Token(Secret),
    /// A service's key.
    Service {
        /// The service.
        id: HeaderValue,
        /// The organisation it acts for.
        org: Option<HeaderValue>,
        /// Its key.
        key: Secret,
    },
}

impl Caller {
    /// What was given, exactly one kind of it; this token where nothing was.
    pub(super) fn credentials_or_with(
        &self,
        other: impl FnOnce() -> Option<String>,
    ) -> Result<Credentials, WrongUsage> {
        let token = Secret::find(self.token_file.as_deref(), TOKEN)?;
        let Some(id) = given(self.service.as_deref()) else {
            if self.psk_file.is_some() {
                return Err(WrongUsage("--psk-file goes with --service".to_owned()));
            }
            let token = token.or_else(|| other().map(Secret::Fixed));
            return token.map(Credentials::Token).ok_or_else(no_token);
        };
        if token.is_some() {
            let problem =
                format!("both a service and a token: unset CLOUD_CONNECTOR_SERVICE or {TOKEN}");
            return Err(WrongUsage(problem));
        }
        let key = Secret::find(self.psk_file.as_deref(), KEY)?;
        let problem = || {
            WrongUsage(format!(
                "no key of the service: set {KEY} or give --psk-file"
            ))
        };
        Ok(Credentials::Service {
            id: name("--service", id)?,
            org: given(self.service_org.as_deref())
                .map(|org| name("--service-org", org))
                .transpose()?,
            key: key.ok_or_else(problem)?,
        })
    }
}

impl Credentials {
    /// As headers.
    pub(super) fn headers(&self) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        match self {
            Self::Token(token) => {
                headers.insert(AUTHORIZATION, token.header("Bearer ")?);
            }
            Self::Service { id, org, key } => {
                headers.insert(CLIENT_ID_HEADER, id.clone());
                headers.insert(KEY_HEADER, key.header("")?);
                headers.extend(org.clone().map(|org| (ORG_HEADER, org)));
            }
        }
        Ok(headers)
    }
}

/// An empty variable is one that is not set.
fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn name(option: &str, text: &str) -> Result<HeaderValue, WrongUsage> {
    HeaderValue::from_str(text).map_err(|_| WrongUsage(format!("{option} takes plain text only")))
}

fn no_token() -> WrongUsage {
    let program = std::env::current_exe().map_or_else(
        |_| "cloud-connector".to_owned(),
        |path| path.display().to_string(),
    );
    WrongUsage(format!(
        "no token: set {TOKEN} or give --token-file; on a development machine:\n  export {TOKEN}=$({program} token \
         --org 10000)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_sends_its_name_its_key_and_its_organisation_and_no_token() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key");
        let caller = |org: &str| Caller {
            service: Some("dispatcher".to_owned()),
            psk_file: Some(file.clone()),
            service_org: Some(org.to_owned()),
            ..Caller::default()
        };
        let credentials = |org| caller(org).credentials_or_with(|| None);
        assert!(credentials("1").is_err(), "no key");
        std::fs::write(&file, "s3cret\n").expect("written");
        let headers = |org| {
            let credentials = credentials(org).expect("credentials");
            credentials.headers().expect("headers")
        };
        let sent = headers("10000");
        assert_eq!(sent[CLIENT_ID_HEADER], "dispatcher");
        assert_eq!(sent[KEY_HEADER], "s3cret");
        assert_eq!(sent[ORG_HEADER], "10000");
        assert!(sent[KEY_HEADER].is_sensitive() && !sent.contains_key(AUTHORIZATION));
        assert!(!headers("").contains_key(ORG_HEADER));
    }
}
