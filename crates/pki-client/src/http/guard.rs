//! Addresses that a stranger's URL must not lead us to (server-side request forgery): names are resolved first, and what
//! they resolve to decides.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolves as usual; with `public_only`, refuses a name of which any address is not on the public network.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) inner: DefaultResolver,
    pub(super) public_only: bool,
}

/// Found in the chain of an error: the name leads where it must not.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not on the public network")]
pub(super) struct NotPublic(pub(super) IpAddr);

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.public_only
            && let Some(private) = found.iter().find(|address| !is_public(address.ip()))
        {
            return Err(ureq::Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, NotPublic(private.ip()))));
        }
        Ok(found)
    }
}

/// Whether an address is one of the public network (IANA special-purpose registries, RFC 6890).
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_unspecified()
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast();
    let this_network = a == 0;
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = (a, b, c) == (192, 0, 0);
    let benchmarking = a == 198 && (b == 18 || b == 19);
    let reserved = a >= 240;
    !(special || this_network || shared || protocol || benchmarking || reserved)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // An IPv4 address in disguise is judged as one: mapped, NAT64, 6to4.
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [s0, s1, s2, _, _, _, s6, s7] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match (s0, s1) {
        (0x64, 0xff9b) => is_public_v4(v4(s6, s7)),
        (0x2002, _) => is_public_v4(v4(s1, s2)),
        // Teredo, ORCHID, documentation.
        (0x2001, 0..=0x1ff | 0xdb8) => false,
        // Global unicast is 2000::/3; everything else is special.
        _ => (0x2000..0x4000).contains(&s0),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for special in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
        for public in
            ["8.8.8.8", "202.96.128.86", "2400:3200::1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
