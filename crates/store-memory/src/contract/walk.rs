//! Walking a list page by page, as a caller does.

use connector_domain::page::{Page, PageEnd, PageRequest};

/// More items than any list here has.
const ENDLESS: usize = 1_000;

/// Every item in list order, read in small pages from either end. Asserts what each page says of its neighbours.
pub(super) async fn walk<T, K: Clone>(
    end: PageEnd,
    count: u16,
    key_of: impl Fn(&T) -> K,
    fetch: impl AsyncFn(PageRequest<K>) -> Page<T>,
) -> Vec<T> {
    let mut items: Vec<T> = Vec::new();
    let mut bound: Option<K> = None;
    loop {
        let page = fetch(request(end, count, bound.clone())).await;
        let (more, back) = match end {
            PageEnd::First => (page.has_next, page.has_previous),
            PageEnd::Last => (page.has_previous, page.has_next),
        };
        assert_eq!(back, bound.is_some(), "what lies behind a page");
        let length = page.items.len();
        assert!(length <= usize::from(count), "a page is not too long");
        assert!(!more || length == usize::from(count), "no gaps");
        bound = match end {
            PageEnd::First => page.items.last().map(&key_of),
            PageEnd::Last => page.items.first().map(&key_of),
        };
        match end {
            PageEnd::First => items.extend(page.items),
            PageEnd::Last => {
                items.splice(0..0, page.items);
            }
        }
        if !more {
            return items;
        }
        assert!(items.len() < ENDLESS, "the walk comes to an end");
    }
}

fn request<K>(end: PageEnd, count: u16, bound: Option<K>) -> PageRequest<K> {
    match end {
        PageEnd::First => PageRequest {
            after: bound,
            ..PageRequest::first(count)
        },
        PageEnd::Last => PageRequest {
            before: bound,
            ..PageRequest::last(count)
        },
    }
}
