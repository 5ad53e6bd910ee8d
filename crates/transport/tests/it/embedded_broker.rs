//! The embedded MQTT broker, used with real clients.

mod access;
mod delivery;
mod lifecycle;
