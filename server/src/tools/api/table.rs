//! Rows for people: columns as wide as what they hold, states in colour on a terminal.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::tools::printable::printable;

/// Longest text that is shown of what may be long, in characters.
const WIDEST: usize = 60;

/// One place in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    text: String,
    colour: Colour,
}

/// What a text says beside its words. Never the only sign of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Plain,
    Good,
    Waiting,
    Bad,
}

impl Cell {
    /// A text from anywhere: it cannot steer the terminal.
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        let text = printable(text.as_ref());
        Self {
            text: if text.is_empty() {
                "-".to_owned()
            } else {
                text
            },
            colour: Colour::Plain,
        }
    }

    /// A text that may be long, cut.
    pub(super) fn short(text: impl AsRef<str>) -> Self {
        let mut cell = Self::text(text);
        if let Some((end, _)) = cell.text.char_indices().nth(WIDEST) {
            cell.text.truncate(end);
            cell.text.push('…');
        }
        cell
    }

    /// A text that may be missing.
    pub(super) fn maybe(text: Option<impl AsRef<str>>) -> Self {
        text.map_or_else(|| Self::text(""), Self::text)
    }

    /// A time of the API, to the second.
    pub(super) fn time(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        match text.split_once('.') {
            Some((second, _)) if text.ends_with('Z') => Self::text(format!("{second}Z")),
            _ => Self::text(text),
        }
    }

    /// A state of a device or a message.
    pub(super) fn state(text: impl AsRef<str>) -> Self {
        let colour = match text.as_ref() {
            "ONLINE" | "RESPONDED" => Colour::Good,
            "QUEUED" | "PUBLISHED" => Colour::Waiting,
            _ => Colour::Bad,
        };
        Self::text(text).coloured(colour)
    }

    pub(super) fn coloured(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// The text alone, coloured where wanted.
    pub(super) fn shown(&self, paint: Paint) -> String {
        paint.apply(self.colour, &self.text)
    }
}

/// Whether colours are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Colours,
    Plain,
}

impl Paint {
    fn apply(self, colour: Colour, text: &str) -> String {
        let code = match (self, colour) {
            (Self::Plain, _) | (_, Colour::Plain) => return text.to_owned(),
            (Self::Colours, Colour::Good) => 32,
            (Self::Colours, Colour::Waiting) => 33,
            (Self::Colours, Colour::Bad) => 31,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Lines of columns. A column never gets narrower, so that what follows stays below what is there.
pub(super) struct Table {
    headings: &'static [&'static str],
    widths: Vec<usize>,
    paint: Paint,
    begun: bool,
}

impl Table {
    pub(super) fn new(headings: &'static [&'static str], paint: Paint) -> Self {
        Self {
            headings,
            widths: headings.iter().map(|heading| heading.width()).collect(),
            paint,
            begun: false,
        }
    }

    /// The lines of these rows, after the headings the first time.
    pub(super) fn lines(&mut self, rows: &[Vec<Cell>]) -> String {
        for row in rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = cell.text.width().max(*width);
            }
        }
        let mut text = String::new();
        if !self.begun {
            self.begun = true;
            let headings: Vec<_> = self.headings.iter().map(Cell::text).collect();
            self.line(&mut text, &headings);
        }
        for row in rows {
            self.line(&mut text, row);
        }
        text
    }

    fn line(&self, text: &mut String, row: &[Cell]) {
        for (column, cell) in row.iter().enumerate() {
            text.push_str(&cell.shown(self.paint));
            if column + 1 < row.len() {
                let width = self.widths.get(column).copied().unwrap_or_default();
                let gap = width.saturating_sub(cell.text.width()) + 2;
                let _ = write!(text, "{:gap$}", "");
            }
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_what_devices_say_steers_nothing() {
        let mut table = Table::new(&["ID", "STATE", "NAME"], Paint::Plain);
        let row =
            |id: &str, name: &str| vec![Cell::text(id), Cell::state("ONLINE"), Cell::text(name)];
        let text = table.lines(&[row("host-1", "é"), row("日本", "\u{1b}[2J")]);
        assert_eq!(
            text,
            "ID      STATE   NAME\nhost-1  ONLINE  é\n日本    ONLINE  \\u{1b}[2J\n"
        );
        assert_eq!(table.lines(&[row("h", "")]), "h       ONLINE  -\n");
        let mut table = Table::new(&["STATE"], Paint::Colours);
        let text = table.lines(&[vec![Cell::state("OFFLINE")]]);
        assert_eq!(text, "STATE\n\u{1b}[31mOFFLINE\u{1b}[0m\n");
    }

    #[test]
    fn times_are_shown_to_the_second() {
        assert_eq!(
            Cell::time("2026-11-24T10:15:30.123Z"),
            Cell::text("2026-11-24T10:15:30Z")
        );
        assert_eq!(Cell::time("yesterday"), Cell::text("yesterday"));
    }
}
