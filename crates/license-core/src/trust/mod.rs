//! The signed trust list of a deployment: which CA, which seal maker, which time-stamp service and which issuer key may
//! vouch for which license types, issuers and divisions, from when to when, and how each stood over time.
//!
//! Without it nothing is trusted. It is a JWS (RFC 7515, compact form; ES256, EdDSA or SM2) whose payload is the JSON of
//! `docs/formats/trust-list.md`; the root authority of the deployment signs it, and a verifier pins that root.
//!
//! ```text
//!  text ──open(pinned roots)──► TrustList ──merged(others')──► TrustList ──anchors_about, objection, may_issue──► verify
//!                                  ▲ └─replaces, compare, warnings: for those who keep it
//!  draft ──from_json, prepare, finish──┘
//! ```

mod compare;
mod entry;
mod error;
mod given_up;
mod health;
mod jws;
mod list;
mod merge;
mod node;
mod read;
mod standing;
mod terms;
mod write;

pub use compare::{Change, ChangeKind, compare};
pub(crate) use entry::is_certificate_of;
pub use entry::{Anchor, IndexKey, Issuer, KeyUse, Origin, Pointer, Purpose, Service, SigningKey, USAGES_OF_OTHERS};
pub use error::{Rollback, TooManyAuthorities, TrustListError};
pub use health::{Warning, WarningKind};
pub use jws::{JwsError, Prepared};
pub use list::TrustList;
pub use standing::{About, Moment, Objection};
pub use terms::{Event, Period, Scope, Status, status_at};
