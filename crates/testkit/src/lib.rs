//! A whole platform for tests: every role on the embedded parts in a temporary directory, with clients and devices.
//!
//! For tests only. Everything listens on free ports of loopback.

mod client;
mod device;
mod eventually;
mod free_port;
mod platform;
mod subscription;

pub use client::Client;
pub use device::{Online, RawDevice};
pub use eventually::{PATIENCE, eventually};
pub use free_port::free_port;
pub use platform::TestPlatform;
pub use subscription::Subscription;
