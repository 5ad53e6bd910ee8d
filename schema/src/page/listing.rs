//! One page on its way out.

use async_graphql::SimpleObject;
use connector_domain::page::Page;

/// Where a page sits in its list (Relay Cursor Connections).
#[derive(SimpleObject)]
pub struct PageInfo {
    /// More items exist after `endCursor`.
    pub has_next_page: bool,
    /// More items exist before `startCursor`.
    pub has_previous_page: bool,
    /// Cursor of the first item; `null` on an empty page.
    pub start_cursor: Option<String>,
    /// Cursor of the last item; `null` on an empty page.
    pub end_cursor: Option<String>,
}

/// A page with the way to write the cursor of an item; cursors are made only where they are asked for.
pub(crate) struct Listing<T> {
    page: Page<T>,
    cursor_of: Box<dyn Fn(&T) -> String + Send + Sync>,
}

impl<T: Clone> Listing<T> {
    pub fn new(page: Page<T>, cursor_of: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        Self {
            page,
            cursor_of: Box::new(cursor_of),
        }
    }

    /// The items.
    pub fn nodes<N>(&self, node: impl Fn(T) -> N) -> Vec<N> {
        self.page.items.iter().cloned().map(node).collect()
    }

    /// The items with their cursors.
    pub fn edges<E>(&self, edge: impl Fn(String, T) -> E) -> Vec<E> {
        let items = self.page.items.iter();
        items
            .map(|item| edge((self.cursor_of)(item), item.clone()))
            .collect()
    }

    /// Where the page sits.
    pub fn info(&self) -> PageInfo {
        let cursor = |item: Option<&T>| item.map(&self.cursor_of);
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: cursor(self.page.items.first()),
            end_cursor: cursor(self.page.items.last()),
        }
    }
}
