//! What happens around every operation: refusing early, reading in batches, answering in order, telling errors alike.

mod batching;
mod error_report;
mod gate;
mod ordering;

pub(crate) use batching::Batching;
pub(crate) use error_report::ErrorReport;
pub(crate) use gate::Gate;
pub(crate) use ordering::Ordering;
