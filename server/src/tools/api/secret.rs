//! A secret of whoever asks: from a file or the environment.
//!
//! It never stands on the command line, where every user of the machine could read it.

use std::path::{Path, PathBuf};

use reqwest::header::HeaderValue;

use super::failure::Failure;
use crate::cli::WrongUsage;

/// Where a secret comes from.
#[derive(Clone)]
pub(super) enum Secret {
    /// It stays the same.
    Fixed(String),
    /// It is read when needed.
    File(PathBuf),
}

impl Secret {
    /// The file's, else the variable's; `None` where there is neither.
    pub(super) fn find(file: Option<&Path>, variable: &str) -> Result<Option<Self>, WrongUsage> {
        Self::of(file, variable, std::env::var(variable).ok())
    }

    fn of(
        file: Option<&Path>,
        variable: &str,
        value: Option<String>,
    ) -> Result<Option<Self>, WrongUsage> {
        if let Some(file) = file {
            let secret = Self::File(file.to_owned());
            secret
                .word()
                .map_err(|failure| WrongUsage(failure.to_string()))?;
            return Ok(Some(secret));
        }
        let Some(text) = value.filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let word = one_word(&text)
            .ok_or_else(|| WrongUsage(format!("what {variable} holds is not one word")))?;
        Ok(Some(Self::Fixed(word)))
    }

    /// A header that holds it, after `before`; never shown by anything that prints requests.
    pub(super) fn header(&self, before: &str) -> Result<HeaderValue, Failure> {
        let text = format!("{before}{}", self.word()?);
        let mut header = HeaderValue::from_str(&text)
            .map_err(|_| Failure::Local("a secret fits into no header".to_owned()))?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn word(&self) -> Result<String, Failure> {
        let file = match self {
            Self::Fixed(word) => return Ok(word.clone()),
            Self::File(file) => file,
        };
        let text = std::fs::read_to_string(file).map_err(|error| {
            Failure::Local(format!(
                "nothing can be read from {}: {error}",
                file.display()
            ))
        })?;
        one_word(&text)
            .ok_or_else(|| Failure::Local(format!("what {} holds is not one word", file.display())))
    }
}

fn one_word(text: &str) -> Option<String> {
    let text = text.trim();
    let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_word.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: Option<&Path>, value: Option<&str>) -> Result<Option<Secret>, WrongUsage> {
        Secret::of(file, "X", value.map(str::to_owned))
    }

    #[test]
    fn a_secret_is_one_word_and_a_renewed_file_counts() {
        assert!(matches!(of(None, None), Ok(None)));
        assert!(matches!(of(None, Some(" \n")), Ok(None)));
        assert!(of(None, Some("two words")).is_err());
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        assert!(of(Some(&file), Some("ignored")).is_err(), "no file");
        std::fs::write(&file, "one\n").expect("written");
        let secret = of(Some(&file), None).expect("readable").expect("a secret");
        assert_eq!(secret.header("Bearer ").expect("readable"), "Bearer one");
        std::fs::write(&file, "two\n").expect("written");
        assert_eq!(secret.header("").expect("readable"), "two");
    }
}
