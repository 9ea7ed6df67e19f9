//! Online certificate status (RFC 6960, RFC 9654): the question is written, the answer is read. Whether an answer is
//! to be believed (who signed it, how old it is) is judged in [`crate::path`], where the issuer is known.
//!
//! ```
//! # use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer, SoftSigner};
//! # use time::macros::datetime;
//! use pki::ocsp::{OcspRequest, OcspResponse};
//! # let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
//! # let key = PrivateKey::generate(KeyKind::P256, &mut rng)?;
//! # let ca = CertificateTemplate::root_ca(Name::builder().common_name("CA").build())
//! #     .serial(&[1]).valid(datetime!(2026-01-01 0:00 UTC), datetime!(2036-01-01 0:00 UTC)).self_sign(&key)?;
//! # let certificate = ca.clone();
//! let request = OcspRequest::new(&certificate, &ca).with_nonce(&[7; 32]);
//! let body = request.to_der(); // POST it as application/ocsp-request to certificate.ocsp_urls()
//!
//! // The answer: here tryLater(3), which is none.
//! assert!(OcspResponse::from_der(&[0x30, 0x03, 0x0a, 0x01, 0x03]).is_err());
//! # assert!(body.len() > 60);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod id;
mod request;
mod response;

pub use id::CertId;
pub use request::OcspRequest;
pub use response::{CertStatus, MAX_OCSP_BYTES, OcspError, OcspResponse, OcspStatus, ResponderId, SingleResponse};
