//! The contract's own scalars.

mod date_time;
mod json;
mod json_object;
mod uuid;

pub(crate) use date_time::DateTime;
pub(crate) use json::{Json, RAW_VALUE_TOKEN};
pub(crate) use json_object::JsonObject;
pub(crate) use uuid::UuidText;
