//! Digests, keys, signature algorithms, X.509, certification paths and CMS, for SM2/SM3 as for ECDSA, RSA and
//! Ed25519. Knows no document.
//!
//! ```
//! use pki::{CertificateTemplate, DigestAlgorithm, KeyKind, Name, PrivateKey, Signer, SoftSigner};
//! use pki::path::{self, PathRequest, Purpose};
//! use time::macros::datetime;
//!
//! // A root, and a signer below it. Randomness and time are arguments everywhere.
//! let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
//! let (from, until) = (datetime!(2026-01-01 0:00 UTC), datetime!(2036-01-01 0:00 UTC));
//! let root_key = PrivateKey::generate(KeyKind::Sm2, &mut rng)?;
//! let root = CertificateTemplate::root_ca(Name::builder().country("CN").common_name("测试根").build())
//!     .serial(&[1]).valid(from, until).self_sign(&root_key)?;
//! let root = SoftSigner::new(root_key, root, vec![])?;
//!
//! let key = PrivateKey::generate(KeyKind::Sm2, &mut rng)?;
//! let name = Name::builder().country("CN").organization("某市行政审批局").build();
//! let certificate = CertificateTemplate::document_signer(name)
//!     .serial(&[2]).valid(from, until).issue(key.public_key(), &root)?;
//! let signer = SoftSigner::new(key, certificate, vec![])?;
//!
//! // Sign, and check with the public key.
//! let signature = signer.sign(b"message")?;
//! let key = signer.certificate().public_key().expect("an SM2 key");
//! key.verify(signer.algorithm(), b"message", &signature)?;
//!
//! // Is the certificate to be trusted, for this purpose, at that time?
//! let anchors = [root.certificate().clone()];
//! let request = PathRequest::new(signer.certificate(), &anchors, datetime!(2027-05-01 0:00 UTC), Purpose::DocumentSigning);
//! let trusted = path::validate(&request)?;
//! assert_eq!(trusted.leaf(), signer.certificate());
//! assert_eq!(DigestAlgorithm::Sm3.digest(b"abc").as_bytes()[..2], [0x66, 0xc7]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  asn1, oid ◄ digest, algorithm ◄ public_key ◄ certificate ◄ signer (the seam) ◄ issue, crl
//!                                  private_key ◄──────────────┘    certificate, crl, ocsp ◄ path · cms ◄ tsp
//! ```
//!
//! - [`Signer`] is where keys enter: a file now ([`SoftSigner`]), a device or a remote service later.
//! - [`cms`] makes and reads detached signatures: prepare, sign, finish; read, verify.
//! - [`ocsp`] asks whether a certificate was revoked and reads the answer.
//! - [`tsp`] asks for time-stamps and checks them.
//! - [`path`] turns a certificate into a [`path::TrustedPath`], or says why not.
//! - Readers of outside bytes are strict DER, never recurse, and count what they read; limits are constants beside them.

pub mod asn1;
pub mod cms;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod tsp;

mod algorithm;
mod beyond_ring;
mod certificate;
mod crl;
mod digest;
mod ecdsa;
mod extension;
mod instant;
mod issue;
mod key_file;
mod name;
mod private_key;
mod public_key;
mod signer;
mod sm2;

pub use algorithm::{AlgorithmError, Refusal, SignatureAlgorithm, der_to_raw, raw_to_der};
pub use certificate::{Certificate, CertificateError, MAX_CERTIFICATE_BYTES};
pub use cms::Outcome;
pub use crl::{Crl, CrlError, CrlTemplate, MAX_CRL_BYTES, Revocation, RevocationReason};
pub use der::asn1::ObjectIdentifier;
pub use digest::{Digest, DigestAlgorithm, Hasher, sha1_name};
pub use ecdsa::p256_low_s;
pub use extension::{
    BasicConstraints, DistributionPoint, Extension, GeneralName, IssuingPoint, KeyUsage, NameConstraints, PointName,
    PolicyConstraints, Reasons,
};
pub use instant::Instant;
pub use issue::{CertificateTemplate, IssueError};
pub use key_file::{KeyFileCost, KeyFileHead};
pub use name::{Attribute, Name, NameBuilder};
pub use private_key::{PrivateKey, PrivateKeyError, SignError};
pub use public_key::{
    KeyError, KeyKind, PublicKey, RSA_LEAST_BITS, RSA_MAX_BITS, RSA_MIN_BITS, SM2_USER_ID, SignatureEncoding,
    VerifyError,
};
pub use signer::{KeyMismatch, Signer, SoftSigner};
