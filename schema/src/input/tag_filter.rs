//! `TagFilter`.

use async_graphql::InputObject;
use connector_domain::connection as domain;

use super::checks;
use crate::error::Fault;

/// A label a device must have. Without `value`, any value does.
#[derive(InputObject)]
pub struct TagFilter {
    /// Label name.
    pub key: String,
    /// Label value.
    pub value: Option<String>,
}

impl TagFilter {
    pub(super) fn into_domain(self) -> Result<domain::TagFilter, Fault> {
        let text = |text| checks::text("tags", text);
        Ok(domain::TagFilter {
            key: text(self.key)?,
            value: self.value.map(text).transpose()?,
        })
    }
}
