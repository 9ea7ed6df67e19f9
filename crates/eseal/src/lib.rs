//! Electronic seals and seal signatures: GB/T 38540-2020 (v4), GM/T 0031-2014 (v1) and GM/T 0031-2025 (v5).
//! All three are read, checked and made. Knows no document and no license.
//!
//! ```
//! # use pki::{CertificateTemplate, KeyKind, Name, PrivateKey};
//! # use time::macros::datetime;
//! # let (from, until) = (datetime!(2026-01-01 0:00 UTC), datetime!(2031-01-01 0:00 UTC));
//! # let party = |name: &str| -> Result<pki::SoftSigner, Box<dyn std::error::Error>> {
//! #     let key = PrivateKey::generate(KeyKind::Sm2, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng))?;
//! #     let template = CertificateTemplate::seal_maker(Name::builder().common_name(name).build());
//! #     let certificate = template.serial(&[1]).valid(from, until).self_sign(&key)?;
//! #     Ok(pki::SoftSigner::new(key, certificate, vec![])?)
//! # };
//! use eseal::{CheckRequest, Facts, Picture, SealContent, SealingRequest, SignerList, Version};
//! use pki::{DigestAlgorithm, Signer};
//!
//! # let (maker, signer) = (party("制章人")?, party("某市行政审批局")?);
//! // A seal maker makes a seal for a signer …
//! let content = SealContent {
//!     id: "33010000000001".into(),
//!     vendor_id: "EXAMPLE".into(),
//!     kind: 1,
//!     name: "某市行政审批局证照专用章".into(),
//!     signers: SignerList::Certificates(vec![signer.certificate().der().to_vec()]),
//!     created: from,
//!     valid_from: from,
//!     valid_until: until,
//!     picture: Picture { format: "PNG".into(), data: b"\x89PNG...".to_vec(), width_mm: 42, height_mm: 42 },
//!     extensions: vec![],
//! };
//! let prepared = eseal::prepare_seal(&content, Version::V4, maker.certificate())?;
//! let signature = maker.sign(prepared.to_be_signed())?;
//! let seal = prepared.finish(&signature)?;
//!
//! // … who applies it to a document, of which only the digest is seen here.
//! let digest = DigestAlgorithm::Sm3.digest(b"<ofd:Signature/>");
//! let path = "/Doc_0/Signs/Sign_0/Signature.xml";
//! let at = datetime!(2026-05-01 8:00 UTC);
//! let request = SealingRequest::new(&digest, path, at);
//! let prepared = eseal::prepare_signature(&seal, &request, signer.certificate())?;
//! let signature = signer.sign(prepared.to_be_signed())?;
//! let signed_value = prepared.finish(&signature);
//!
//! // Anyone checks it; trust in maker and signer is a question for `pki::path`.
//! let Facts::Seal(signature) = eseal::inspect(&signed_value) else { panic!("not a seal signature") };
//! let report = eseal::check(&signature, &CheckRequest::new(&digest).with_signature_path(path));
//! assert!(report.passed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//!  SealContent ─prepare_seal─► PreparedSeal ─finish─► Seal ─prepare_signature─► PreparedSignature ─finish─► bytes
//!  bytes ─inspect─► Facts ─check─► SealReport
//! ```
//!
//! - [`Seal`] and [`SealSignature`] are one model for all versions; `codec` holds the ASN.1 of each.
//! - Signatures are always checked over the bytes that were read, never over a second encoding.
//! - [`inspect`] is total, and each point of [`check()`] passes, fails or is not done, with the reason.

mod apply;
mod check;
mod codec;
mod error;
mod extension_id;
mod inspect;
mod limits;
mod make;
mod seal;
mod signature;
mod stamp;
mod version;

pub use apply::{PreparedSignature, SealingRequest, UnstampedSignature, prepare_signature};
pub use check::{Check, CheckName, CheckRequest, KnownSeals, SealReport, StampReport, check, check_seal, is_raw};
pub use error::EsealError;
pub use extension_id::ExtensionId;
pub use inspect::{Facts, inspect};
pub use limits::MAX_BYTES;
pub use make::{PreparedSeal, UnstampedSeal, prepare_seal};
pub use pki::Outcome;
pub use seal::{CertDigest, ExtData, Picture, Seal, SealContent, SignerList};
pub use signature::{SealSignature, SigningTime};
pub use stamp::check_token;
pub use version::Version;
