//! Settings from the environment. A variable's text is read as the type its default has, so that a password of digits
//! stays a text and a port is a number.

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::error::ConfigError;

const PREFIX: &str = "CLOUD_CONNECTOR__";

/// The variables that are settings, read against the defaults.
pub(super) struct Environment {
    values: Dict,
}

impl Environment {
    /// Reads `variables`; `defaults` knows every key and its type.
    pub fn read(
        variables: impl Iterator<Item = (String, String)>,
        defaults: &Dict,
    ) -> Result<Self, ConfigError> {
        let mut values = Dict::new();
        for (name, text) in variables {
            let Some(path) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let path: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
            insert(&mut values, &path, &text, defaults, &name)?;
        }
        Ok(Self { values })
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment")
            .interpolater(|_, keys| format!("{PREFIX}{}", keys.join("__").to_ascii_uppercase()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

fn insert(
    into: &mut Dict,
    path: &[String],
    text: &str,
    defaults: &Dict,
    variable: &str,
) -> Result<(), ConfigError> {
    let (Some(key), rest) = (path.first(), path.get(1..).unwrap_or_default()) else {
        return Ok(());
    };
    match (defaults.get(key), rest.is_empty()) {
        (Some(Value::Dict(_, inner)), false) => {
            let slot = into
                .entry(key.clone())
                .or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, slot) = slot {
                insert(slot, rest, text, inner, variable)?;
            }
            Ok(())
        }
        (Some(default), true) if !matches!(default, Value::Dict(..)) => {
            into.insert(key.clone(), typed(text, default));
            Ok(())
        }
        _ => Err(ConfigError::Unknown {
            key: path.join("."),
            origin: variable.to_owned(),
            known: defaults.keys().cloned().collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The text as the default's type; left a text when it does not read as that, which the check of types then reports.
fn typed(text: &str, default: &Value) -> Value {
    let read = match default {
        Value::Num(..) => text.parse::<i64>().ok().map(Value::from),
        Value::Bool(..) => text.parse::<bool>().ok().map(Value::from),
        Value::Array(..) => Some(Value::from(
            text.split([',', ' '])
                .filter(|item| !item.is_empty())
                .map(Value::from)
                .collect::<Vec<_>>(),
        )),
        _ => None,
    };
    read.unwrap_or_else(|| Value::from(text))
}
