//! What a rebuild and a check print.

use std::fmt::Write;

use connector_consumers::rebuild::{Aspect, Checked, Difference, Summary};
use connector_domain::connection::Connection;

/// A line per count.
pub(super) fn of_summary(summary: &Summary) -> String {
    let counts = [
        (summary.restored, "records written from connection-state"),
        (summary.forgotten, "tombstones"),
        (
            summary.unreadable,
            "values of connection-state that are no record",
        ),
        (summary.heard, "signs of life on the data topic"),
        (summary.folded, "records of the control topic folded"),
        (summary.refused, "refused by the database and left out"),
    ];
    let mut text = String::new();
    for (count, what) in counts {
        let _ = writeln!(text, "{count:>12} {what}");
    }
    text
}

/// A line per device that differs, then one of counts.
pub(super) fn of_check(checked: &Checked) -> String {
    let mut text = String::new();
    for difference in &checked.differences {
        let _ = writeln!(text, "{}", line(difference));
    }
    if checked.more > 0 {
        let _ = writeln!(text, "… and {} more", checked.more);
    }
    if checked.differences.is_empty() {
        let _ = writeln!(
            text,
            "{} devices, all as a rebuild gives them",
            checked.devices
        );
    }
    text
}

fn line(difference: &Difference) -> String {
    let aspects: Vec<&str> = difference.aspects().into_iter().map(name).collect();
    format!(
        "{}\t{}\tlive: {}\trebuilt: {}",
        difference.client_id,
        aspects.join(","),
        side(difference.live.as_ref()),
        side(difference.rebuilt.as_ref()),
    )
}

fn name(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Missing | Aspect::Unknown => "record",
        Aspect::State => "state",
        Aspect::Facts => "facts",
        Aspect::Tenant => "tenant",
        Aspect::Version => "version",
    }
}

/// No facts: they are the customer's.
fn side(record: Option<&Connection>) -> String {
    record.map_or_else(
        || "no record".to_owned(),
        |record| {
            format!(
                "{} {} version {} at {}",
                record.state.as_str(),
                record.reason.as_str(),
                record.version,
                record.position.stamp
            )
        },
    )
}
