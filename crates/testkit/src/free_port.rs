//! Ports for servers whose address must be known before they start, or after they have ended.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// A port that nothing listens on now, and that is not given twice. Below the range from which the kernel takes ports of
/// outgoing connections, of which there are many before a server listens, and apart from those of `scripts/services`.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    // Processes that run at the same time begin at different places.
    let start = std::process::id().wrapping_mul(211);
    (0..10_000)
        .map(|_| start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % 10_000)
        .filter_map(|offset| u16::try_from(10_000 + offset).ok())
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("loopback has a free port")
}
