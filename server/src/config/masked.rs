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
        for address in [
            &mut shown.database.url,
            &mut shown.mqtt.url,
            &mut shown.auth.jwks.url,
        ] {
            *address = masked_url(address);
        }
        toml::to_string(&shown)
    }

    /// `database.url` without its password.
    pub fn masked_database_url(&self) -> String {
        masked_url(&self.database.url)
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

/// A URL may hold a password before its `@`, and PostgreSQL's among its parameters.
fn masked_url(address: &str) -> String {
    let Ok(mut url) = url::Url::parse(address) else {
        return address.to_owned();
    };
    let is_password = |name: &str| name == "password";
    if url.query_pairs().any(|(name, _)| is_password(&name)) {
        let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(parameters.iter().map(|(name, value)| {
                let value = if is_password(name) { MASK } else { value };
                (name, value)
            }));
    } else if url.password().is_none() {
        return address.to_owned();
    }
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_keeps_all_but_its_password() {
        for (address, shown) in [
            ("", ""),
            ("sqlite:/var/lib/a.db", "sqlite:/var/lib/a.db"),
            (
                "postgres://host/db?sslmode=require",
                "postgres://host/db?sslmode=require",
            ),
            (
                "postgres://me:secret@host:5433/db",
                "postgres://me:********@host:5433/db",
            ),
            (
                "postgres://host/db?user=me&password=secret&sslmode=require",
                "postgres://host/db?user=me&password=********&sslmode=require",
            ),
        ] {
            assert_eq!(masked_url(address), shown);
        }
    }
}
