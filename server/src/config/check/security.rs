//! Settings of Kafka's security must fit together: one that would be ignored is refused.

use super::refuse;
use crate::config::error::ConfigError;
use crate::config::section::{Kafka, Security};

pub(super) fn check(kafka: &Kafka) -> Result<(), ConfigError> {
    let (sasl, tls) = (kafka.security.has_sasl(), kafka.security.has_tls());
    for (key, value) in [
        ("kafka.username", &kafka.username),
        ("kafka.password", &kafka.password),
    ] {
        // A password must not show up in a message.
        let shown = if key == "kafka.username" {
            value
        } else {
            "…"
        };
        if sasl && value.is_empty() {
            let allowed = format!("needed with kafka.security = {}", name(kafka.security));
            return Err(refuse(key, "", allowed));
        }
        if !sasl && !value.is_empty() {
            let allowed = "only with kafka.security = \"sasl-plaintext\" or \"sasl-tls\"";
            return Err(refuse(key, shown, allowed.to_owned()));
        }
    }
    for (key, value) in [
        ("kafka.ca_file", &kafka.ca_file),
        ("kafka.certificate_file", &kafka.certificate_file),
        ("kafka.key_file", &kafka.key_file),
    ] {
        if !tls && !value.is_empty() {
            let allowed = "only with kafka.security = \"tls\" or \"sasl-tls\"";
            return Err(refuse(key, value, allowed.to_owned()));
        }
    }
    if kafka.certificate_file.is_empty() != kafka.key_file.is_empty() {
        let allowed = "set together with kafka.certificate_file, or neither";
        return Err(refuse(
            "kafka.key_file",
            &kafka.key_file,
            allowed.to_owned(),
        ));
    }
    Ok(())
}

fn name(security: Security) -> &'static str {
    match security {
        Security::Plaintext => "\"plaintext\"",
        Security::Tls => "\"tls\"",
        Security::SaslPlaintext => "\"sasl-plaintext\"",
        Security::SaslTls => "\"sasl-tls\"",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, ConfigError, load};

    fn load_with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables = variables.iter().map(|(name, value)| {
            (
                format!("CLOUD_CONNECTOR__KAFKA__{name}"),
                (*value).to_owned(),
            )
        });
        load(Path::new("data"), None, variables)
    }

    fn refused(variables: &[(&str, &str)]) -> String {
        load_with(variables).expect_err("refused").to_string()
    }

    #[test]
    fn security_that_does_not_fit_together_is_refused_with_what_is_missing() {
        let error = refused(&[("SECURITY", "sasl-tls"), ("USERNAME", "me")]);
        assert!(
            error.contains("kafka.password") && error.contains("sasl-tls"),
            "{error}"
        );
        let error = refused(&[("PASSWORD", "hunter2")]);
        assert!(
            error.contains("sasl-plaintext") && !error.contains("hunter2"),
            "{error}"
        );
        let error = refused(&[("CA_FILE", "ca.pem")]);
        assert!(
            error.contains("kafka.ca_file") && error.contains("\"tls\""),
            "{error}"
        );
        let error = refused(&[("SECURITY", "tls"), ("CERTIFICATE_FILE", "own.pem")]);
        assert!(error.contains("kafka.key_file"), "{error}");
        let error = refused(&[("SECURITY", "ssl")]);
        assert!(
            error.contains("sasl-tls") && error.contains("plaintext"),
            "{error}"
        );
        let error = refused(&[("SASL_MECHANISM", "GSSAPI")]);
        assert!(error.contains("SCRAM-SHA-256"), "{error}");
    }

    #[test]
    fn a_password_is_masked() {
        let config = load_with(&[
            ("SECURITY", "sasl-tls"),
            ("USERNAME", "me"),
            ("PASSWORD", "hunter2"),
        ])
        .expect("valid");
        let shown = config.masked().expect("TOML");
        assert!(
            shown.contains("me") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
