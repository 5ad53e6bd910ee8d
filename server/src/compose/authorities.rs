//! The development authorities of the data directory: one for devices and the broker, one for our own services.

use anyhow::Context;
use connector_device::Identity;
use connector_transport::embedded::Authority;

use crate::config::Config;

/// Two authorities, so that no certificate of a device is ever one of a service.
pub struct Authorities {
    /// Signs devices' certificates and the broker's.
    pub devices: Authority,
    /// Signs the certificates of our own services.
    pub services: Authority,
}

impl Authorities {
    /// Opens them; makes them on first use.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let directory = config.data_dir.join("certs");
        let open = |name: &str, title: &str| {
            let directory = directory.join(name);
            Authority::open(&directory, title)
                .with_context(|| format!("the authority in {} cannot be used", directory.display()))
        };
        Ok(Self {
            devices: open("devices", "Cloud Connector development devices")?,
            services: open("services", "Cloud Connector development services")?,
        })
    }

    /// A new certificate for a simulated device.
    pub fn device_identity(&self, client_id: &str) -> anyhow::Result<Identity> {
        let issued = self.devices.issue_client(client_id)?;
        Identity::from_pem(
            client_id,
            self.devices.ca_pem(),
            &issued.certificate_pem,
            &issued.private_key_pem,
        )
        .context("the development certificate cannot be used")
    }
}
