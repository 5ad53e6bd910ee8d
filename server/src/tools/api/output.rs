//! What is printed, and how: a table for people, JSON for programs.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Stdout, Write};

use clap::{Args, ValueEnum};
use serde_json::value::RawValue;

use super::failure::Failure;
use super::progress::Progress;
use super::table::{Cell, Paint, Table};

/// How to print.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Output {
    /// How results are printed [default: table on a terminal, else ndjson].
    #[arg(long, short, global = true, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
    /// No progress and no remarks on stderr, only warnings and errors.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for people; they may change.
    Table,
    /// One JSON document: an array for a list, an object for one thing. What has no end is printed as ndjson.
    Json,
    /// A JSON object per line, each as soon as it is there.
    Ndjson,
}

/// How a kind of result looks in a table.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub headings: &'static [&'static str],
    /// Reads the cells of a row out of its JSON.
    pub cells: fn(&str) -> serde_json::Result<Vec<Cell>>,
}

/// How many results there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A list, which ends.
    List,
    /// One, or a stream of them that ends when somebody has enough.
    Each,
}

impl Output {
    /// A printer on stdout.
    pub(super) fn printer(&self, layout: Layout, shape: Shape) -> Printer<Stdout> {
        let style = match (self.format(), shape) {
            (Format::Table, _) => Style::Table(Table::new(layout.headings, paint()), layout),
            (Format::Json, Shape::List) => Style::Array { begun: false },
            (Format::Json, Shape::Each) | (Format::Ndjson, _) => Style::Lines,
        };
        Printer {
            style,
            out: std::io::stdout(),
        }
    }

    /// Whether a person reads it.
    pub(super) fn is_table(&self) -> bool {
        self.format() == Format::Table
    }

    fn format(&self) -> Format {
        self.output.unwrap_or_else(|| {
            if std::io::stdout().is_terminal() {
                Format::Table
            } else {
                Format::Ndjson
            }
        })
    }

    /// A bar on stderr, where that is a terminal.
    pub(super) fn progress(&self) -> Progress {
        Progress::new(!self.quiet && std::io::stderr().is_terminal())
    }

    /// Says something that is no result.
    pub(super) fn remark(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Says what makes the results less than what was asked for.
    #[allow(clippy::unused_self, reason = "said however quiet the rest is")]
    pub(super) fn warn(&self, text: &str) {
        eprintln!("warning: {text}");
    }
}

/// Colours are for a terminal whose user did not refuse them (<https://no-color.org>).
pub(super) fn paint() -> Paint {
    let is_set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let dumb = is_set("TERM") == Some(OsString::from("dumb"));
    if std::io::stdout().is_terminal() && is_set("NO_COLOR").is_none() && !dumb {
        Paint::Colours
    } else {
        Paint::Plain
    }
}

/// Prints results.
pub(super) struct Printer<W> {
    style: Style,
    out: W,
}

enum Style {
    Table(Table, Layout),
    Lines,
    Array { begun: bool },
}

impl<W: Write> Printer<W> {
    /// Prints these, now.
    pub(super) fn print(&mut self, results: &[Box<RawValue>]) -> Result<(), Failure> {
        let mut text = String::new();
        match &mut self.style {
            Style::Table(table, layout) => {
                let rows: Result<Vec<_>, _> = results
                    .iter()
                    .map(|result| (layout.cells)(result.get()))
                    .collect();
                let rows = rows.map_err(|error| {
                    Failure::refused("UNREADABLE", format!("a result is not understood: {error}"))
                })?;
                text = table.lines(&rows);
            }
            Style::Lines => {
                for result in results {
                    text.push_str(&one_line(result.get()));
                    text.push('\n');
                }
            }
            Style::Array { begun } => {
                for result in results {
                    text.push_str(if *begun { ",\n" } else { "[\n" });
                    text.push_str(&one_line(result.get()));
                    *begun = true;
                }
            }
        }
        self.write(&text)
    }

    /// Ends a list. One that is not ended, because something failed, is no JSON document.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        match self.style {
            Style::Array { begun: true } => self.write("\n]\n"),
            Style::Array { begun: false } => self.write("[]\n"),
            Style::Table(..) | Style::Lines => Ok(()),
        }
    }

    /// Prints a text for people.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Failure> {
        let written = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
        written.map_err(|error| {
            if error.kind() == ErrorKind::BrokenPipe {
                Failure::ReaderGone
            } else {
                Failure::Local(format!("the output cannot be written: {error}"))
            }
        })
    }
}

/// Within JSON a line break is only ever between two things.
fn one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(style: Style, results: &[&str]) -> String {
        let mut printer = Printer {
            style,
            out: Vec::new(),
        };
        for result in results {
            let result = RawValue::from_string((*result).to_owned()).expect("JSON");
            printer.print(&[result]).expect("printed");
        }
        printer.finish().expect("finished");
        String::from_utf8(printer.out).expect("text")
    }

    #[test]
    fn json_is_one_document_and_ndjson_a_line_each() {
        let results = ["{\"n\":\n1.10}", "{}"];
        assert_eq!(printed(Style::Lines, &results), "{\"n\": 1.10}\n{}\n");
        let array = Style::Array { begun: false };
        assert_eq!(printed(array, &results), "[\n{\"n\": 1.10},\n{}\n]\n");
        assert_eq!(printed(Style::Array { begun: false }, &[]), "[]\n");
        assert_eq!(printed(Style::Lines, &[]), "");
    }
}
