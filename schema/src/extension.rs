//! What happens around every operation: refusing early, reading in batches, telling errors alike.

mod batching;
mod error_report;
mod gate;

pub(crate) use batching::Batching;
pub(crate) use error_report::ErrorReport;
pub(crate) use gate::Gate;
