//! Where the devices connect.

use std::fmt;
use std::net::IpAddr;

use crate::cli::WrongUsage;
use crate::config::Config;

/// Host and port of the broker's listener for devices.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broker {
    pub host: String,
    pub port: u16,
}

impl Broker {
    /// As given, else where all-in-one listens.
    pub(super) fn of(given: Option<&str>, config: &Config) -> Result<Self, WrongUsage> {
        let Some(text) = given else {
            return Ok(Self {
                host: config.mqtt.listen_address.clone(),
                port: config.mqtt.listen_port,
            });
        };
        Self::parse(text).ok_or_else(|| WrongUsage(format!("{text:?} is not HOST:PORT")))
    }

    fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        // An IPv6 address stands in brackets.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        (!host.is_empty()).then_some(Self {
            host: host.to_owned(),
            port: port.parse().ok()?,
        })
    }

    pub(super) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host == "localhost",
        }
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_near() {
        let is_loopback = |text: &str| Broker::parse(text).map(|broker| broker.is_loopback());
        for near in ["127.0.0.1:8883", "localhost:1", "[::1]:8883"] {
            assert_eq!(is_loopback(near), Some(true), "{near}");
        }
        for far in ["10.0.0.1:8883", "broker:8883", "localhost.example.com:1"] {
            assert_eq!(is_loopback(far), Some(false), "{far}");
        }
        for wrong in ["broker", ":1", "broker:x", ""] {
            assert_eq!(is_loopback(wrong), None, "{wrong}");
        }
    }
}
