//! The roles of a process, one per file. Each is the same function whether it runs alone on real services or together
//! with the others on embedded ones: only addresses differ.

pub mod all_in_one;
pub mod api_server;
mod doorkeeper;
pub mod jobs;
pub mod kafka_message_consumer;
pub mod mqtt_message_consumer;

mod process;
mod watchdog;
