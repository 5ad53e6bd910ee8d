//! Text from devices, made safe to store: no NUL (PostgreSQL takes none) and no longer than an index entry can be.

/// `text` without NUL characters, cut to at most `limit` bytes on a character boundary.
pub fn storable(text: &str, limit: usize) -> String {
    let mut clean: String = text.chars().filter(|c| *c != '\0').collect();
    if clean.len() > limit {
        let mut end = limit;
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        clean.truncate(end);
    }
    clean
}

/// The same JSON value without NUL characters in any key or string.
pub fn without_nul(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "")),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nul).collect()),
        Value::Object(fields) => Value::Object(object_without_nul(fields)),
        other => other,
    }
}

/// The same JSON object without NUL characters in any key or string.
pub fn object_without_nul(
    fields: serde_json::Map<String, serde_json::Value>,
) -> serde_json::Map<String, serde_json::Value> {
    fields
        .into_iter()
        .map(|(key, value)| (key.replace('\0', ""), without_nul(value)))
        .collect()
}

/// The first text after every text that starts with `prefix`, in the order of code points, which is also that of
/// UTF-8 bytes. `None` when nothing comes after them. Stores search a prefix as the range from it to this.
pub fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = next_char(last) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

fn next_char(c: char) -> Option<char> {
    match c {
        char::MAX => None,
        // The surrogates between them are not characters.
        '\u{D7FF}' => Some('\u{E000}'),
        _ => char::from_u32(u32::from(c) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_the_next_text_begins() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{D7FF}").as_deref(), Some("a\u{E000}"));
        assert_eq!(after_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{10FFFF}"), None);
        assert_eq!(after_prefix(""), None);
    }

    #[test]
    fn nul_goes_and_a_cut_never_splits_a_character() {
        assert_eq!(storable("a\0b", 10), "ab");
        assert_eq!(storable("aé", 2), "a");
    }
}
