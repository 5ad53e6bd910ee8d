//! Times.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::SecondsFormat;
use connector_domain::stamp::Stamp;

/// RFC 3339 date and time, always written in UTC with a `Z`: `2026-11-24T10:15:30.123Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Stamp);

/// RFC 3339 date and time, always written in UTC with a `Z`: `2026-11-24T10:15:30.123Z`.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Stamp::parse(text)
                .map(Self)
                .ok_or_else(|| InputValueError::custom("not an RFC 3339 time")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if Stamp::parse(text).is_some())
    }

    fn to_value(&self) -> Value {
        let time = self.0.to_datetime();
        Value::String(time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<Stamp> for DateTime {
    fn from(stamp: Stamp) -> Self {
        Self(stamp)
    }
}
