//! Pages of a list that is all there.

use std::cmp::Ordering;

use connector_domain::page::{Page, PageEnd, PageRequest};

/// The page of a list in list order, where `compare` places an item before or after a key.
pub(crate) fn page<T, K>(
    list: impl IntoIterator<Item = T>,
    request: &PageRequest<K>,
    compare: impl Fn(&T, &K) -> Ordering,
) -> Page<T> {
    let mut between: Vec<T> = list
        .into_iter()
        .filter(|item| {
            let after = request.after.as_ref();
            let before = request.before.as_ref();
            after.is_none_or(|key| compare(item, key).is_gt())
                && before.is_none_or(|key| compare(item, key).is_lt())
        })
        .collect();
    if request.end == PageEnd::Last {
        between.reverse();
    }
    request.page_of(between)
}
