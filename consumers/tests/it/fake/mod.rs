//! What the consumers work with in tests.

mod directory;
mod inbox;
mod log;
mod page;
mod reader;
mod recorder;
mod stage;
mod store;
mod tail;

pub use directory::Directory;
pub use inbox::Inbox;
pub use log::Log;
pub use page::Page;
pub use recorder::Recorder;
pub use stage::{Stage, control, data, online, topic_prefix};
pub use store::Store;
pub use tail::{Kept, Tail};

use std::time::Duration;

/// Waits until `condition` holds; panics with `what` after five seconds.
pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    while !condition() {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
