//! Looks at keys as a server would, and keeps none: for `doctor`.

use tokio::sync::watch;

use super::key::{KeyError, own_signing_key};
use super::key_files::KeyFiles;
use super::keys::{Issued, Keys};
use super::setup::issuer;
use crate::config::Config;

/// Reads every file with keys that tokens are checked with.
pub fn read_token_keys(config: &Config) -> Result<(), KeyError> {
    files(config).ring().map(drop)
}

/// How many keys of services the file has; `None` where no file is set.
pub fn count_service_keys(config: &Config) -> Result<Option<usize>, KeyError> {
    if config.auth.psk.file.is_empty() {
        return Ok(None);
    }
    files(config).services().map(|keys| Some(keys.len()))
}

/// Fetches the issuer's keys once, and returns their ids; `None` where no URL is set. The error is for people.
pub async fn fetch_issued_keys(config: &Config) -> Result<Option<Vec<String>>, String> {
    let keys = watch::Sender::new(Keys::default());
    let issuer = issuer(&config.auth.jwks, &keys).map_err(|error| error.to_string())?;
    let Some(issuer) = issuer else {
        return Ok(None);
    };
    issuer.fetch().await.map_err(|error| error.to_string())?;
    let ids = match &keys.borrow().issued {
        Issued::Known(ring) => ring.ids().into_iter().map(str::to_owned).collect(),
        Issued::Unused | Issued::Awaited => Vec::new(),
    };
    Ok(Some(ids))
}

fn files(config: &Config) -> KeyFiles {
    KeyFiles::of(&config.auth, own_signing_key(config))
}
