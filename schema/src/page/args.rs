//! The four arguments of every list.

use connector_domain::limits;
use connector_domain::page::{PageEnd, PageRequest};
use serde::de::DeserializeOwned;

use super::cursor::List;
use crate::error::Fault;

/// `first`, `after`, `last` and `before`, as given.
pub(crate) struct PageArgs {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl PageArgs {
    /// The page asked for. BAD_USER_INPUT unless exactly one of `first` and `last` is given, within 1–100, and every
    /// cursor is one of this list.
    pub fn request<K: DeserializeOwned>(&self, list: &List) -> Result<PageRequest<K>, Fault> {
        let (end, count) = match (self.first, self.last) {
            (Some(size), None) => (PageEnd::First, page_size("first", size)?),
            (None, Some(size)) => (PageEnd::Last, page_size("last", size)?),
            (None, None) => return Err(Fault::bad_input("one of first and last is required")),
            (Some(_), Some(_)) => {
                return Err(Fault::bad_input("first and last cannot be used together"));
            }
        };
        let open = |name: &str, cursor: Option<&String>| {
            cursor.map(|cursor| list.open(name, cursor)).transpose()
        };
        Ok(PageRequest {
            end,
            count,
            after: open("after", self.after.as_ref())?,
            before: open("before", self.before.as_ref())?,
        })
    }
}

fn page_size(name: &str, asked: i32) -> Result<u16, Fault> {
    u16::try_from(asked)
        .ok()
        .filter(|size| (1..=limits::PAGE_SIZE).contains(size))
        .ok_or_else(|| {
            Fault::bad_input(format!(
                "{name} must be between 1 and {}",
                limits::PAGE_SIZE
            ))
        })
}

/// No field costs more than this: the library adds costs up without looking for overflow.
const COST_CEILING: usize = 1_000_000_000;

/// What a list costs: its size times the cost of an item, plus one.
pub(crate) fn page_cost(first: Option<i32>, last: Option<i32>, child: usize) -> usize {
    let size = first.or(last).unwrap_or(25).max(1);
    list_cost(usize::try_from(size).unwrap_or(usize::MAX), child)
}

/// What so many items cost, plus one.
pub(crate) fn list_cost(size: usize, child: usize) -> usize {
    size.saturating_mul(child)
        .saturating_add(1)
        .min(COST_CEILING)
}
