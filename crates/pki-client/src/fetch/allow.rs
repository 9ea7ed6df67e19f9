//! Which hosts a certificate may send us to.
//!
//! The addresses of lists and responders stand in certificates, and certificates come from strangers. [`pki::path`] asks
//! for revocation data only of paths whose signatures lead to an anchor, so those addresses are the words of a trusted CA;
//! the addresses of *issuers* are asked for before anything is proven, and are followed only when
//! [`FetchOptions::issuers`](super::FetchOptions::issuers) says so. Either way the host decides:

use std::fmt;
use std::str::FromStr;

use crate::address::Address;

/// Whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Allow {
    /// Nobody.
    Nothing,
    /// Any host on the public network; never this machine, never a private network.
    Public,
    /// These hosts, wherever they are: an operator named them.
    Hosts(Vec<HostRule>),
}

/// A host that may be asked: `ca.example.cn`, `.example.cn` (and all below), `ca.example.cn:8080`, `127.0.0.1:8080`,
/// `[::1]:8080`. Without a port, any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRule {
    host: String,
    below: bool,
    port: Option<u16>,
}

/// The text is no [`HostRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a host such as ca.example.cn, .example.cn or 10.1.2.3:8080")]
pub struct NotAHost;

impl FromStr for HostRule {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        let text = text.trim();
        let (below, rest) = text.strip_prefix('.').map_or((false, text), |rest| (true, rest));
        let address = Address::parse(&format!("http://{rest}/")).map_err(|_| NotAHost)?;
        let authority = address.uri().authority().ok_or(NotAHost)?;
        if authority.as_str() != rest || address.uri().path() != "/" {
            return Err(NotAHost);
        }
        Ok(Self { host: address.host(), below, port: authority.port_u16() })
    }
}

impl HostRule {
    fn matches(&self, address: &Address) -> bool {
        let host = address.host();
        let same = host == self.host;
        let under = self.below && host.strip_suffix(&self.host).is_some_and(|front| front.ends_with('.'));
        (same || under) && self.port.is_none_or(|port| port == address.port())
    }
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.below { "." } else { "" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            Some(port) => write!(f, "{dot}{host}:{port}"),
            None => write!(f, "{dot}{host}"),
        }
    }
}

/// By which way an address is asked.
pub(super) enum Way {
    /// With every address of the host looked at first.
    Guarded,
    /// As named by an operator.
    Named,
}

impl Allow {
    pub(super) fn way(&self, address: &Address) -> Option<Way> {
        match self {
            Self::Nothing => None,
            Self::Public => Some(Way::Guarded),
            Self::Hosts(rules) => rules.iter().any(|rule| rule.matches(address)).then_some(Way::Named),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn hosts_are_named_exactly() {
        let allowed = |rule: &str, url: &str| rule.parse::<HostRule>().unwrap().matches(&Address::parse(url).unwrap());
        assert!(allowed("ca.example.cn", "http://CA.example.cn/x.crl"));
        assert!(allowed("ca.example.cn", "https://ca.example.cn:8443/x.crl"));
        assert!(!allowed("ca.example.cn:80", "https://ca.example.cn/x.crl"));
        assert!(allowed("ca.example.cn:443", "https://ca.example.cn/x.crl"));
        assert!(allowed(".example.cn", "http://a.b.example.cn/") && allowed(".example.cn", "http://example.cn/"));
        assert!(!allowed(".example.cn", "http://evilexample.cn/") && !allowed("example.cn", "http://a.example.cn/"));
        assert!(allowed("[::1]:8080", "http://[::1]:8080/"));
        for wrong in ["", ".", "a/b", "user@host", "http://host", "host:0", "ho st", "host?x"] {
            assert!(wrong.parse::<HostRule>().is_err(), "{wrong}");
        }
        for rule in ["ca.example.cn", ".example.cn:81", "[::1]:8080"] {
            assert_eq!(rule.parse::<HostRule>().unwrap().to_string(), rule);
        }
    }
}
