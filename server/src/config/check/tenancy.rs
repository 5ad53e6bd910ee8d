//! The tenant directory: settings that must be there, that would be ignored, or that no gateway could work with.

use std::fmt::Display;
use std::ops::RangeInclusive;

use connector_domain::id::{AccountNumber, OrgId};
use connector_tenancy::UnknownAnswer;

use super::refuse;
use crate::config::error::ConfigError;
use crate::config::tenancy::{Tenancy, TenancyKind, TenantGateway, TenantRetry};

/// In seconds.
const DAY: u64 = 24 * 60 * 60;

pub(super) fn check(tenancy: &Tenancy) -> Result<(), ConfigError> {
    default_tenant(tenancy)?;
    let (map_file, url) = (&tenancy.map_file, &tenancy.gateway.url);
    match tenancy.kind {
        TenancyKind::Auto if !map_file.is_empty() && !url.is_empty() => {
            let allowed = "\"file\" or \"gateway\", since both tenancy.map_file and tenancy.gateway.url are set";
            return Err(refuse("tenancy.kind", "auto", allowed.to_owned()));
        }
        TenancyKind::File if map_file.is_empty() => {
            let allowed = "a file, with tenancy.kind = \"file\"";
            return Err(refuse("tenancy.map_file", map_file, allowed.to_owned()));
        }
        TenancyKind::Gateway if url.is_empty() => {
            let allowed = "an address, with tenancy.kind = \"gateway\"";
            return Err(refuse("tenancy.gateway.url", url, allowed.to_owned()));
        }
        _ => {}
    }
    files(&tenancy.gateway)?;
    gateway(&tenancy.gateway)?;
    cache(tenancy)?;
    retry(&tenancy.retry)
}

fn default_tenant(tenancy: &Tenancy) -> Result<(), ConfigError> {
    let (org, account) = (&tenancy.default_org, &tenancy.default_account);
    OrgId::parse(org.as_str())
        .map_err(|error| refuse("tenancy.default_org", org, error.to_string()))?;
    if !account.is_empty() {
        AccountNumber::parse(account.as_str())
            .map_err(|error| refuse("tenancy.default_account", account, error.to_string()))?;
    }
    Ok(())
}

/// Certificates that would be ignored are refused: somebody counts on them.
fn files(gateway: &TenantGateway) -> Result<(), ConfigError> {
    for (key, file) in [
        ("tenancy.gateway.ca_file", &gateway.ca_file),
        (
            "tenancy.gateway.certificate_file",
            &gateway.certificate_file,
        ),
        ("tenancy.gateway.key_file", &gateway.key_file),
    ] {
        if !file.is_empty() && !gateway.url.starts_with("https://") {
            let allowed = "only where tenancy.gateway.url begins with \"https://\"";
            return Err(refuse(key, file, allowed.to_owned()));
        }
    }
    if gateway.certificate_file.is_empty() != gateway.key_file.is_empty() {
        let allowed = "set together with tenancy.gateway.certificate_file, or neither";
        let file = &gateway.key_file;
        return Err(refuse("tenancy.gateway.key_file", file, allowed.to_owned()));
    }
    Ok(())
}

fn gateway(gateway: &TenantGateway) -> Result<(), ConfigError> {
    for answer in &gateway.unknown {
        answer
            .parse::<UnknownAnswer>()
            .map_err(|error| refuse("tenancy.gateway.unknown", answer, error.to_string()))?;
    }
    within("tenancy.gateway.concurrency", gateway.concurrency, 1..=1024)?;
    within("tenancy.gateway.attempts", gateway.attempts, 1..=10)?;
    let failures = gateway.breaker_failures;
    within("tenancy.gateway.breaker_failures", failures, 1..=10_000)?;
    for (key, millis) in [
        ("tenancy.gateway.breaker_pause_ms", gateway.breaker_pause_ms),
        ("tenancy.gateway.batch_timeout_ms", gateway.batch_timeout_ms),
        (
            "tenancy.gateway.connect_timeout_ms",
            gateway.connect_timeout_ms,
        ),
        (
            "tenancy.gateway.request_timeout_ms",
            gateway.request_timeout_ms,
        ),
        (
            "tenancy.gateway.lookup_timeout_ms",
            gateway.lookup_timeout_ms,
        ),
    ] {
        within(key, millis, 1..=60_000)?;
    }
    Ok(())
}

fn cache(tenancy: &Tenancy) -> Result<(), ConfigError> {
    let cache = &tenancy.cache;
    within("tenancy.cache.entries", cache.entries, 1..=10_000_000)?;
    within("tenancy.cache.known_seconds", cache.known_seconds, 1..=DAY)?;
    within(
        "tenancy.cache.unknown_seconds",
        cache.unknown_seconds,
        1..=DAY,
    )?;
    within(
        "tenancy.cache.unavailable_ms",
        cache.unavailable_ms,
        1..=60_000,
    )
}

fn retry(retry: &TenantRetry) -> Result<(), ConfigError> {
    within("tenancy.retry.pending_ms", retry.pending_ms, 10..=60_000)?;
    let unknown = retry.unknown_seconds;
    within("tenancy.retry.unknown_seconds", unknown, 1..=DAY)?;
    within("tenancy.retry.limit", retry.limit, 1..=10_000)
}

fn within<T: PartialOrd + Display>(
    key: &'static str,
    value: T,
    allowed: RangeInclusive<T>,
) -> Result<(), ConfigError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let allowed = format!("{} to {}", allowed.start(), allowed.end());
    Err(refuse(key, value, allowed))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, ConfigError, TenancyKind, load};

    fn load_with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables = variables.iter().map(|(name, value)| {
            let name = format!("CLOUD_CONNECTOR__TENANCY__{name}");
            (name, (*value).to_owned())
        });
        load(Path::new("data"), None, variables)
    }

    #[test]
    fn the_kind_follows_from_what_is_set() {
        let kind = |variables: &[_]| load_with(variables).map(|it| it.tenancy.effective_kind());
        let url = ("GATEWAY__URL", "https://gateway/certauth");
        let map_file = ("MAP_FILE", "map.json");
        assert_eq!(kind(&[]).expect("valid"), TenancyKind::Default);
        assert_eq!(kind(&[map_file]).expect("valid"), TenancyKind::File);
        assert_eq!(kind(&[url]).expect("valid"), TenancyKind::Gateway);
        let both = [url, map_file, ("KIND", "file")];
        assert_eq!(kind(&both).expect("valid"), TenancyKind::File);
        assert!(kind(&both[..2]).is_err(), "which of the two?");
    }

    #[test]
    fn what_is_missing_ignored_or_out_of_range_is_named() {
        for (variables, named) in [
            (&[("KIND", "gateway")][..], "tenancy.gateway.url"),
            (&[("KIND", "file")], "tenancy.map_file"),
            (&[("KIND", "bop")], "gateway"),
            (&[("DEFAULT_ORG", "")], "tenancy.default_org"),
            (
                &[("GATEWAY__UNKNOWN", "404,500")],
                "tenancy.gateway.unknown",
            ),
            (&[("GATEWAY__CA_FILE", "ca.pem")], "tenancy.gateway.ca_file"),
            (&[("GATEWAY__CONCURRENCY", "0")], "1 to 1024"),
            (
                &[("CACHE__KNOWN_SECONDS", "0")],
                "tenancy.cache.known_seconds",
            ),
            (
                &[
                    ("GATEWAY__URL", "https://gateway"),
                    ("GATEWAY__KEY_FILE", "own.key"),
                ],
                "tenancy.gateway.key_file",
            ),
        ] {
            let error = load_with(variables).expect_err(named).to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
