//! `Subscription`: one per file.

mod connection_changed;
mod connection_stats_changed;
mod lease;
mod message_received;
mod message_state_changed;
mod watch;

use async_graphql::MergedSubscription;

/// Changes as they happen, over graphql-transport-ws at `/graphql/ws` or SSE at
/// `/graphql`. Order holds per device. Permissions are checked again as they
/// change: a revoked subscription ends with an error.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    connection_changed::ConnectionChangedSubscription,
    connection_stats_changed::ConnectionStatsChangedSubscription,
    message_state_changed::MessageStateChangedSubscription,
    message_received::MessageReceivedSubscription,
);
