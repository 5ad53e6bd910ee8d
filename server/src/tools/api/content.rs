//! JSON to send: from the argument itself, a file or stdin.

use std::io::Read;

use serde_json::value::RawValue;

use crate::cli::WrongUsage;

/// Most that is read; the API takes less.
const LARGEST: u64 = 4 << 20;

/// The content as it was written, so that no number loses a digit. `@FILE` reads a file, `-` reads stdin.
pub(super) fn read(argument: &str) -> Result<Box<RawValue>, WrongUsage> {
    let text = match argument.strip_prefix('@') {
        Some(file) => std::fs::File::open(file)
            .and_then(bounded)
            .map_err(|error| {
                WrongUsage(format!("the content cannot be read from {file}: {error}"))
            })?,
        None if argument == "-" => bounded(std::io::stdin()).map_err(|error| {
            WrongUsage(format!("the content cannot be read from stdin: {error}"))
        })?,
        None => argument.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| {
        WrongUsage(format!(
            "the content is not JSON: {error}; a text needs quotes of its own: '\"hello\"'"
        ))
    })
}

/// What `source` holds, of a bounded size.
pub(super) fn bounded(source: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    let read = source.take(LARGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        let problem = format!("it is larger than {LARGEST} bytes");
        return Err(std::io::Error::new(
            std::io::ErrorKind::FileTooLarge,
            problem,
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_keeps_every_digit_wherever_it_comes_from() {
        let text = r#"{"n": 123456789012345678901234567890.10}"#;
        assert_eq!(read(text).expect("JSON").get(), text);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("content.json");
        std::fs::write(&file, format!("{text}\n")).expect("written");
        let argument = format!("@{}", file.display());
        assert_eq!(read(&argument).expect("JSON").get(), text);
        for wrong in ["hello", "", "{", "@/nowhere/at/all", "1 2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
