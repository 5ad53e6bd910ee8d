//! The address at the other end of the connection. Never one that a header claims: headers are forged.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use connector_schema::RemoteAddress;
use ipnet::IpNet;

/// Who is connected to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer(IpAddr);

impl Peer {
    /// Whose takings and failures count together: an address, or the /64 of one of IPv6, which is one customer's.
    pub(crate) fn neighbourhood(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let network = u128::from(address) & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
        }
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        // A socket for both families writes 10.0.0.1 as ::ffff:10.0.0.1.
        Self(address.ip().to_canonical())
    }
}

impl From<Peer> for RemoteAddress {
    fn from(peer: Peer) -> Self {
        Self(peer.0)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Ranges of addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct PeerRanges(Vec<IpNet>);

impl PeerRanges {
    /// Reads addresses and ranges, e.g. `10.0.0.7` and `10.0.0.0/24`; the error is the one that is neither.
    pub(crate) fn parse(texts: &[String]) -> Result<Self, String> {
        let range = |text: &String| {
            let net = text.parse::<IpNet>().ok();
            let net = net.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
            net.ok_or_else(|| text.clone())
        };
        texts.iter().map(range).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a peer is in one of them.
    pub(super) fn contain(&self, peer: Peer) -> bool {
        self.0.iter().any(|range| range.contains(&peer.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer::from(SocketAddr::new(address.parse().expect("an address"), 1))
    }

    #[test]
    fn a_peer_is_in_a_range_whichever_way_its_address_is_written() {
        let texts = ["10.1.0.0/16", "192.0.2.7", "fd00::/8"].map(str::to_owned);
        let ranges = PeerRanges::parse(&texts).expect("ranges");
        for inside in ["10.1.255.1", "::ffff:10.1.2.3", "192.0.2.7", "fd12::1"] {
            assert!(ranges.contain(peer(inside)), "{inside}");
        }
        for outside in ["10.2.0.1", "192.0.2.8", "::1", "::10.1.2.3"] {
            assert!(!ranges.contain(peer(outside)), "{outside}");
        }
        for wrong in ["10.1.0.0/33", "gateway", "10.1", ""] {
            assert_eq!(
                PeerRanges::parse(&[wrong.to_owned()]).expect_err("refused"),
                wrong
            );
        }
    }

    #[test]
    fn neighbours_of_one_ipv6_network_count_together() {
        let of = |address| peer(address).neighbourhood();
        assert_eq!(of("2001:db8:1:2:3::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
