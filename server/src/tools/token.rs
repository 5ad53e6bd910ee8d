//! `cloud-connector token`: a JSON Web Token for the API.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use connector_domain::caller::Permission;
use connector_domain::clock::{Clock, System};
use connector_domain::id::{AccountNumber, CallerName, OrgId};

use crate::auth::{NewToken, TokenKeys, issue};
use crate::cli::WrongUsage;
use crate::config::Config;

/// Whose token it is to be.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Organisation the caller acts for. May be left out with CROSS_TENANT.
    #[arg(long)]
    org: Option<String>,
    /// Its legacy account number.
    #[arg(long, value_name = "N")]
    account: Option<String>,
    /// What the caller may do, once per permission; see the API's enum `Permission`. Left out: all but `CROSS_TENANT`.
    #[arg(long = "permission", value_name = "P")]
    permissions: Vec<String>,
    /// How long it is valid: a number with s, m, h or d.
    #[arg(long, default_value = "1h", value_parser = parse_ttl)]
    ttl: Duration,
    /// Name of the caller, as `viewer` shows it.
    #[arg(long, default_value = "developer")]
    name: String,
}

/// Runs the command.
pub fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let token = new_token(arguments).map_err(WrongUsage)?;
    println!("{}", signed(config, token)?);
    Ok(())
}

/// A token of the configured key.
pub fn signed(config: &Config, token: NewToken) -> anyhow::Result<String> {
    let key = TokenKeys::load(config)?
        .signing
        .context("there is no key to sign with: set auth.signing_key_file")?;
    let auth = &config.auth;
    issue(token, &key, &auth.issuer, &auth.audience, System.now())
        .context("the token cannot be signed")
}

/// What the printed development token may do: everything within its organisation.
pub fn every_permission_of_an_org() -> Vec<Permission> {
    Permission::ALL
        .into_iter()
        .filter(|permission| *permission != Permission::CrossTenant)
        .collect()
}

fn new_token(arguments: Arguments) -> Result<NewToken, String> {
    let mut permissions = arguments
        .permissions
        .iter()
        .map(|name| parse_permission(name))
        .collect::<Result<Vec<_>, _>>()?;
    if permissions.is_empty() {
        permissions = every_permission_of_an_org();
    }
    if arguments.org.is_none() && !permissions.contains(&Permission::CrossTenant) {
        return Err("--org is needed, unless --permission CROSS_TENANT is given".to_owned());
    }
    Ok(NewToken {
        name: CallerName::parse(arguments.name).map_err(|error| error.to_string())?,
        org_id: arguments
            .org
            .map(OrgId::parse)
            .transpose()
            .map_err(|error| error.to_string())?,
        account_number: arguments
            .account
            .map(AccountNumber::parse)
            .transpose()
            .map_err(|error| error.to_string())?,
        permissions,
        ttl: arguments.ttl,
    })
}

pub(super) fn parse_permission(name: &str) -> Result<Permission, String> {
    Permission::parse(&name.to_ascii_uppercase()).ok_or_else(|| {
        let known: Vec<_> = Permission::ALL
            .iter()
            .map(|permission| permission.as_str())
            .collect();
        format!("{name} is not a permission; there are {}", known.join(", "))
    })
}

pub(super) fn parse_ttl(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a number with s, m, h or d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_| wrong())?;
    match number.checked_mul(seconds) {
        Some(seconds) if seconds > 0 && seconds <= 366 * 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("{text:?} is not between 1s and 366d")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_has_a_number_and_a_unit() {
        assert_eq!(parse_ttl("90m"), Ok(Duration::from_mins(90)));
        for text in ["", "h", "1", "-1h", "1y", "0s", "400d"] {
            assert!(parse_ttl(text).is_err(), "{text}");
        }
    }
}
