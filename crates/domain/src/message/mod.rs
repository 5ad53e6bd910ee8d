//! Messages to and from devices, and how far each got.

mod answer;
mod command;
mod filter;
mod lifecycle;
mod order;
mod record;
mod send;

pub use answer::{Answer, Arrival};
pub use command::{Command, CommandName};
pub use filter::{MessageFilter, MessageView};
pub use lifecycle::{InvalidTransition, MessageFailure, MessageState, Moved, Step, Transition};
pub use order::{MessageKeyset, MessageOrder};
pub use record::{Message, MessageDirection, MessageKind};
pub use send::{Accepted, NewMessage, SEND_LEASE, SEND_RESERVE};
