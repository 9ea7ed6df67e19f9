//! The pipeline from a filled license to sealed files: one type per step, each step consumes the last.
//!
//! ```text
//! Filled ─draft─► Draft ─finish(index signature)─► Indexed ─render─► Rendered ─prepare─► Prepared
//!                                                                    ─finish(seal, PDF signature)─► Issued
//! ```
//! Between the steps stand the bytes to be signed, so that a key file, a device and a remote service look alike.
//! [`issue`] goes the whole way with the signers of an [`Issuer`].

mod error;
mod face;
mod issuer;
mod printer;
mod steps;

pub use error::IssueError;
pub(crate) use face::face_text;
pub use face::lay_out_again;
pub use issuer::Issuer;
pub use printer::Printer;
pub use steps::{Draft, Indexed, Issued, Occasion, Prepared, Rendered};

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
    let draft = Draft::new(filled, id, issuer, occasion)?;
    let signature = issuer.index_signer().sign(draft.to_be_signed())?;
    let rendered = draft.finish(&signature)?.render(printer, issuer, occasion)?;
    let prepared = rendered.prepare(issuer, occasion)?;
    let seal = issuer.seal_signer().sign(prepared.seal_to_be_signed())?;
    let document = issuer.document_signer().sign(prepared.pdf_to_be_signed())?;
    prepared.finish(&seal, &document, issuer)
}
