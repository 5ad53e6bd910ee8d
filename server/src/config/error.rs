//! What can be wrong with settings.

use std::path::PathBuf;

/// Error of loading settings. Its text names the key, the value and what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file given by `--config` cannot be read.
    #[error("the settings file {path} cannot be read: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A value of another type, a key that does not exist, or a file that is not TOML.
    #[error(transparent)]
    Value(Box<figment::Error>),
    /// A key that does not exist.
    #[error("unknown setting {key} in {origin}; known there: {known}")]
    Unknown {
        /// The key.
        key: String,
        /// File or environment variable.
        origin: String,
        /// Keys of its section.
        known: String,
    },
    /// A value that no part can work with.
    #[error("{key} = {value:?} is not allowed: {allowed}")]
    NotAllowed {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        allowed: String,
    },
}
