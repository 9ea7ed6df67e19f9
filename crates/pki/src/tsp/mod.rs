//! Time-stamps (RFC 3161, RFC 5816): the request is written, the answer and the token are read and held against what
//! was asked. Fetching is the caller's; whether the service is trusted is a question for [`crate::path`] with
//! [`crate::path::Purpose::TimeStamping`], at the time the token tells.
//!
//! ```
//! use pki::tsp::{TimeStampRequest, TimeStampResponse};
//! use pki::DigestAlgorithm;
//!
//! let digest = DigestAlgorithm::Sha256.digest(b"the signature value");
//! let request = TimeStampRequest::new(digest).with_nonce(&[0x5a; 16]);
//! let body = request.to_der(); // POST it as application/timestamp-query
//!
//! // The answer, application/timestamp-reply: here a refusal.
//! let answer = TimeStampResponse::from_der(&[0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02])?;
//! assert!(answer.token_for(&request).is_err());
//! # assert_eq!(TimeStampRequest::from_der(&body)?, request);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod info;
mod message;
mod token;

pub use info::{Accuracy, MAX_SERIAL_BYTES, TstInfo};
pub use message::{FailureInfo, MAX_NONCE_BYTES, MAX_RESPONSE_BYTES, PkiStatus, TimeStampRequest, TimeStampResponse};
pub use token::{TimeStampError, TimeStampToken, VerifiedTimeStamp};
