//! `Tag`.

use async_graphql::SimpleObject;

/// One key-value label reported by the device.
#[derive(SimpleObject)]
pub struct Tag {
    /// Label name.
    pub key: String,
    /// Label value; may be empty.
    pub value: String,
}
