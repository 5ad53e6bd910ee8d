//! The message to send, as the API takes it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

/// What is the same for every device.
#[derive(Debug)]
pub(super) struct Order {
    pub directive: String,
    pub content: Option<Box<RawValue>>,
    pub metadata: BTreeMap<String, String>,
    pub when_offline: String,
    pub expires_in_seconds: u64,
    pub dry_run: bool,
}

/// One message of it.
#[derive(Debug, Clone)]
pub(super) struct Addressed {
    pub client_id: String,
    pub message_id: String,
}

/// The variables of `sendMessage`.
#[derive(Serialize)]
pub(super) struct Variables<'a> {
    input: Input<'a>,
    content: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Input<'a> {
    client_id: &'a str,
    message_id: &'a str,
    directive: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a BTreeMap<String, String>>,
    when_offline: &'a str,
    expires_in_seconds: u64,
    dry_run: bool,
}

impl Order {
    /// The variables of one message.
    pub(super) fn variables<'a>(&'a self, to: &'a Addressed) -> Variables<'a> {
        Variables {
            input: Input {
                client_id: &to.client_id,
                message_id: &to.message_id,
                directive: &self.directive,
                content: self.content.as_deref(),
                metadata: Some(&self.metadata).filter(|metadata| !metadata.is_empty()),
                when_offline: &self.when_offline,
                expires_in_seconds: self.expires_in_seconds,
                dry_run: self.dry_run,
            },
            content: false,
        }
    }
}
