//! Inputs, and what they mean in the domain. Errors name the field and what it takes.

mod account_key;
mod audit_filter;
mod block_device;
mod checks;
mod command;
mod connection_filter;
mod connection_order;
mod date_time_range;
mod message_filter;
mod message_order;
mod send_message;
mod string_filter;
mod tag_filter;

pub(crate) use account_key::AccountKey;
pub(crate) use audit_filter::{AuditFilter, audit_filter};
pub(crate) use block_device::{BlockDeviceInput, UnblockDeviceInput};
pub(crate) use command::{DisconnectInput, PingInput, ReconnectInput};
pub(crate) use connection_filter::{ConnectionFilter, connection_filter};
pub(crate) use connection_order::ConnectionOrder;
pub(crate) use message_filter::{MessageFilter, message_filter};
pub(crate) use message_order::MessageOrder;
pub(crate) use send_message::SendMessageInput;
