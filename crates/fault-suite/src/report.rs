//! The table, printed and written into a page.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::outcome::Outcome;
use crate::scene::BOUND_MIB;
use crate::suite::Results;

const BEGIN: &str = "<!-- fault-suite: begin -->";
const END: &str = "<!-- fault-suite: end -->";

/// The table in Markdown, with what belongs to it.
pub fn table(results: &Results) -> String {
    let mut text = format!(
        "{} devices, {} messages per second, {} faults in {} min.\n\n",
        results.load.devices,
        results.load.rate,
        results.outcomes.len(),
        results.took.as_secs().div_ceil(60)
    );
    text.push_str("| fault | messages acknowledged | lost | twice in effect | inverted | wrong besides | recovery |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for outcome in &results.outcomes {
        text.push_str(&row(outcome));
    }
    text.push('\n');
    for outcome in &results.outcomes {
        text.extend(broker_note(outcome));
    }
    let peaks = results.peaks.iter();
    let peaks: Vec<_> = peaks
        .map(|(role, mib)| format!("{role} {mib} MiB"))
        .collect();
    let _ = writeln!(
        text,
        "Most memory ever used (bound: {BOUND_MIB} MiB each): {}.",
        peaks.join(", ")
    );
    text
}

fn row(outcome: &Outcome) -> String {
    let verdict = &outcome.verdict;
    let judged = verdict.losses() + verdict.duplicates() + verdict.inversions();
    let recovery = outcome.recovery.map_or("–".to_owned(), |recovery| {
        format!("{:.1} s", recovery.as_secs_f64())
    });
    format!(
        "| {} | {} | {} | {} | {} | {} | {recovery} |\n",
        outcome.scenario.title(),
        verdict.messages,
        verdict.losses(),
        verdict.duplicates(),
        verdict.inversions(),
        outcome.problems.len().saturating_sub(judged),
    )
}

fn broker_note(outcome: &Outcome) -> Option<String> {
    let verdict = &outcome.verdict;
    if verdict.broker_lost + verdict.broker_replayed == 0 {
        return None;
    }
    Some(format!(
        "{}: the broker itself lost {} messages it had acknowledged since its last save, and delivered {} old statuses again.\n\n",
        outcome.scenario.title(),
        verdict.broker_lost,
        verdict.broker_replayed
    ))
}

/// Puts the table between the markers of a page.
pub fn write(file: &Path, table: &str) -> anyhow::Result<()> {
    let page = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let page = replaced(&page, table)
        .with_context(|| format!("{} has no lines {BEGIN} and {END}", file.display()))?;
    std::fs::write(file, page).with_context(|| format!("{} cannot be written", file.display()))
}

fn replaced(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{BEGIN}\n\n{}\n{END}{after}",
        table.trim_end().to_owned() + "\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_former_one() {
        let page = format!("# Page\n{BEGIN}\nold\n{END}\nrest\n");
        let written = replaced(&page, "new\n\n").expect("there are markers");
        assert_eq!(written, format!("# Page\n{BEGIN}\n\nnew\n\n{END}\nrest\n"));
        assert_eq!(replaced(&written, "new"), Some(written.clone()));
        assert_eq!(replaced("no markers", "new"), None);
    }
}
