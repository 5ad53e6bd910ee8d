//! Lists, page by page: each page begins after the last item of the one before, however the list changes meanwhile.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::client::Client;
use super::failure::Failure;
use super::output::{Layout, Output, Shape};

/// Items of a page. What a page costs is its size times the fields of an item, and the API takes 2,000 at most.
const PAGE: u64 = 50;

/// Which list.
pub(super) struct List<'a, F> {
    /// Takes `filter`, `first`, `after`, `counted` and what else is in `filter`'s struct.
    pub document: &'static str,
    /// The other variables.
    pub variables: &'a F,
    /// Most items; all when there is none.
    pub limit: Option<u64>,
    /// What the items are, for the progress bar.
    pub what: &'static str,
}

#[derive(Serialize)]
struct Variables<'a, F> {
    #[serde(flatten)]
    rest: &'a F,
    first: u64,
    after: Option<&'a str>,
    counted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    nodes: Vec<Box<RawValue>>,
    #[serde(rename = "pageInfo")]
    place: Place,
    total_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// Prints a list from its first to its last page.
pub(super) async fn print_all<F: Serialize>(
    client: &Client,
    list: List<'_, F>,
    output: &Output,
    layout: Layout,
) -> Result<(), Failure> {
    let progress = output.progress();
    let mut printer = output.printer(layout, Shape::List);
    let mut left = list.limit.unwrap_or(u64::MAX);
    let mut after: Option<String> = None;
    loop {
        let variables = Variables {
            rest: list.variables,
            first: left.min(PAGE),
            after: after.as_deref(),
            // Counting costs the database a statement: only for a bar that somebody sees.
            counted: after.is_none() && progress.is_wanted(),
        };
        let page: Page = client.execute(list.document, &variables).await?;
        let total = page.total_count.map(|total| total.min(left));
        if let Some(total) = total.filter(|total| *total > PAGE) {
            progress.begin(list.what, total);
        }
        progress.suspend(|| printer.print(&page.nodes))?;
        let read = page.nodes.len() as u64;
        progress.advance(read);
        left = left.saturating_sub(read);
        let more = page.place.has_next_page && left > 0 && read > 0;
        match page.place.end_cursor {
            Some(cursor) if more => after = Some(cursor),
            _ => return printer.finish(),
        }
    }
}
