//! Digests, keys, signature algorithms (SM2, ECDSA, RSA, Ed25519), X.509 paths, CMS. Knows no document.
pub mod asn1;
pub mod oid;

mod algorithm;
mod certificate;
mod digest;
mod extension;
mod issue;
mod name;
mod private_key;
mod public_key;
mod signer;

pub use algorithm::{AlgorithmError, SignatureAlgorithm, der_to_raw, raw_to_der};
pub use certificate::{Certificate, CertificateError, MAX_CERTIFICATE_BYTES};
pub use der::asn1::ObjectIdentifier;
pub use digest::{Digest, DigestAlgorithm, Hasher};
pub use extension::{BasicConstraints, Extension, KeyUsage};
pub use issue::{CertificateTemplate, IssueError};
pub use name::{Attribute, Name, NameBuilder};
pub use private_key::{PrivateKey, PrivateKeyError, SignError};
pub use public_key::{KeyError, KeyKind, PublicKey, RSA_MIN_BITS, SM2_USER_ID, SignatureEncoding, VerifyError};
pub use signer::{KeyMismatch, Signer, SoftSigner};
