//! How much may be asked, of whom, and how long answers keep.

use std::path::PathBuf;
use std::time::Duration;

use super::allow::Allow;

/// How an OCSP responder is asked (RFC 6960 appendix A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OcspMethod {
    /// By POST.
    #[default]
    Post,
    /// By GET, which caches on the way can answer; by POST when the question is longer than 255 bytes or has a nonce.
    Get,
}

/// Bounds of a [`Fetcher`](super::Fetcher). Everything has a default but whom to ask, which is nobody.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchOptions {
    /// Whom to ask.
    pub allow: Allow,
    /// Whether to fetch issuers' certificates (authorityInfoAccess), too. Their addresses stand in certificates of which
    /// nothing is proven yet; no by default.
    pub issuers: bool,
    /// How OCSP responders are asked.
    pub ocsp: OcspMethod,
    /// Time for one request: 10 seconds.
    pub timeout: Duration,
    /// Time for all requests of one question: 30 seconds.
    pub patience: Duration,
    /// Requests for one question: 12.
    pub requests: usize,
    /// An answer is asked for anew after this long, though its nextUpdate be later: 1 hour. A forgery that came in the
    /// place of an answer is forgotten then, too.
    pub keep: time::Duration,
    /// A failure is not repeated for this long: 5 minutes.
    pub keep_failure: time::Duration,
    /// Largest revocation list: 32 MiB.
    pub crl_bytes: usize,
    /// Where answers are kept over restarts; in memory only by default.
    pub folder: Option<PathBuf>,
}

impl FetchOptions {
    /// With the defaults for everything else.
    pub fn new(allow: Allow) -> Self {
        Self {
            allow,
            issuers: false,
            ocsp: OcspMethod::default(),
            timeout: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            requests: 12,
            keep: time::Duration::HOUR,
            keep_failure: time::Duration::minutes(5),
            crl_bytes: pki::MAX_CRL_BYTES,
            folder: None,
        }
    }
}
