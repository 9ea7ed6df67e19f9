//! The index (证照索引): a signed statement about one version of a license, small enough for a QR code.
//!
//! CWT claims (RFC 8392) in a COSE_Sign1 (RFC 9052), deterministic CBOR, written as base32 at the end of an
//! upper-case address: any phone opens the page, and any verifier with the trust list checks it offline.
//! `docs/formats/index.md` is the format's page.
//!
//! ```
//! use license_core::index::{IndexText, Prepared, Algorithm};
//! # use license_core::index::{Claims, HolderKind};
//! # let claims = Claims { issuer: "11340100MB1A2B3CX1".into(), issued_at: 1_790_000_000,
//! #     type_code: "11100000MB0143028R001".into(), serial: "2026000001".into(), version: 1,
//! #     number: "11340100MB1A2B3CX1".into(), holder_kind: HolderKind::Organization,
//! #     holder: "样例公司".into(), valid_from: None, valid_to: None, face: [7; 16], status: 3 };
//! let prepared = Prepared::new(&claims, Algorithm::Es256, [1, 2, 3, 4]).unwrap();
//! let signature = [9u8; 64]; // sign(prepared.to_be_signed()), by any signer, anywhere
//! let token = prepared.finish(&signature).unwrap();
//! let text = IndexText::new("HTTPS://LICENSE.EXAMPLE.GOV.CN/V/", token).unwrap().to_string();
//! let back = IndexText::parse(&text).unwrap();
//! assert_eq!(back.to_string(), text);
//! assert_eq!(back.token().claims(), &claims);
//! ```

mod claims;
mod cose;
mod packed;
mod text;

pub(crate) use claims::cut_holder_to;
pub use claims::{Claims, ClaimsError, HolderKind, MAX_HOLDER_BYTES, cut_holder, is_holder};
pub(crate) use cose::key_id;
pub use cose::{Algorithm, Prepared, Token, TokenError};
pub use text::{IndexText, TextError, fold_pasted};
