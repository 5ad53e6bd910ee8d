//! `Mutation`: one per file. Those that send a message do so in [`dispatch`].

mod attempt;
mod block_device;
mod block_target;
mod command;
mod disconnect;
mod dispatch;
mod ping;
mod reconnect;
mod request_hash;
mod send_message;
mod unblock_device;

use async_graphql::MergedObject;

/// Writes. Every one takes one `input` and may be retried with the same id.
#[derive(MergedObject, Default)]
pub struct Mutation(
    send_message::SendMessageMutation,
    ping::PingMutation,
    reconnect::ReconnectMutation,
    disconnect::DisconnectMutation,
    block_device::BlockDeviceMutation,
    unblock_device::UnblockDeviceMutation,
);
