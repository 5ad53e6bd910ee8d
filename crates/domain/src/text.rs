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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_goes_and_a_cut_never_splits_a_character() {
        assert_eq!(storable("a\0b", 10), "ab");
        assert_eq!(storable("aé", 2), "a");
    }
}
