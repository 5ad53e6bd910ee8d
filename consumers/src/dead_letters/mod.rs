//! What was set aside, read again by people: the work of the command `dead-letters`.
//!
//! Every call reads the dead-letter topic from its oldest record to its end; nothing is deleted, Kafka's retention does
//! that. [`replay`] appends the original record to its original topic again and writes a receipt, a record of the
//! dead-letter topic that says so, which is how the next call knows.
//!
//! A replayed record keeps its place in its device's order: its `date_received` is that of the original. So a data
//! message gets the time and the id it would have had, and once more does not make it two; a status is applied only if
//! nothing newer of its device has been. Giving it the time of the replay instead would show a device as it was, not as
//! it is.

mod filter;
mod letter;
mod listing;
mod place;
mod receipt;
mod replay;
mod target;
mod topic;

pub use filter::Filter;
pub use letter::{Heading, Letter};
pub use listing::{Listing, find, list};
pub use place::{InvalidPlace, Place};
pub use replay::{Mode, Outcome, ReplayError, ReplayPorts, Selection, replay};
pub use target::{Obstacle, Topics};
