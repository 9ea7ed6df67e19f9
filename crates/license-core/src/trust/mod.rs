//! The signed trust list of a deployment: which CA, which seal maker and which issuer key may vouch for which
//! license types, from when to when.
//!
//! Without it nothing is trusted. It is a JWS (RFC 7515, compact form, ES256 or EdDSA) whose payload is the JSON of
//! `docs/formats/trust-list.md`; the root authority of the deployment signs it, and a verifier pins that root.

mod jws;
mod list;

pub use jws::{JwsError, Prepared};
pub(crate) use list::is_certificate_of;
pub use list::{Anchor, IndexKey, Issuer, Period, Purpose, TrustList, TrustListError};
