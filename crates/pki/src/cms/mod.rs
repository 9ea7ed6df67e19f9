//! Detached CMS signatures (RFC 5652): CAdES as PAdES asks for it (ETSI EN 319 122, EN 319 142), and the
//! SM2 message format of GB/T 35275 (GM/T 0010), which is the same structure under other identifiers.
//!
//! Writing is [`prepare`] → `to_be_signed` → `finish`; reading is [`SignedData::from_der`], then
//! [`SignedData::verify`], which reports each check apart.

mod attributes;
mod read;
mod revocation;
mod verify;
mod write;

pub use attributes::CmsAttribute;
pub(crate) use attributes::signing_certificate_v1_names;
pub use read::{CmsError, ContentForm, MAX_CMS_BYTES, SignedData, SignerId, SignerInfo};
pub use revocation::CmsRevocation;
pub use verify::{CmsCheck, CmsCheckName, CmsReport, Outcome};
pub use write::{CmsForm, CmsOptions, PrepareError, PreparedCms, prepare};
