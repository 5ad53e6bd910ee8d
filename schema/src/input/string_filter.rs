//! `StringFilter`.

use async_graphql::OneofObject;
use connector_domain::connection as domain;
use connector_domain::limits;

use super::checks;
use crate::error::Fault;

/// A way to compare a string.
#[derive(OneofObject)]
pub enum StringFilter {
    /// Equal, case kept.
    Eq(String),
    /// One of these, at most 100.
    In(Vec<String>),
    /// Starts with, case ignored.
    StartsWith(String),
}

impl StringFilter {
    pub(super) fn into_domain(self, name: &str) -> Result<domain::StringFilter, Fault> {
        Ok(match self {
            Self::Eq(text) => domain::StringFilter::Equals(checks::text(name, text)?),
            Self::In(texts) if texts.len() > limits::FILTER_STRINGS => {
                let limit = limits::FILTER_STRINGS;
                let problem = format!("filter.{name}.in takes at most {limit} values");
                return Err(Fault::bad_input(problem));
            }
            Self::In(texts) => {
                let texts = texts.into_iter().map(|text| checks::text(name, text));
                domain::StringFilter::In(texts.collect::<Result<_, _>>()?)
            }
            Self::StartsWith(text) => domain::StringFilter::StartsWith(checks::text(name, text)?),
        })
    }
}
