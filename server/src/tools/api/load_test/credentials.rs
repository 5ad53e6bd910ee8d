//! The devices' certificates: issued here by an authority whose key there is, or given.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use connector_device::Identity;
use connector_domain::id::ClientId;
use connector_load::identities;
use connector_transport::embedded::Authority;

use super::load::Load;
use super::voice::Voice;
use crate::cli::WrongUsage;
use crate::compose::Authorities;
use crate::config::Config;

/// Open files beside the devices' links.
const OTHER_FILES: u64 = 64;

/// Where the certificates come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Certificates")]
pub(super) struct Credentials {
    /// Directory with the devices' authority, `ca.pem` and `ca.key`, which issues a certificate to each device [default: the
    /// development authority of the data directory].
    #[arg(long, value_name = "DIR", conflicts_with = "certificates")]
    authority: Option<PathBuf>,
    /// Directory with certificates as `certs issue` writes them, `CLIENT_ID.pem`, `CLIENT_ID.key` and `ca.pem`: the first
    /// --devices of them are used, and --client-id is not.
    #[arg(long, value_name = "DIR", conflicts_with = "client_id")]
    certificates: Option<PathBuf>,
    /// Authority of the broker's own certificate (PEM), where it is another than `ca.pem`.
    #[arg(long, value_name = "FILE")]
    broker_ca: Option<PathBuf>,
}

impl Credentials {
    /// One identity per device.
    pub(super) fn identities(
        &self,
        config: &Config,
        load: &Load,
        voice: &Voice,
    ) -> anyhow::Result<Vec<Identity>> {
        check_open_files(load.devices)?;
        let broker_ca = self.broker_ca.as_deref().map(read).transpose()?;
        if let Some(directory) = &self.certificates {
            return Ok(given(directory, broker_ca, load.devices as usize)?);
        }
        let authority = self.authority(config)?;
        let broker_ca = broker_ca.unwrap_or_else(|| authority.ca_pem().to_owned());
        let names = names(load).map_err(WrongUsage)?;
        let mut counting = voice.count("certificates", names.len() as u64);
        let names = (1..).zip(names).map(|(number, name)| {
            counting.reach(number);
            name
        });
        Ok(identities(&authority, &broker_ca, names)?)
    }

    fn authority(&self, config: &Config) -> anyhow::Result<Authority> {
        let Some(directory) = &self.authority else {
            return Ok(Authorities::open(config)?.devices);
        };
        // Opening would make what is missing.
        for name in ["ca.pem", "ca.key"] {
            let file = directory.join(name);
            if !file.is_file() {
                return Err(WrongUsage(format!("there is no {}", file.display())).into());
            }
        }
        let problem = || format!("the authority in {} cannot be used", directory.display());
        Authority::open(directory, "").with_context(problem)
    }
}

fn names(load: &Load) -> Result<Vec<String>, String> {
    let names = (1..=load.devices).map(|number| format!("{}-{number}", load.client_id));
    let check = |name: String| {
        ClientId::parse(name.as_str()).map_err(|error| error.to_string())?;
        Ok(name)
    };
    names.map(check).collect()
}

/// The first `count` of a directory, by name.
fn given(
    directory: &Path,
    broker_ca: Option<String>,
    count: usize,
) -> Result<Vec<Identity>, WrongUsage> {
    let mut names = certified(directory)?;
    names.sort();
    if names.len() < count {
        let (found, directory) = (names.len(), directory.display());
        let problem =
            format!("{directory} has certificates and keys for {found} devices, not for {count}");
        return Err(WrongUsage(problem));
    }
    names.truncate(count);
    let ca = match broker_ca {
        Some(ca) => ca,
        None => read(&directory.join("ca.pem"))?,
    };
    let identity = |name: String| {
        let file = |ending: &str| read(&directory.join(format!("{name}.{ending}")));
        let (certificate, key) = (file("pem")?, file("key")?);
        Identity::from_pem(name.as_str(), &ca, &certificate, &key)
            .map_err(|error| WrongUsage(format!("the certificate of {name}: {error}")))
    };
    names.into_iter().map(identity).collect()
}

/// The client ids that a directory has both a certificate and a key for.
fn certified(directory: &Path) -> Result<Vec<String>, WrongUsage> {
    let problem = |error| WrongUsage(format!("{} cannot be read: {error}", directory.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let is_key = path.extension().is_some_and(|ending| ending == "key");
        if is_key
            && path.with_extension("pem").is_file()
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
            && name != "ca"
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn read(file: &Path) -> Result<String, WrongUsage> {
    std::fs::read_to_string(file)
        .map_err(|error| WrongUsage(format!("{} cannot be read: {error}", file.display())))
}

/// Every device is an open file, and shells allow few by default.
fn check_open_files(devices: u32) -> Result<(), WrongUsage> {
    let needed = u64::from(devices) + OTHER_FILES;
    match allowed_open_files() {
        Some(allowed) if allowed < needed => Err(WrongUsage(format!(
            "{devices} devices need {needed} open files, and this process may have {allowed}: ulimit -n {needed}"
        ))),
        _ => Ok(()),
    }
}

/// As Linux tells; nothing elsewhere, or without a limit.
fn allowed_open_files() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_gives_whoever_has_a_certificate_and_its_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::open(&folder.path().join("ca"), "tests").expect("an authority");
        let out = folder.path().join("devices");
        for name in ["b", "a"] {
            let issued = authority.issue_client(name).expect("a certificate");
            issued.write(&out, name).expect("written");
        }
        std::fs::write(out.join("c.key"), "no certificate").expect("written");
        let found = given(&out, None, 2).expect("two devices");
        let names: Vec<_> = found.iter().map(|one| one.client_id.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(given(&out, None, 3).is_err());
        assert!(given(folder.path(), None, 1).is_err());
    }
}
