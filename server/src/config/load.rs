//! Puts the layers of settings together.

use std::path::Path;

use figment::Figment;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Value};

use super::check::check;
use super::environment::Environment;
use super::error::ConfigError;
use super::section::Config;

/// The documented defaults, as text.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// Loads the settings: defaults, `file`, `variables`.
pub fn load(
    data_dir: &Path,
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let defaults = Figment::from(Toml::string(DEFAULTS));
    let known: Dict = defaults.extract().map_err(value_error)?;
    let mut layers = defaults;
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })?;
        let given: Dict = Figment::from(Toml::string(&text))
            .extract()
            .map_err(value_error)?;
        refuse_unknown(&given, &known, "", &path.display().to_string())?;
        layers = layers.merge(Toml::string(&text));
    }
    layers = layers.merge(Environment::read(variables, &known)?);
    let mut config: Config = layers.extract().map_err(value_error)?;
    data_dir.clone_into(&mut config.data_dir);
    config.file = file.map(Path::to_owned);
    check(&config)?;
    Ok(config)
}

fn value_error(error: figment::Error) -> ConfigError {
    ConfigError::Value(Box::new(error))
}

fn refuse_unknown(
    given: &Dict,
    known: &Dict,
    section: &str,
    origin: &str,
) -> Result<(), ConfigError> {
    for (key, value) in given {
        let path = if section.is_empty() {
            key.clone()
        } else {
            format!("{section}.{key}")
        };
        match (value, known.get(key)) {
            (Value::Dict(_, given), Some(Value::Dict(_, known))) => {
                refuse_unknown(given, known, &path, origin)?;
            }
            (_, Some(_)) => {}
            (_, None) => {
                let known = known.keys().cloned().collect::<Vec<_>>().join(", ");
                return Err(ConfigError::Unknown {
                    key: path,
                    origin: origin.to_owned(),
                    known,
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_with(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("connector.toml");
        std::fs::write(&path, file).expect("written");
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(Path::new("data"), Some(&path), variables)
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let config = load_with(
            "[http]\nport = 1\naddress = \"::1\"",
            &[
                ("CLOUD_CONNECTOR__HTTP__PORT", "9000"),
                ("CLOUD_CONNECTOR__MQTT__PASSWORD", "1234"),
                ("PATH", "x"),
            ],
        )
        .expect("valid");
        assert_eq!(
            (config.http.port, config.http.address.as_str()),
            (9000, "::1")
        );
        assert_eq!(config.mqtt.password, "1234");
        assert_eq!(config.management.port, 8081);
    }

    #[test]
    fn an_unknown_key_or_a_bad_value_is_named() {
        let error = load_with("[http]\nprot = 1", &[])
            .expect_err("unknown key")
            .to_string();
        assert!(
            error.contains("http.prot") && error.contains("port"),
            "{error}"
        );
        let error = load_with("", &[("CLOUD_CONNECTOR__HTTP__PROT", "1")])
            .expect_err("unknown key")
            .to_string();
        assert!(error.contains("CLOUD_CONNECTOR__HTTP__PROT"), "{error}");
        let error = load_with("", &[("CLOUD_CONNECTOR__HTTP__PORT", "high")])
            .expect_err("bad value")
            .to_string();
        assert!(
            error.contains("HTTP__PORT") && error.contains("high"),
            "{error}"
        );
        let error = load_with("[mqtt]\nprotocol = \"4\"", &[])
            .expect_err("bad value")
            .to_string();
        assert!(error.contains("3.1.1") && error.contains('4'), "{error}");
        let error = load_with("[mqtt]\nhand_off = 0", &[])
            .expect_err("bad value")
            .to_string();
        assert!(
            error.contains("mqtt.hand_off") && error.contains("512"),
            "{error}"
        );
    }

    #[test]
    fn every_key_of_the_defaults_has_a_comment() {
        let mut commented = false;
        for line in DEFAULTS.lines() {
            let line = line.trim();
            if line.starts_with('#') {
                commented = true;
            } else if line.is_empty() || line.starts_with('[') {
                commented = false;
            } else {
                assert!(commented, "no comment above {line}");
            }
        }
    }
}
