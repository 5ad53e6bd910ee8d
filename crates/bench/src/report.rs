//! The table, printed and written into a page.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;

use crate::machine;
use crate::row::Row;

const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

/// The table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text = format!("{}, everything on it.\n\n", machine::description());
    text.push_str("| what | platform | baseline | times the baseline |\n|---|---:|---:|---:|\n");
    for Row {
        what,
        ours,
        baseline,
    } in rows
    {
        let (baseline, ratio) = baseline.as_ref().map_or_else(
            || ("–".to_owned(), "–".to_owned()),
            |baseline| (baseline.text.clone(), format!("{:.2}", baseline.ratio)),
        );
        let _ = writeln!(text, "| {what} | {ours} | {baseline} | {ratio} |");
    }
    text
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
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        table.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Baseline;

    #[test]
    fn the_table_takes_the_place_of_the_former_one() {
        let rows = [
            Row::alone("memory", "30 MiB"),
            Row {
                baseline: Some(Baseline {
                    text: "SQL: 2 ms".to_owned(),
                    ratio: 1.5,
                }),
                ..Row::alone("page", "3 ms")
            },
        ];
        let table = table(&rows);
        assert!(table.contains("| memory | 30 MiB | – | – |"), "{table}");
        assert!(
            table.contains("| page | 3 ms | SQL: 2 ms | 1.50 |"),
            "{table}"
        );
        let page = format!("# Page\n{BEGIN}\nold\n{END}\nrest\n");
        let written = replaced(&page, &table).expect("there are markers");
        assert!(!written.contains("old") && written.ends_with("rest\n"));
        assert_eq!(replaced(&written, &table), Some(written.clone()));
    }
}
