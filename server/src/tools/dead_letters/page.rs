//! One dead letter in full.

use std::fmt::Write;

use connector_consumers::dead_letters::Letter;

use crate::tools::printable::printable;

/// Bytes of a line of hexadecimal.
const LINE: usize = 16;

/// Heading, headers, then the payload: as text where it is text, else as hexadecimal.
pub(super) fn of(letter: &Letter) -> String {
    let heading = &letter.heading;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<16} {}", printable(value));
    };
    line("place", &heading.place.to_string());
    line("set aside", &heading.set_aside_at.to_string());
    line("client id", heading.client_id.as_deref().unwrap_or("-"));
    line("error", &heading.error);
    line("origin", &heading.origin);
    line("sha256", heading.sha256.as_deref().unwrap_or("-"));
    line(
        "replayed from",
        heading.replayed_from.as_deref().unwrap_or("-"),
    );
    line("replayed to", heading.replayed_to.as_deref().unwrap_or("-"));
    for (name, value) in &letter.headers {
        line(name, value);
    }
    line("payload", &extent(letter));
    text.push('\n');
    text.push_str(&payload(&letter.payload));
    text
}

fn extent(letter: &Letter) -> String {
    let heading = &letter.heading;
    match heading.original_size {
        Some(size) if heading.is_cut() => {
            format!(
                "the first {} of {size} bytes: it was cut",
                heading.kept_size
            )
        }
        Some(size) => format!("{size} bytes, whole"),
        None => format!("{} bytes; it is not known of how many", heading.kept_size),
    }
}

fn payload(bytes: &[u8]) -> String {
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(is_plain) => format!("{}\n", text.replace('\r', "\\r")),
        _ => hexadecimal(bytes),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (n, line) in bytes.chunks(LINE).enumerate() {
        let _ = write!(text, "{:08x} ", n * LINE);
        for byte in line {
            let _ = write!(text, " {byte:02x}");
        }
        let shown = line.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        });
        let _ = writeln!(
            text,
            "{}  {}",
            "   ".repeat(LINE - line.len()),
            shown.collect::<String>()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_shown_as_text_only_where_it_cannot_steer_a_terminal() {
        assert_eq!(payload(b"{\"a\":\n1}"), "{\"a\":\n1}\n");
        let shown = payload(b"\x1b[2Jgone");
        assert_eq!(
            shown,
            "00000000  1b 5b 32 4a 67 6f 6e 65                          .[2Jgone\n"
        );
        assert!(payload(&[0xff, 0xfe]).starts_with("00000000  ff fe"));
    }
}
