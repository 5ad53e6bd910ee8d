//! `connection-status`: the device is there and says what it is, or it is gone.

use connector_domain::connection::{DeviceInput, Status, StatusError};
use connector_domain::wire::Envelope;
use serde_json::Value;
use tracing::debug;

use super::super::decode::DeviceMessage;
use super::Meaning;
use crate::rejection::{Reason, Rejection};

/// What cannot be used of an online message is left out. A content without a readable state says nothing, not even that
/// the device lives: it may be a will.
pub(super) fn handle(message: &DeviceMessage<'_>, envelope: Envelope) -> Meaning {
    let (status, defects) = match content(&envelope)
        .and_then(|content| Status::parse(content).map_err(|error: StatusError| error.to_string()))
    {
        Ok(read) => read,
        Err(detail) => {
            return Meaning::default().rejected(Rejection::new(Reason::UnreadableStatus, detail));
        }
    };
    for defect in defects {
        debug!(client.id = %message.client_id, %defect, "left out of a connection-status");
        metrics::counter!("connector_status_defects_total", "field" => defect.field).increment(1);
    }
    Meaning::of(DeviceInput::Status {
        message_id: envelope.message_id,
        status,
    })
}

fn content(envelope: &Envelope) -> Result<Value, String> {
    let Some(content) = &envelope.content else {
        return Ok(Value::Null);
    };
    serde_json::from_str(content.as_str()).map_err(|error| error.to_string())
}
