//! What happens around every operation: refusing early, reading in batches, answering in form, telling errors alike.

mod batching;
mod error_report;
mod gate;
mod shaping;

pub(crate) use batching::Batching;
pub(crate) use error_report::ErrorReport;
pub(crate) use gate::Gate;
pub(crate) use shaping::{FieldTypes, Shaping};
