//! What must hold of who may call, and from where.

use connector_domain::caller::Permission;
use jsonwebtoken::AlgorithmFamily;
use url::{Host, Url};

use super::refuse;
use crate::auth::PeerRanges;
use crate::config::error::ConfigError;
use crate::config::section::{Auth, Config, Identity, Jwks};

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    for origin in &config.http.allowed_origins {
        if !is_origin(origin) {
            let allowed = "\"https://host\" or \"https://host:port\", without a path";
            return Err(refuse("http.allowed_origins", origin, allowed.to_owned()));
        }
    }
    let connections = config.http.max_connections;
    if !(10..=1_000_000).contains(&connections) {
        let allowed = "10 to 1000000".to_owned();
        return Err(refuse("http.max_connections", connections, allowed));
    }
    check_tokens(&config.auth)?;
    check_issuer(&config.auth.jwks)?;
    check_identity(&config.auth.identity)
}

fn check_tokens(auth: &Auth) -> Result<(), ConfigError> {
    for (key, value) in [
        ("auth.issuer", &auth.issuer),
        ("auth.audience", &auth.audience),
    ] {
        if value.is_empty() {
            return Err(refuse(key, value, "what every token carries".to_owned()));
        }
    }
    if auth.verification_algorithm.family() == AlgorithmFamily::Hmac {
        let allowed =
            "an algorithm with a public key; a shared secret goes to auth.shared_key_file";
        let algorithm = format!("{:?}", auth.verification_algorithm);
        return Err(refuse(
            "auth.verification_algorithm",
            algorithm,
            allowed.to_owned(),
        ));
    }
    within(
        "auth.clock_leeway_seconds",
        auth.clock_leeway_seconds,
        (0, 60),
    )?;
    within("auth.reload_seconds", auth.reload_seconds, (1, 60))
}

fn check_issuer(jwks: &Jwks) -> Result<(), ConfigError> {
    within("auth.jwks.refresh_seconds", jwks.refresh_seconds, (5, 3600))?;
    if jwks.url.is_empty() {
        let unused = !jwks.ca_file.is_empty();
        let allowed = "only with auth.jwks.url";
        return unused
            .then(|| refuse("auth.jwks.ca_file", &jwks.ca_file, allowed.to_owned()))
            .map_or(Ok(()), Err);
    }
    let allowed = "https://…, or http:// to this machine, and no password in it: whoever can answer for it can make tokens";
    let url = Url::parse(&jwks.url).ok();
    match url.filter(|url| is_trustworthy(url) && url.username().is_empty()) {
        Some(_) => Ok(()),
        // It may hold a password.
        None => Err(refuse("auth.jwks.url", "…", allowed.to_owned())),
    }
}

fn check_identity(identity: &Identity) -> Result<(), ConfigError> {
    PeerRanges::parse(&identity.peers).map_err(|wrong| {
        let allowed = "addresses and ranges, e.g. \"10.1.2.3\" and \"10.1.2.0/24\"";
        refuse("auth.identity.peers", wrong, allowed.to_owned())
    })?;
    if identity.enabled && identity.peers.is_empty() {
        let allowed = "the addresses of the gateway, with auth.identity.enabled: anybody else can make the header up";
        return Err(refuse("auth.identity.peers", "[]", allowed.to_owned()));
    }
    for (key, permissions) in [
        ("auth.identity.permissions", &identity.permissions),
        (
            "auth.identity.org_admin_permissions",
            &identity.org_admin_permissions,
        ),
    ] {
        if permissions.contains(&Permission::CrossTenant) {
            let allowed =
                "permissions within an organisation: a customer's user never has that one";
            return Err(refuse(
                key,
                Permission::CrossTenant.as_str(),
                allowed.to_owned(),
            ));
        }
    }
    within(
        "auth.identity.session_seconds",
        identity.session_seconds,
        (60, 86_400),
    )
}

fn within(key: &'static str, value: u64, (least, most): (u64, u64)) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(refuse(key, value, format!("{least} to {most}")))
    }
}

fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        ["http", "https"].contains(&url.scheme()) && url.origin().ascii_serialization() == text
    })
}

/// Whether nobody on the way can answer in the place of its host.
fn is_trustworthy(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, ConfigError, load};

    fn load_with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables = variables
            .iter()
            .map(|(name, value)| (format!("CLOUD_CONNECTOR__{name}"), (*value).to_owned()));
        load(Path::new("data"), None, variables)
    }

    #[test]
    fn what_would_let_anybody_in_or_do_nothing_is_refused_with_its_name() {
        for (variables, key) in [
            (vec![("AUTH__AUDIENCE", "")], "auth.audience"),
            (
                vec![("AUTH__VERIFICATION_ALGORITHM", "HS256")],
                "auth.shared_key_file",
            ),
            (vec![("AUTH__VERIFICATION_ALGORITHM", "none")], "ES256"),
            (vec![("AUTH__CLOCK_LEEWAY_SECONDS", "3600")], "0 to 60"),
            (
                vec![("AUTH__JWKS__URL", "http://issuer.example.com/keys")],
                "auth.jwks.url",
            ),
            (
                vec![("AUTH__JWKS__URL", "http://127.0.0.1.example.com/")],
                "auth.jwks.url",
            ),
            (
                vec![("AUTH__JWKS__URL", "https://me:secret@issuer/keys")],
                "auth.jwks.url",
            ),
            (vec![("AUTH__JWKS__CA_FILE", "ca.pem")], "auth.jwks.ca_file"),
            (
                vec![("AUTH__IDENTITY__ENABLED", "true")],
                "auth.identity.peers",
            ),
            (
                vec![("AUTH__IDENTITY__PEERS", "gateway")],
                "auth.identity.peers",
            ),
            (
                vec![("AUTH__IDENTITY__PERMISSIONS", "CROSS_TENANT")],
                "auth.identity.permissions",
            ),
            (
                vec![("AUTH__IDENTITY__PERMISSIONS", "EVERYTHING")],
                "MESSAGE_SEND",
            ),
            (vec![("HTTP__ALLOWED_ORIGINS", "*")], "http.allowed_origins"),
            (
                vec![("HTTP__ALLOWED_ORIGINS", "https://ui.example.com/")],
                "http.allowed_origins",
            ),
        ] {
            let error = load_with(&variables).expect_err("refused").to_string();
            assert!(error.contains(key) && !error.contains("secret@"), "{error}");
        }
    }

    #[test]
    fn a_gateway_and_an_issuer_can_be_named_by_the_environment() {
        let config = load_with(&[
            ("AUTH__IDENTITY__ENABLED", "true"),
            ("AUTH__IDENTITY__PEERS", "10.1.2.0/24,fd00::7"),
            (
                "AUTH__IDENTITY__PERMISSIONS",
                "CONNECTION_READ MESSAGE_SEND",
            ),
            ("AUTH__JWKS__URL", "http://127.0.0.1:9000/keys"),
            ("AUTH__VERIFICATION_ALGORITHM", "PS256"),
            (
                "HTTP__ALLOWED_ORIGINS",
                "https://ui.example.com http://localhost:5173",
            ),
        ])
        .expect("valid");
        assert_eq!(config.auth.identity.peers.len(), 2);
        assert_eq!(config.auth.identity.permissions.len(), 2);
        assert!(config.masked().expect("TOML").contains("PS256"));
    }
}
