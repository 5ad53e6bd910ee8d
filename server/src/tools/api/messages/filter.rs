//! Which messages: the API's `MessageFilter` as options.

use clap::Args;
use serde::Serialize;

use crate::tools::api::choice::one_of;

/// Options that are all to be met. Left out, every message is meant.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = "Which messages (all of these)")]
#[serde(rename_all = "camelCase")]
pub(super) struct Filter {
    /// To or from this device, or one of several.
    #[arg(long = "client-id", value_name = "ID", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    client_ids: Vec<String>,
    /// In this state, or one of several.
    #[arg(
        long,
        value_name = "STATE",
        value_delimiter = ',',
        ignore_case = true,
        value_parser = one_of([
            "queued", "published", "unconfirmed", "responded", "rejected", "expired", "cancelled", "failed"
        ])
    )]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    state: Vec<String>,
    /// Of this sort, or one of several: data for and from workers, commands such as ping, events such as a pong.
    #[arg(
        long,
        value_name = "KIND",
        value_delimiter = ',',
        ignore_case = true,
        value_parser = one_of(["data", "command", "event"])
    )]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kind: Vec<String>,
    /// For this worker, or one of several.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    directive: Vec<String>,
    /// With this message id, or one of several.
    #[arg(long = "message-id", value_name = "UUID", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    message_ids: Vec<String>,
    /// Sent with a token of the same name. Senders see their own also without `MESSAGE_READ`.
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mine: bool,
}
