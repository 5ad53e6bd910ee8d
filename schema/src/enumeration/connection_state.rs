//! `ConnectionState`.

use async_graphql::Enum;

/// Whether a device is connected, as it last reported or as the broker last told.
#[derive(Debug, Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[graphql(remote = "connector_domain::connection::ConnectionState")]
pub enum ConnectionState {
    /// It reported `online`, or was heard from since, and nothing has said otherwise.
    Online,
    /// It reported `offline`, its link was lost, or it no longer answers.
    Offline,
}
