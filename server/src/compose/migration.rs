//! The command that brings the configured database up to date, for messages that say what to do.

use std::fmt::Write;
use std::path::Path;

use crate::config::Config;

/// The variable of `database.url`.
const VARIABLE: &str = "CLOUD_CONNECTOR__DATABASE__URL";

/// The command, to be pasted into a shell. A password is masked: whoever migrates is the owner of the tables, and the
/// process that says this need not be.
pub fn migrate_command(config: &Config) -> String {
    let binary = std::env::current_exe();
    let binary = binary.as_deref().unwrap_or(Path::new("cloud-connector"));
    let is_in_file = config.file.is_some() && std::env::var_os(VARIABLE).is_none();
    command(binary, config, is_in_file)
}

fn command(binary: &Path, config: &Config, is_in_file: bool) -> String {
    let mut command = String::new();
    if !config.database.url.is_empty() && !is_in_file {
        let url = quoted(&config.masked_database_url());
        let _ = write!(command, "{VARIABLE}={url} ");
    }
    let data_dir = quoted(&config.data_dir.display().to_string());
    let binary = quoted(&binary.display().to_string());
    let _ = write!(command, "{binary} migrate --data-dir {data_dir}");
    if let Some(file) = &config.file {
        let file = quoted(&file.display().to_string());
        let _ = write!(command, " --config {file}");
    }
    command
}

/// As a shell reads it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:,+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::load;

    fn settings(url: &str) -> Config {
        let mut config = load(Path::new("my data"), None, std::iter::empty()).expect("valid");
        url.clone_into(&mut config.database.url);
        config
    }

    #[test]
    fn the_command_names_the_configured_database_and_no_password() {
        let binary = Path::new("/opt/cc");
        let default = command(binary, &settings(""), false);
        assert_eq!(default, "/opt/cc migrate --data-dir 'my data'");
        let postgres = settings("postgres://me:secret@db:5432/it");
        assert_eq!(
            command(binary, &postgres, false),
            "CLOUD_CONNECTOR__DATABASE__URL='postgres://me:********@db:5432/it' \
             /opt/cc migrate --data-dir 'my data'"
        );
        let in_file = Config {
            file: Some(PathBuf::from("/etc/cc.toml")),
            ..postgres
        };
        assert_eq!(
            command(binary, &in_file, true),
            "/opt/cc migrate --data-dir 'my data' --config /etc/cc.toml"
        );
    }
}
