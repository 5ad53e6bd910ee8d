//! One thing in full, for people: a name and a value per line.

use super::table::{Cell, Paint};

/// Collects the lines.
pub(super) struct PageOfFacts {
    paint: Paint,
    text: String,
}

impl PageOfFacts {
    pub(super) fn new(paint: Paint) -> Self {
        Self {
            paint,
            text: String::new(),
        }
    }

    /// One line.
    pub(super) fn line(&mut self, name: &str, value: &Cell) {
        use std::fmt::Write;
        let _ = writeln!(self.text, "{name:<16} {}", value.shown(self.paint));
    }

    /// One line, where there is something to say.
    pub(super) fn maybe(&mut self, name: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.line(name, &Cell::text(value));
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
