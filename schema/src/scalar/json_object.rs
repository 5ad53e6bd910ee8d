//! JSON objects, passed through as text.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use connector_domain::json::JsonText;
use serde_json::Map;

use super::json::{raw, text_of};

/// A JSON object (not an array, string, number or null).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonObject(pub JsonText);

/// A JSON object (not an array, string, number or null).
#[Scalar(
    name = "JSONObject",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259"
)]
impl ScalarType for JsonObject {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = text_of(&value)?;
        if text.as_str().starts_with('{') {
            Ok(Self(text))
        } else {
            Err(InputValueError::expected_type(value))
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Object(_))
    }

    fn to_value(&self) -> Value {
        raw(&self.0)
    }
}

impl JsonObject {
    /// Of an object.
    pub fn of(fields: &Map<String, serde_json::Value>) -> Self {
        Self(JsonText::of(&serde_json::Value::Object(fields.clone())))
    }
}
