//! The connection record of a device: what it is, how what a device says changes it, and how it is looked for.

mod change;
mod facts;
mod filter;
mod fold;
mod order;
mod record;
mod search;
mod stats;
mod status;
mod view;

pub(crate) use record::enum_text;

pub use change::{ChangeKind, ConnectionChange, StateChange};
pub use facts::CanonicalFacts;
pub use filter::{ConnectionFilter, StampRange, StringFilter, TagFilter};
pub use fold::{DeviceBatch, DeviceInput, DeviceRecord, Folded, Outcome, fold, fold_after};
pub use order::{ConnectionKey, ConnectionOrder, ConnectionOrderField, SortValue};
pub use record::{Connection, ConnectionState, ConnectionStateReason};
pub use search::{search_words, words_of_query};
pub use stats::{ConnectionCount, ConnectionStats};
pub use status::{Defect, Details, OfflineCause, Status, StatusError};
pub use view::ConnectionView;
