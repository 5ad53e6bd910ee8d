use std::net::SocketAddr;

/// Why the broker did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// Another process, or the other listener, has the port.
    #[error("the address {address} is already in use")]
    AddressInUse {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The address cannot be bound for another reason: not ours, or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: anyhow::Error,
    },
    /// A certificate or key file is missing or unusable.
    #[error("cannot use the broker's certificates")]
    Certificates {
        /// Which one, and why.
        source: anyhow::Error,
    },
    /// An option has a value the broker cannot run with.
    #[error("invalid broker option {option}: {reason}")]
    InvalidOption {
        /// The option's field name.
        option: &'static str,
        /// What is wrong with the value.
        reason: String,
    },
}
