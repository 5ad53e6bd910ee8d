//! Pages of lists: what is asked ([`PageArgs`]), how a place is written ([`CursorKey`], [`List`]) and what comes back
//! ([`Listing`]).

mod args;
mod cursor;
mod listing;

pub use cursor::CursorKey;

pub(crate) use args::{PageArgs, list_cost, page_cost};
pub(crate) use cursor::List;
pub(crate) use listing::{Listing, PageInfo};

/// What `totalCount` costs: a statement of its own for every list that asks for it.
pub(crate) const COUNT_COST: usize = 10;

/// What counting by every state and reason costs: four counts.
pub(crate) const STATS_COST: usize = 4 * COUNT_COST;
