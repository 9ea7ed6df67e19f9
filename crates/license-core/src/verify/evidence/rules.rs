//! What a verifier asks of revocation data and algorithms. Options of [`Policy`](super::super::Policy).

use std::fmt;

use pki::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
use time::{Duration, OffsetDateTime};

/// What to do when nothing tells whether a certificate was revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationMode {
    /// Nobody asks.
    Off,
    /// What is at hand is looked at; what it leaves open stands in the report and decides nothing.
    #[default]
    Soft,
    /// What nothing tells leaves the verdict open.
    Hard,
}

impl RevocationMode {
    /// Its word in reports and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            RevocationMode::Off => "off",
            RevocationMode::Soft => "soft",
            RevocationMode::Hard => "hard",
        }
    }
}

/// How revocation is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RevocationRules {
    /// Without knowledge.
    pub mode: RevocationMode,
    /// Lists and answers count for this long before the time in question; without it as long as they promise.
    pub max_age: Option<Duration>,
    /// Of a signature whose time is proven: evidence counts only if it was made this long after that time, so that a
    /// revocation had its chance to be told (EN 319 102-1 5.5.4, grace period). Without it, lists and answers that were
    /// current at that time count.
    pub grace: Option<Duration>,
}

/// What is no longer relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weak {
    /// A digest, wherever a signature or an imprint rests on it.
    Digest(DigestAlgorithm),
    /// Keys of this kind; of RSA all that are no longer than this.
    Key(KeyKind),
}

impl fmt::Display for Weak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => write!(f, "{digest}"),
            Self::Key(kind) => write!(f, "a key of kind {kind}"),
        }
    }
}

/// An algorithm and the instant from which it proves nothing any more (as of ETSI TS 119 312 or a national list). What it
/// made before stays good when a time-stamp of stronger make proves that it was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sunset {
    /// The algorithm.
    pub what: Weak,
    /// From when.
    pub from: OffsetDateTime,
}

impl Sunset {
    /// Whether it forbids a signature by a key of this kind with this digest that is known to have existed at `at`.
    pub(super) fn forbids(&self, key: Option<KeyKind>, digest: Option<DigestAlgorithm>, at: OffsetDateTime) -> bool {
        let met = match (self.what, key) {
            (Weak::Digest(weak), _) => digest == Some(weak),
            (Weak::Key(KeyKind::Rsa(weak)), Some(KeyKind::Rsa(bits))) => bits <= weak,
            (Weak::Key(weak), found) => found == Some(weak),
        };
        met && at >= self.from
    }
}

/// The digest inside an algorithm.
pub(super) fn digest_of(algorithm: SignatureAlgorithm) -> DigestAlgorithm {
    algorithm.digest()
}
