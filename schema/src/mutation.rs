//! `Mutation`: one per file. All of them send a message ([`dispatch`]).

mod attempt;
mod command;
mod disconnect;
mod dispatch;
mod ping;
mod reconnect;
mod request_hash;
mod send_message;

use async_graphql::MergedObject;

/// Writes. Every one takes one `input` and may be retried with the same id.
#[derive(MergedObject, Default)]
pub struct Mutation(
    send_message::SendMessageMutation,
    ping::PingMutation,
    reconnect::ReconnectMutation,
    disconnect::DisconnectMutation,
);
