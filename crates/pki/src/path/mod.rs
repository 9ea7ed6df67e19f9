//! Certification paths: built and validated at a given time for a given purpose (RFC 5280 6), with revocation by CRL and
//! OCSP. Why this is our own walk: `docs/decisions/0003-own-path-walk.md`; clause by clause: `docs/conformance/rfc5280.md`.
//!
//! The answer to success is a proof, [`TrustedPath`], which nothing else can make; the answer to failure is the most
//! helpful [`PathError`] among all candidate paths.
//!
//! ```
//! # use pki::{CertificateTemplate, KeyKind, Name, PrivateKey};
//! # use time::macros::datetime;
//! use pki::path::{self, PathReason, PathRequest, Purpose};
//! # let key = PrivateKey::generate(KeyKind::P256, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng))?;
//! # let leaf = CertificateTemplate::document_signer(Name::builder().common_name("S").build())
//! #     .serial(&[1]).valid(datetime!(2026-01-01 0:00 UTC), datetime!(2027-01-01 0:00 UTC)).self_sign(&key)?;
//! let at = datetime!(2026-06-01 0:00 UTC);
//! let error = path::validate(&PathRequest::new(&leaf, &[], at, Purpose::DocumentSigning)).unwrap_err();
//! assert_eq!(error.reason, PathReason::UntrustedRoot);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  request ──► search ──► rules (profile, names) ──► policy ──► revocation (lists, responders) ──► trusted
//!                 └───────────── work: the budget, and every signature check ─────────────┘
//! ```

mod names;
mod policy;
mod profile;
mod reason;
mod request;
mod revocation;
mod rules;
mod search;
mod source;
mod trusted;
mod work;

pub use policy::PolicyInputs;
pub use profile::Profile;
pub use reason::{PathError, PathReason};
pub use request::PathRequest;
pub use revocation::{
    Evidence, EvidenceKind, Existence, MissingEvidence, MissingRevocation, RevocationFinding, RevocationOutcome,
    RevocationPolicy, RevocationStatus,
};
pub use search::validate;
pub use source::Source;
pub use trusted::TrustedPath;
pub use work::{ForeignAlgorithms, PathMemory, signature_name};

use der::asn1::ObjectIdentifier;

/// Longest path that is tried, leaf and anchor included.
pub const MAX_PATH: usize = 20;
/// Most signatures checked to answer one request: path building is a denial-of-service surface.
pub const MAX_SIGNATURE_CHECKS: usize = 100;
/// Most steps of the search, of lists and answers looked at.
pub const MAX_STEPS: usize = 5_000;
/// Most comparisons of a name with a name constraint.
pub const MAX_NAME_COMPARISONS: usize = 250_000;
/// Most calls of a [`Source`].
pub const MAX_FETCHES: usize = 32;

/// What the leaf certificate is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Signing documents, sealing documents.
    DocumentSigning,
    /// Making electronic seals.
    SealMaking,
    /// Making time-stamps.
    TimeStamping,
    /// Signing revocation lists: keyUsage cRLSign.
    CrlSigning,
    /// An end entity with this extended key usage, or with none.
    KeyPurpose(ObjectIdentifier),
    /// RFC 5280 6.1 alone: whatever the leaf is, CA or not. What it may be used for is the caller's question.
    Any,
}
