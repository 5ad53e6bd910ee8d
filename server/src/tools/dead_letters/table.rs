//! Dead letters as lines of text.

use std::fmt::Write;

use connector_consumers::dead_letters::{Heading, Listing, Outcome};

use crate::tools::printable::printable;

/// Longest error of a line, in characters.
const ERROR_WIDTH: usize = 100;

/// A line per letter, newest first.
pub(super) fn of(listing: &Listing) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<12} {:<30} {:<36} {:>10} {:<28} ERROR",
        "PLACE", "SET ASIDE", "CLIENT ID", "BYTES", "REPLAYED"
    );
    for heading in &listing.headings {
        let _ = writeln!(
            text,
            "{:<12} {:<30} {:<36} {:>10} {:<28} {}",
            heading.place.to_string(),
            heading.set_aside_at.to_string(),
            printable(heading.client_id.as_deref().unwrap_or("-")),
            size(heading),
            printable(&replayed(heading)),
            printable(&heading.error.chars().take(ERROR_WIDTH).collect::<String>()),
        );
    }
    let shown = listing.headings.len();
    let _ = writeln!(text, "{shown} of {}", listing.passing);
    text
}

/// What became of a letter.
pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Replayed { topic, position } => format!(
            "replayed to {topic}/{}/{}",
            position.partition, position.offset
        ),
        Outcome::WouldReplay { topic } => format!("would be replayed to {topic}"),
        Outcome::Impossible(obstacle) => {
            format!("not replayed: {}", printable(&obstacle.to_string()))
        }
        Outcome::AlreadyReplayed => "not replayed: it was before".to_owned(),
        Outcome::FailedAgain => {
            "not replayed: it is a replay that failed again; name it to try once more".to_owned()
        }
    }
}

fn size(heading: &Heading) -> String {
    match heading.original_size {
        Some(size) if heading.is_cut() => format!("{size} cut"),
        Some(size) => size.to_string(),
        None => "?".to_owned(),
    }
}

fn replayed(heading: &Heading) -> String {
    match (&heading.replayed_to, &heading.replayed_from) {
        (Some(to), _) => to.clone(),
        (None, Some(from)) => format!("again, was {from}"),
        (None, None) => "-".to_owned(),
    }
}
