//! Counts the lexical tokens of a document without parsing it (GraphQL specification, section 2.1).

/// What a text is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// How many tokens.
    pub number: usize,
    /// Most brackets open at once.
    pub nesting: usize,
    /// Whether there is an integer that 64 bits do not hold.
    pub wide_integer: bool,
}

pub(super) fn count(text: &str) -> Tokens {
    let bytes = text.as_bytes();
    let mut found = Tokens::default();
    let mut open = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = after_line(bytes, at);
                continue;
            }
            b'"' => at = after_string(bytes, at),
            byte if is_word(*byte) => {
                let end = after_word(bytes, at);
                found.wide_integer |= is_wide_integer(bytes, at, end);
                at = end;
            }
            b'(' | b'[' | b'{' => {
                open += 1;
                found.nesting = found.nesting.max(open);
                at += 1;
            }
            b')' | b']' | b'}' => {
                open = open.saturating_sub(1);
                at += 1;
            }
            _ => at += 1,
        }
        found.number += 1;
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

fn after_word(bytes: &[u8], start: usize) -> usize {
    let word = bytes[start..].iter().take_while(|byte| is_word(**byte));
    start + word.count()
}

/// Whether a word is an integer, and not a part of a fraction, that 64 bits do not hold.
fn is_wide_integer(bytes: &[u8], start: usize, end: usize) -> bool {
    let word = &bytes[start..end];
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let is_integer = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let is_fraction = bytes[..start].ends_with(b".") || bytes[end..].starts_with(b".");
    let text = std::str::from_utf8(word).unwrap_or_default();
    let fits = text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok();
    is_integer && !is_fraction && !fits
}

fn after_line(bytes: &[u8], start: usize) -> usize {
    let line = bytes[start..].iter().take_while(|byte| **byte != b'\n');
    start + line.count()
}

fn after_string(bytes: &[u8], start: usize) -> usize {
    let block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if block && bytes[at..].starts_with(b"\\\"\"\"") => at += 4,
            b'\\' if !block => at += 2,
            b'"' if !block => return at + 1,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 3,
            b'\n' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let text = "{ a(x: \"[[[\\\"[\", y: \"\"\"{{\\\"\"\"{\"\"\") # [[[\n }";
        let expected = Tokens {
            number: 11,
            nesting: 2,
            wide_integer: false,
        };
        assert_eq!(count(text), expected);
    }

    #[test]
    fn integers_are_told_from_fractions_and_names() {
        for (text, wide) in [
            (
                "18446744073709551615 -9223372036854775808 a12345678901234567890123",
                false,
            ),
            ("12345678901234567890123.5 1.12345678901234567890123", false),
            ("18446744073709551616", true),
            ("-9223372036854775809", true),
        ] {
            assert_eq!(count(text).wide_integer, wide, "{text}");
        }
    }
}
