//! Certification paths: built and validated at a given time for a given purpose (RFC 5280 6), with revocation
//! by CRL. Why this is our own walk: `docs/decisions/0003-own-path-walk.md`.
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

mod reason;
mod revocation;
mod rules;
mod walk;

pub use reason::{PathError, PathReason};
pub use revocation::{MissingRevocation, RevocationPolicy, RevocationStatus};
pub use walk::{PathRequest, TrustedPath, validate};

/// Longest path that is tried, leaf and anchor included.
pub const MAX_PATH: usize = 8;
/// Most signatures checked to answer one request: path building is a denial-of-service surface.
pub const MAX_SIGNATURE_CHECKS: usize = 100;

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
}
