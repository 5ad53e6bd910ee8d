//! The token of whoever asks: from a file or the environment.

use std::path::{Path, PathBuf};

use reqwest::header::HeaderValue;

use super::failure::Failure;
use crate::cli::WrongUsage;

/// The variable that holds the token.
pub(super) const TOKEN_VARIABLE: &str = "CLOUD_CONNECTOR_TOKEN";

/// Where the token comes from.
#[derive(Clone)]
pub(super) enum Token {
    /// It stays the same.
    Fixed(HeaderValue),
    /// It is read when needed.
    File(PathBuf),
}

impl Token {
    /// The file's, else the variable's.
    pub(super) fn find(file: Option<&Path>, variable: Option<String>) -> Result<Self, WrongUsage> {
        if let Some(file) = file {
            let token = Self::File(file.to_owned());
            token
                .header()
                .map_err(|failure| WrongUsage(failure.to_string()))?;
            return Ok(token);
        }
        let Some(text) = variable.filter(|text| !text.trim().is_empty()) else {
            let program = std::env::current_exe().map_or_else(
                |_| "cloud-connector".to_owned(),
                |path| path.display().to_string(),
            );
            return Err(WrongUsage(format!(
                "no token: set {TOKEN_VARIABLE} or give --token-file; on a development machine:\n  export \
                 {TOKEN_VARIABLE}=$({program} token --org 10000)"
            )));
        };
        let header = bearer(&text)
            .ok_or_else(|| WrongUsage(format!("what {TOKEN_VARIABLE} holds is no token")))?;
        Ok(Self::Fixed(header))
    }

    /// The value of `authorization`.
    pub(super) fn header(&self) -> Result<HeaderValue, Failure> {
        let file = match self {
            Self::Fixed(header) => return Ok(header.clone()),
            Self::File(file) => file,
        };
        let text = std::fs::read_to_string(file).map_err(|error| {
            Failure::Local(format!(
                "no token can be read from {}: {error}",
                file.display()
            ))
        })?;
        bearer(&text)
            .ok_or_else(|| Failure::Local(format!("what {} holds is no token", file.display())))
    }
}

fn bearer(text: &str) -> Option<HeaderValue> {
    let text = text.trim();
    let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let mut header = HeaderValue::from_str(&format!("Bearer {text}")).ok()?;
    header.set_sensitive(true);
    is_token.then_some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_word_and_a_renewed_file_counts() {
        assert!(Token::find(None, None).is_err());
        assert!(Token::find(None, Some(" \n".to_owned())).is_err());
        assert!(Token::find(None, Some("two words".to_owned())).is_err());
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        assert!(
            Token::find(Some(&file), Some("ignored".to_owned())).is_err(),
            "no file"
        );
        std::fs::write(&file, "one\n").expect("written");
        let token = Token::find(Some(&file), None).expect("a token");
        assert_eq!(token.header().expect("readable"), "Bearer one");
        std::fs::write(&file, "two\n").expect("written");
        assert_eq!(token.header().expect("readable"), "Bearer two");
    }
}
