//! What a simulated device says unasked.

use std::future::pending;

use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use crate::answer::message;

/// A data message that answers nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What it is about, for whoever reads it.
    pub directive: String,
    /// Payload.
    pub content: Value,
}

impl Report {
    pub(crate) fn payload(&self) -> Vec<u8> {
        let rest = json!({"directive": self.directive, "metadata": {}, "content": self.content});
        message("data", "", &rest)
    }
}

/// The next report; never where nobody gives any, or any more.
pub(crate) async fn next(reports: &mut Option<Receiver<Report>>) -> Report {
    let given = match reports {
        Some(reports) => reports.recv().await,
        None => None,
    };
    match given {
        Some(report) => report,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_answers_nothing() {
        let report = Report {
            directive: "metrics".to_owned(),
            content: json!({"load": 0.5}),
        };
        let payload: Value = serde_json::from_slice(&report.payload()).expect("JSON");
        assert_eq!(
            (
                &payload["type"],
                &payload["response_to"],
                &payload["content"]
            ),
            (&json!("data"), &json!(""), &report.content)
        );
    }
}
