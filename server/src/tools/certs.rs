//! `cloud-connector certs issue`: development certificates for devices.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use connector_domain::id::ClientId;

use crate::cli::WrongUsage;
use crate::compose::Authorities;
use crate::config::Config;

/// What to do with certificates.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Issues a certificate for a device, signed by the data directory's authority.
    Issue {
        /// The device's client id: the common name of the certificate.
        client_id: String,
        /// Directory for `CLIENT_ID.pem`, `CLIENT_ID.key` and `ca.pem`.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Runs the command.
pub fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let Action::Issue { client_id, out } = arguments.action;
    let client_id = ClientId::parse(client_id).map_err(|error| WrongUsage(error.to_string()))?;
    let services = [
        &config.mqtt.consumer_client_id,
        &config.mqtt.publisher_client_id,
    ];
    if services
        .iter()
        .any(|name| client_id.as_str().starts_with(name.as_str()))
    {
        return Err(WrongUsage(format!(
            "{client_id} is a name of the platform's own services"
        ))
        .into());
    }
    let authorities = Authorities::open(config)?;
    let issued = authorities.devices.issue_client(client_id.as_str())?;
    let files = issued
        .write(&out, client_id.as_str())
        .with_context(|| format!("the certificate cannot be written to {}", out.display()))?;
    for file in [files.certificate, files.private_key, files.ca] {
        println!("{}", file.display());
    }
    Ok(())
}
