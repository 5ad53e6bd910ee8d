//! Pages of many lists, read in one statement.

use std::collections::HashMap;
use std::hash::Hash;

use connector_domain::page::{Page, PageRequest};

/// A page for each list asked for, of its rows as read: nearest the asked end first and one more than asked. A list
/// without rows has an empty page.
pub(crate) fn pages_of<K: Hash + Eq + Clone, R, P>(
    lists: &[K],
    mut rows: HashMap<K, Vec<R>>,
    page: &PageRequest<P>,
) -> HashMap<K, Page<R>> {
    let mut pages = HashMap::with_capacity(lists.len());
    for list in lists {
        pages
            .entry(list.clone())
            .or_insert_with(|| page.page_of(rows.remove(list).unwrap_or_default()));
    }
    pages
}
