//! The tables, printed and written into a page.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use crate::attempt::Attempt;
use crate::flood::{BOUND_MIB, Flood};

const BEGIN: &str = "<!-- attack-suite: begin -->";
const END: &str = "<!-- attack-suite: end -->";

/// What came of everything.
pub struct Report {
    /// What was over in a moment.
    pub attempts: Vec<Attempt>,
    /// What went on for a while.
    pub floods: Vec<Flood>,
    /// How long it all took.
    pub took: Duration,
}

impl Report {
    /// Both tables in Markdown.
    pub fn tables(&self) -> String {
        let failures = self.failures().len();
        let mut text = format!(
            "{} attempts and {} floods in {} s: {failures} not held off.\n\n",
            self.attempts.len(),
            self.floods.len(),
            self.took.as_secs()
        );
        text.push_str("| attack | tried | had to be | was | held off |\n|---|---|---|---|---|\n");
        self.attempts
            .iter()
            .for_each(|attempt| text.push_str(&row(attempt)));
        let _ = write!(
            text,
            "\nA well-behaved caller meanwhile: a query every 20 ms, a WebSocket with a subscription every 500 ms. Bound of \
             memory: {BOUND_MIB} MiB.\n\n\
             | flood | attackers got | queries answered | WebSockets let in | half within | 99% | longest | MiB before | most | held off |\n\
             |---|---|---:|---:|---:|---:|---:|---:|---:|---|\n"
        );
        self.floods
            .iter()
            .for_each(|flood| text.push_str(&flood_row(flood)));
        text
    }

    /// What was not held off.
    pub fn failures(&self) -> Vec<String> {
        let attempts = self
            .attempts
            .iter()
            .filter(|attempt| !attempt.is_held_off());
        let attempts = attempts.map(|attempt| {
            let (title, what) = (attempt.family.title(), &attempt.what);
            format!(
                "{title}, {what}: {} instead of {}",
                attempt.answer, attempt.expected
            )
        });
        let floods = self
            .floods
            .iter()
            .filter(|flood| !flood.problems.is_empty());
        let floods = floods.map(|flood| format!("{}: {}", flood.what, flood.problems.join("; ")));
        attempts.chain(floods).collect()
    }
}

fn row(attempt: &Attempt) -> String {
    format!(
        "| {} | {} | {} | {} | {} |\n",
        attempt.family.title(),
        cell(&attempt.what),
        cell(&attempt.expected),
        cell(&attempt.answer),
        yes(attempt.is_held_off()),
    )
}

fn flood_row(flood: &Flood) -> String {
    let seen = &flood.seen;
    let millis = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1000.0);
    format!(
        "| {} | {} | {} of {} | {} of {} | {} | {} | {} | {} | {} | {} |\n",
        cell(&flood.what),
        cell(&flood.answers.to_string()),
        seen.answered,
        seen.asked,
        seen.let_in,
        seen.opened,
        millis(seen.percentile(50)),
        millis(seen.percentile(99)),
        millis(seen.percentile(100)),
        flood.memory.0,
        flood.memory.1,
        yes(flood.problems.is_empty()),
    )
}

fn yes(held_off: bool) -> &'static str {
    if held_off { "yes" } else { "**no**" }
}

/// A text that fits into a cell.
fn cell(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    short.replace('|', "\\|").replace(['\n', '\r', '\0'], " ")
}

/// Puts the tables between the markers of a page.
pub fn write(file: &Path, tables: &str) -> anyhow::Result<()> {
    let page = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let page = replaced(&page, tables)
        .with_context(|| format!("{} has no lines {BEGIN} and {END}", file.display()))?;
    std::fs::write(file, page).with_context(|| format!("{} cannot be written", file.display()))
}

fn replaced(page: &str, tables: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        tables.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_take_the_place_of_the_former_ones() {
        let page = format!("# Page\n{BEGIN}\nold\n{END}\nrest\n");
        let written = replaced(&page, "new\n\n").expect("there are markers");
        assert_eq!(written, format!("# Page\n{BEGIN}\n\nnew\n\n{END}\nrest\n"));
        assert_eq!(replaced(&written, "new"), Some(written.clone()));
    }

    #[test]
    fn a_cell_holds_no_bar_and_no_line_break() {
        assert_eq!(cell("a | b\r\nc\0"), "a \\| b  c ");
    }
}
