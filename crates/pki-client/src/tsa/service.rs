//! One time-stamp service: where it is, and what is known of it before it is asked.

use std::time::Duration;

use pki::{Certificate, ObjectIdentifier};

use super::quota::Quota;
use crate::address::{Address, AddressError};
use crate::credentials::Credentials;

/// How long one question may take unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// A time-stamp service by RFC 3161 over HTTP (GB/T 20520).
#[derive(Clone, Debug)]
pub struct TimeStampService {
    pub(super) name: String,
    pub(super) address: Address,
    pub(super) credentials: Option<Credentials>,
    pub(super) timeout: Duration,
    pub(super) policy: Option<ObjectIdentifier>,
    pub(super) quota: Option<Quota>,
    pub(super) anchors: Vec<Certificate>,
    pub(super) intermediates: Vec<Certificate>,
}

impl TimeStampService {
    /// A service under a name of one's own, which errors and counts use.
    pub fn new(name: &str, url: &str) -> Result<Self, AddressError> {
        Ok(Self {
            name: name.to_owned(),
            address: Address::parse(url)?,
            credentials: None,
            timeout: PATIENCE,
            policy: None,
            quota: None,
            anchors: Vec::new(),
            intermediates: Vec::new(),
        })
    }

    /// A service named after its host.
    pub fn at(url: &str) -> Result<Self, AddressError> {
        let host = Address::parse(url)?.host();
        Self::new(&host, url)
    }

    /// Who we are to it.
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// How long one question may take, answer included; 10 seconds unless said otherwise.
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Asks for stamps under this policy, and takes no other.
    pub const fn with_policy(mut self, policy: ObjectIdentifier) -> Self {
        self.policy = Some(policy);
        self
    }

    /// How much may be asked of it.
    pub const fn with_quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// Takes only stamps whose certificate chains to one of these. Without any, a stamp is checked by itself, and whom to
    /// believe is for the verifier.
    pub fn trusting(mut self, anchors: &[Certificate], intermediates: &[Certificate]) -> Self {
        self.anchors = anchors.to_vec();
        self.intermediates = intermediates.to_vec();
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    pub const fn address(&self) -> &Address {
        &self.address
    }
}
