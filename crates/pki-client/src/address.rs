//! Where to: an http or https URL, checked once.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

/// A longer URL is not followed.
const MAX_URL_BYTES: usize = 2048;

/// An absolute `http` or `https` URL without user information.
///
/// Shown without its query, which may hold what is nobody's business.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(Uri);

/// Why a text is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not `http://` or `https://`.
    #[error("only http and https addresses are asked")]
    Scheme,
    /// `user:password@host`.
    #[error("a name or password does not belong in an address; give credentials apart")]
    UserInfo,
    /// No URL, or longer than is followed.
    #[error("is no URL")]
    Malformed,
}

impl Address {
    /// Reads a URL.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > MAX_URL_BYTES {
            return Err(AddressError::Malformed);
        }
        let uri: Uri = text.parse().map_err(|_| AddressError::Malformed)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(AddressError::Scheme);
        }
        let authority = uri.authority().ok_or(AddressError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(AddressError::UserInfo);
        }
        if authority.host().is_empty() || authority.port().is_some_and(|port| port.as_u16() == 0) {
            return Err(AddressError::Malformed);
        }
        Ok(Self(uri))
    }

    /// The name or address of the host, lower case; a literal IPv6 address without its brackets.
    pub fn host(&self) -> String {
        self.0.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase()
    }

    /// The port, written or usual.
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(if self.is_encrypted() { 443 } else { 80 })
    }

    /// Whether it is `https`.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Whether the host is this machine, by its address or as `localhost`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Where a redirect leads: an absolute URL, or a path on the same host.
    pub(crate) fn join(&self, location: &str) -> Result<Self, AddressError> {
        if location.starts_with('/') && !location.starts_with("//") {
            let authority = self.0.authority().ok_or(AddressError::Malformed)?;
            return Self::parse(&format!("{}://{authority}{location}", self.0.scheme_str().unwrap_or("http")));
        }
        Self::parse(location)
    }

    /// One more path segment, as OCSP by GET wants it.
    pub(crate) fn with_segment(&self, segment: &str) -> Result<Self, AddressError> {
        let text = self.0.to_string();
        let text = text.split('?').next().unwrap_or_default();
        Self::parse(&format!("{}/{segment}", text.trim_end_matches('/')))
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    /// The whole URL, for keys of caches.
    pub(crate) fn whole(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, path) = (self.0.scheme_str().unwrap_or_default(), self.0.path());
        write!(f, "{scheme}://{}{path}", self.0.authority().map(|a| a.as_str()).unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_asked() {
        for (text, why) in [
            ("ldap://ca.example/cn=x", AddressError::Scheme),
            ("file:///etc/passwd", AddressError::Malformed),
            ("http://user:secret@tsa.example/", AddressError::UserInfo),
            ("tsa.example/tsa", AddressError::Malformed),
            ("/relative", AddressError::Scheme),
            ("http://", AddressError::Malformed),
            ("http://host:0/", AddressError::Malformed),
            ("http://a b/", AddressError::Malformed),
            (&format!("http://h/{}", "x".repeat(3000)), AddressError::Malformed),
        ] {
            assert_eq!(Address::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn a_query_is_not_shown() {
        let address = Address::parse("https://TSA.example:8443/a/b?token=geheim").unwrap();
        assert_eq!((address.host().as_str(), address.port()), ("tsa.example", 8443));
        assert!(!format!("{address} {address:?}").contains("geheim"));
        assert!(Address::parse("http://[::1]:80/").unwrap().is_loopback());
    }

    #[test]
    fn redirects_and_segments_are_joined() {
        let base = Address::parse("http://ca.example:81/crl/a.crl?x=1").unwrap();
        assert_eq!(base.join("/b.crl").unwrap().to_string(), "http://ca.example:81/b.crl");
        assert_eq!(base.join("https://other.example/").unwrap().host(), "other.example");
        assert!(base.join("//other.example/").is_err() && base.join("b.crl").is_err());
        assert_eq!(base.with_segment("MEk").unwrap().whole(), "http://ca.example:81/crl/a.crl/MEk");
    }
}
