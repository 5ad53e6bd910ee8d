//! Objects of the contract. Those with relations hold the record and read the rest through loaders.

mod account;
mod account_list;
mod audit_entry;
mod audit_list;
mod canonical_facts;
mod connection_change;
mod connection_list;
mod connection_state_change;
mod connection_stats;
mod connection_status;
mod device_block;
mod dispatcher;
mod message;
mod message_arrival;
mod message_failure;
mod message_list;
mod message_state_change;
mod message_transition;
mod node;
mod payload;
mod server_info;
mod tag;
mod viewer;

pub(crate) use account::Account;
pub(crate) use account_list::AccountConnection;
pub(crate) use audit_entry::AuditEntry;
pub(crate) use audit_list::{AuditEntryConnection, audit_page};
pub(crate) use canonical_facts::CanonicalFacts;
pub(crate) use connection_change::ConnectionChange;
pub(crate) use connection_list::{ConnectionStatusConnection, connection_page};
pub(crate) use connection_state_change::ConnectionStateChangeConnection;
pub(crate) use connection_stats::{ConnectionStats, read_stats};
pub(crate) use connection_status::ConnectionStatus;
pub(crate) use device_block::DeviceBlock;
pub(crate) use dispatcher::Dispatcher;
pub(crate) use message::Message;
pub(crate) use message_arrival::MessageArrival;
pub(crate) use message_failure::MessageFailure;
pub(crate) use message_list::{MessageConnection, message_page};
pub(crate) use message_state_change::MessageStateChange;
pub(crate) use message_transition::MessageTransition;
pub(crate) use node::Node;
pub(crate) use payload::{CommandPayload, DeviceBlockPayload, SendMessagePayload};
pub(crate) use server_info::ServerInfo;
pub(crate) use tag::Tag;
pub(crate) use viewer::Viewer;

/// A number as GraphQL's `Int` has it; what does not fit is the largest that does.
pub(crate) fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
