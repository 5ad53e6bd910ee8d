//! The settings for people to look at: secrets masked.

use super::section::Config;

const MASK: &str = "********";

impl Config {
    /// The effective settings as TOML, secrets masked.
    pub fn masked(&self) -> Result<String, toml::ser::Error> {
        let mut shown = self.clone();
        for secret in [
            &mut shown.mqtt.password,
            &mut shown.kafka.password,
            &mut shown.auth.cursor_secret,
        ] {
            mask(secret);
        }
        shown.kafka.properties.iter_mut().for_each(mask_property);
        // A URL may hold a password before its `@`.
        for address in [&mut shown.database.url, &mut shown.mqtt.url] {
            mask_url(address);
        }
        toml::to_string(&shown)
    }
}

fn mask(secret: &mut String) {
    if !secret.is_empty() {
        MASK.clone_into(secret);
    }
}

fn mask_property(property: &mut String) {
    if let Some((name, _)) = property.split_once('=')
        && ["password", "secret", "key", "config"]
            .iter()
            .any(|word| name.contains(word))
    {
        *property = format!("{name}={MASK}");
    }
}

fn mask_url(address: &mut String) {
    if let Ok(mut url) = url::Url::parse(address)
        && url.password().is_some()
        && url.set_password(Some(MASK)).is_ok()
    {
        *address = url.to_string();
    }
}
