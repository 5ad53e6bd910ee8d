//! Variables read so that no number loses a digit.

use std::borrow::Cow;

use async_graphql::{Value, Variables};
use serde_json::Number;

use crate::scalar::RAW_VALUE_TOKEN;

/// Reads the `variables` of a request. Numbers that 64 bits cannot hold exactly are kept as text, so that `content`
/// passes them on as they were sent; everywhere else they are refused as any other wrong value.
pub fn variables_of(json: &str) -> Result<Variables, serde_json::Error> {
    serde_json::from_str(&marked(json))
}

/// Reads any JSON in the same way.
pub(crate) fn exact_value(json: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(&marked(json))
}

/// The same JSON with each inexact number `n` written as `{"<raw value token>": "n"}`.
fn marked(json: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let bytes = json.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = after_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = after_number(bytes, at);
                let number = &json[at..end];
                if !is_exact(number) {
                    out.push_str(&json[copied..at]);
                    for part in [r#"{""#, RAW_VALUE_TOKEN, r#"":""#, number, r#""}"#] {
                        out.push_str(part);
                    }
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

fn after_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn after_number(bytes: &[u8], start: usize) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let length = bytes[start..]
        .iter()
        .take_while(|byte| is_part(byte))
        .count();
    start + length
}

/// Whether reading and writing the number gives the same text. What is no number at all is left to the reader.
fn is_exact(number: &str) -> bool {
    serde_json::from_str::<Number>(number).is_ok_and(|read| read.to_string() == number)
        || serde_json::from_str::<&serde_json::value::RawValue>(number).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_64_bits_are_kept_as_sent() {
        let json =
            r#"{"a":[123456789012345678901234567890,-1.50,1e400,7,"9999999999999999999999"]}"#;
        let value = exact_value(json).expect("valid");
        assert_eq!(serde_json::to_string(&value).expect("writable"), json);
    }

    #[test]
    fn what_is_not_json_stays_refused() {
        for text in ["{\"a\":01}", "{\"a\":--1}", "{\"a\":1", "\"\\", "-"] {
            assert!(exact_value(text).is_err(), "{text}");
        }
    }
}
