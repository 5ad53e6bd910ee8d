//! How a fleet behaves.

use std::time::Duration;

/// What a fleet does, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Host of the broker's listener for devices; a name or address of its certificate.
    pub host: String,
    /// Port there.
    pub port: u16,
    /// Levels of a device's topics before its client id.
    pub topic_prefix: String,
    /// Name of this run: part of every id on the wire, and the tag `run`, so that what devices said earlier under the same
    /// client ids is told apart. "": they have never spoken before.
    pub run: String,
    /// Messages per second, of all devices together.
    pub rate: f64,
    /// One message in so many is a status, the others are data; at least 1.
    pub status_every: u32,
    /// One device in so many does not repeat its status when a link comes back, as newer agents do not: what it says
    /// next is data. 0: all repeat it.
    pub silent_return_every: usize,
    /// Filling of each data message, in bytes.
    pub data_bytes: usize,
    /// Most messages of one device that are sent and not acknowledged.
    pub window: usize,
    /// Pause after which a sign of life is sent; a link is given up when nothing comes within 10 s after that.
    pub keep_alive: Duration,
    /// Longest time a link may take to open.
    pub patience: Duration,
    /// Longest pause between two attempts to open a link; the first is 200 ms, each with a random part.
    pub longest_retry: Duration,
    /// Most links that are opened at once, of all devices together.
    pub handshakes: usize,
}

impl Options {
    /// A fleet at `host:port` that says `rate` messages per second, one in ten a status.
    pub fn new(host: impl Into<String>, port: u16, rate: f64) -> Self {
        Self {
            host: host.into(),
            port,
            topic_prefix: "redhat/insights".to_owned(),
            run: String::new(),
            rate,
            status_every: 10,
            silent_return_every: 0,
            data_bytes: 64,
            window: 32,
            keep_alive: Duration::from_secs(30),
            patience: Duration::from_secs(15),
            longest_retry: Duration::from_secs(5),
            handshakes: 64,
        }
    }

    /// The pause between two messages of one device.
    pub(crate) fn period(&self, devices: usize) -> Duration {
        let devices = u32::try_from(devices).unwrap_or(u32::MAX);
        let seconds = f64::from(devices) / self.rate;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}
