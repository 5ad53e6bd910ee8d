//! What the API tells callers by: keys for tokens, in files and at the issuer's URL, and keys of services.

use super::Remedy;
use crate::auth::{TokenKeys, count_service_keys, fetch_issued_keys, read_token_keys};
use crate::config::Config;

/// The files with keys for tokens.
pub fn token_keys(config: &Config) -> Result<String, Remedy> {
    if TokenKeys::are_made_by_loading(config) {
        return Ok("not there yet; made at the first start".to_owned());
    }
    let mend = "set auth.signing_key_file or auth.verification_key_file to a P-256 key in PEM; mend the other files of [auth]";
    let loaded = TokenKeys::load(config).map_err(|error| Remedy::new(error, mend))?;
    read_token_keys(config).map_err(|error| Remedy::new(error, mend))?;
    Ok(match loaded.signing {
        Some(_) => "sign and check tokens".to_owned(),
        None => "check tokens; there is none to sign with".to_owned(),
    })
}

/// The issuer's keys.
pub async fn issued_keys(config: &Config) -> Result<String, Remedy> {
    let url = &config.auth.jwks.url;
    match fetch_issued_keys(config).await {
        Ok(None) => Ok("no URL is set".to_owned()),
        Ok(Some(ids)) => Ok(format!("{url} has {}", ids.join(", "))),
        Err(error) => Err(Remedy::new(
            format!("{url}: {error}"),
            "check auth.jwks.url, auth.jwks.ca_file and the network; until it answers, no token of the issuer is let in",
        )),
    }
}

/// The file with keys of services.
pub fn service_keys(config: &Config) -> Result<String, Remedy> {
    match count_service_keys(config) {
        Ok(None) => Ok("no file is set".to_owned()),
        Ok(Some(count)) => Ok(format!("{count} in {}", config.auth.psk.file)),
        Err(error) => Err(Remedy::new(
            error,
            "mend the file that auth.psk.file names; `psk create` makes its lines",
        )),
    }
}
