//! Any JSON value, passed through as text.

use async_graphql::{InputValueResult, Name, Scalar, ScalarType, Value, indexmap::IndexMap};
use connector_domain::json::JsonText;

/// The only key of an object that the library writes as the raw JSON text of its value (feature `raw_value`; the
/// token is serde_json's own and not exported).
pub(crate) const RAW_VALUE_TOKEN: &str = "$serde_json::private::RawValue";

/// Any JSON value. Numbers outside the 53-bit safe range are kept as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub JsonText);

/// Any JSON value. Numbers outside the 53-bit safe range are kept as sent.
#[Scalar(
    name = "JSON",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259"
)]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(text_of(&value)?))
    }

    fn to_value(&self) -> Value {
        raw(&self.0)
    }
}

/// The text of an input value.
pub(super) fn text_of(value: &Value) -> Result<JsonText, serde_json::Error> {
    JsonText::parse(serde_json::to_string(value)?)
}

/// An output value written as this text.
pub(super) fn raw(text: &JsonText) -> Value {
    let key = Name::new(RAW_VALUE_TOKEN);
    Value::Object(IndexMap::from([(
        key,
        Value::String(text.as_str().to_owned()),
    )]))
}
