//! What an answer of the API holds: its data, or why there is none.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::failure::Failure;

/// A response as GraphQL over HTTP has it, also as one event of a stream.
#[derive(Deserialize)]
struct Answer {
    data: Option<Box<RawValue>>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    code: Option<String>,
    request_id: Option<String>,
    retry_after_ms: Option<u64>,
}

/// The one field that an operation of ours selects at its root.
#[derive(Deserialize)]
#[serde(transparent)]
struct Root(std::collections::HashMap<String, Box<RawValue>>);

/// The data of an answer over HTTP.
pub(super) fn read<D: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<D, Failure> {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        let passing = [
            StatusCode::BAD_GATEWAY,
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::GATEWAY_TIMEOUT,
        ];
        if passing.contains(&status) {
            let problem = format!("what stands before the API answers {status}");
            return Err(Failure::Unreachable(problem));
        }
        let code = format!("HTTP_{}", status.as_u16());
        return Err(Failure::refused(code, "what answers is not the API"));
    };
    data(answer)
}

/// The data of one event of a stream.
pub(super) fn read_event<D: DeserializeOwned>(text: &str) -> Result<D, Failure> {
    let answer = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    data(answer)
}

fn data<D: DeserializeOwned>(answer: Answer) -> Result<D, Failure> {
    if let Some(fault) = answer.errors.into_iter().next() {
        return Err(fault.into());
    }
    let data = answer.data.as_deref().map_or("null", RawValue::get);
    let Root(fields) = serde_json::from_str(data).map_err(|error| unreadable(&error))?;
    let field = fields.values().next().map_or("null", |field| field.get());
    serde_json::from_str(field).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Failure {
    let problem = format!("the API answers, but not as this version understands: {error}");
    Failure::refused("UNREADABLE", problem)
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let Extensions {
            code,
            request_id,
            retry_after_ms,
        } = fault.extensions;
        if code.as_deref() == Some("TIMEOUT") {
            return Self::TimedOut(format!("TIMEOUT: {}", fault.message));
        }
        Self::Refused {
            code: code.unwrap_or_else(|| "UNKNOWN".to_owned()),
            message: fault.message,
            request_id,
            retry_after: retry_after_ms.map(Duration::from_millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Box<RawValue>, Failure> {
        read(
            StatusCode::from_u16(status).expect("a status"),
            body.as_bytes(),
        )
    }

    #[test]
    fn the_one_field_is_given_as_it_came() {
        let field = answer(200, r#"{"data":{"message":{"n": 9007199254740993.10}}}"#);
        assert_eq!(field.expect("data").get(), r#"{"n": 9007199254740993.10}"#);
        assert_eq!(
            answer(200, r#"{"data":{"message":null}}"#)
                .expect("data")
                .get(),
            "null"
        );
    }

    #[test]
    fn every_failure_has_its_exit_status() {
        let status = |code, body| answer(code, body).expect_err("a failure").exit_status();
        assert_eq!(
            status(
                200,
                r#"{"data":null,"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}"#
            ),
            1
        );
        assert_eq!(status(404, "<html>"), 1);
        assert_eq!(status(502, "<html>"), 3);
        assert_eq!(
            status(
                504,
                r#"{"errors":[{"message":"too long","extensions":{"code":"TIMEOUT"}}]}"#
            ),
            4
        );
        let told = answer(
            401,
            r#"{"errors":[{"message":"no valid credentials","extensions":{"code":"UNAUTHENTICATED","requestId":"r-1"}}]}"#,
        );
        assert_eq!(
            told.expect_err("a failure").to_string(),
            "UNAUTHENTICATED: no valid credentials (request r-1)"
        );
    }
}
