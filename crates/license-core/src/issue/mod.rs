//! The pipeline from a filled license to sealed files: one type per step, each step consumes the last.
//!
//! ```text
//! Filled ─draft─► Draft ─finish(index signature)─► Indexed ─render─► Rendered ─prepare─► Prepared
//!                                                                    ─finish(seal, PDF signature)─► Issued
//! ```
//! Between the steps stand the bytes to be signed, so that a key file, a device and a remote service look alike.
//! [`issue`] goes the whole way with the signers of an [`Issuer`]; an [`Order`] does so for several faces at once, and
//! [`issue_face`] adds a face later.

mod error;
mod face;
mod issuer;
mod order;
mod printer;
mod stamps;
mod steps;

pub use error::IssueError;
pub use face::{lay_out_again, lay_out_face};
pub(crate) use face::{other_faces, own_face, texts};
pub use issuer::Issuer;
pub use order::{Edition, Order, issue_face};
pub use printer::Printer;
pub use stamps::{Stamps, Tokens};
pub(crate) use steps::properties;
pub use steps::{Draft, Indexed, Issued, Occasion, Prepared, Rendered, SIGNATURE_FIELD};

use crate::fill::Filled;
use crate::id::LicenseId;

/// Issues a license: index, layout, OFD, PDF, all signatures.
pub fn issue(
    filled: Filled,
    id: LicenseId,
    issuer: &Issuer,
    printer: &Printer,
    occasion: &Occasion<'_>,
) -> Result<Issued, IssueError> {
    Ok(Order::new(filled, id).issue(issuer, printer, occasion)?.0)
}
