//! Pages of a list, by key rather than by offset.

/// From which end a page is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageEnd {
    /// `first`: from the start of what the bounds leave.
    First,
    /// `last`: from the end of what the bounds leave.
    Last,
}

/// Which page: up to `count` items strictly between two keys. Keys are in list order, whichever way that goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest<K> {
    /// From which end.
    pub end: PageEnd,
    /// Most items, at least 1.
    pub count: u16,
    /// Only items after this key.
    pub after: Option<K>,
    /// Only items before this key.
    pub before: Option<K>,
}

impl<K> PageRequest<K> {
    /// The first `count` items.
    pub fn first(count: u16) -> Self {
        Self {
            end: PageEnd::First,
            count,
            after: None,
            before: None,
        }
    }

    /// The last `count` items.
    pub fn last(count: u16) -> Self {
        Self {
            end: PageEnd::Last,
            count,
            after: None,
            before: None,
        }
    }

    /// Turns rows, read nearest the asked end first and one more than asked, into a page in list order.
    pub fn page_of<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let more = rows.len() > usize::from(self.count);
        rows.truncate(usize::from(self.count));
        match self.end {
            PageEnd::First => Page {
                items: rows,
                has_next: more || self.before.is_some(),
                has_previous: self.after.is_some(),
            },
            PageEnd::Last => {
                rows.reverse();
                Page {
                    items: rows,
                    has_next: self.before.is_some(),
                    has_previous: more || self.after.is_some(),
                }
            }
        }
    }
}

/// One page, in list order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// More items follow the last one.
    pub has_next: bool,
    /// More items precede the first one.
    pub has_previous: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            has_next: false,
            has_previous: false,
        }
    }
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first.
    Descending,
}
