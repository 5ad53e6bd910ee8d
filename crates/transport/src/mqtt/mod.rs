//! Links to the MQTT broker over rumqttc: what devices publish ([`Inbox`]) and publishing to them ([`Publisher`]),
//! over MQTT 5 or 3.1.1.
//!
//! Each link is one task that polls its connection and waits for nothing else. Every connection gets a fresh event loop,
//! so that nothing of an earlier one (buffered events, queued requests, packet ids) reaches a later one: the broker
//! redelivers what we did not acknowledge, and a publish is never sent again by itself.

mod acks;
mod backoff;
mod certificates;
mod connection;
mod cuts;
mod hand_off;
mod inbox;
mod link;
mod publisher;
mod settings;
mod tls;
mod waiters;

pub use certificates::CertificateFiles;
pub use hand_off::hand_off;
pub use inbox::{Inbox, InboxOptions};
pub use publisher::{Publisher, PublisherOptions};
pub use settings::{Protocol, Settings, SettingsError};
