//! The contract's enumerations, most of them the domain's under the contract's names.

mod audit_operation;
mod audit_outcome;
mod auth_method;
mod command_name;
mod connection_change_kind;
mod connection_order_field;
mod connection_state;
mod connection_state_reason;
mod message_direction;
mod message_kind;
mod message_order_field;
mod message_state;
mod order_direction;
mod permission;
mod when_offline;

pub(crate) use audit_operation::AuditOperation;
pub(crate) use audit_outcome::AuditOutcome;
pub(crate) use auth_method::AuthMethod;
pub(crate) use command_name::CommandName;
pub(crate) use connection_change_kind::ConnectionChangeKind;
pub(crate) use connection_order_field::ConnectionOrderField;
pub(crate) use connection_state::ConnectionState;
pub(crate) use connection_state_reason::ConnectionStateReason;
pub(crate) use message_direction::MessageDirection;
pub(crate) use message_kind::MessageKind;
pub(crate) use message_order_field::MessageOrderField;
pub(crate) use message_state::MessageState;
pub(crate) use order_direction::OrderDirection;
pub(crate) use permission::Permission;
pub(crate) use when_offline::WhenOffline;
