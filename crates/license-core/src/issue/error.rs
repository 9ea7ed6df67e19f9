//! Why a license cannot be issued.

use crate::layout::LayoutError;

/// What stopped the pipeline. Nothing was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The issuer's seal or keys may not be used.
    #[error("issuer: {0}")]
    Issuer(String),
    /// The record.
    #[error(transparent)]
    Record(#[from] crate::record::RecordError),
    /// The fonts, which the record names by the digests of their files.
    #[error(transparent)]
    Fonts(#[from] crate::fonts::FontError),
    /// The index.
    #[error(transparent)]
    Index(#[from] crate::index::TokenError),
    /// The text of the QR code.
    #[error(transparent)]
    IndexText(#[from] crate::index::TextError),
    /// The QR code.
    #[error(transparent)]
    Qr(#[from] crate::qr::QrError),
    /// The layout, with every place that does not work.
    #[error("the license cannot be laid out: {}", join(.0))]
    Layout(Vec<LayoutError>),
    /// Writing OFD or PDF.
    #[error(transparent)]
    Render(#[from] crate::render::RenderError),
    /// The OFD's signature slot.
    #[error(transparent)]
    OfdSlot(#[from] ofd::SignError),
    /// The OFD's bytes.
    #[error(transparent)]
    Ofd(#[from] ofd::WriteError),
    /// The electronic seal.
    #[error(transparent)]
    Seal(#[from] eseal::EsealError),
    /// The PDF's signature.
    #[error(transparent)]
    Pdf(#[from] pdf_sign::Error),
    /// The CMS of the PDF's signature.
    #[error(transparent)]
    Cms(#[from] pki::cms::PrepareError),
    /// A signer did not sign.
    #[error(transparent)]
    Sign(#[from] pki::SignError),
    /// No service gave a time-stamp, and the issuer issues nothing without.
    #[error("{0}")]
    TimeStamp(String),
    /// A signature value of the wrong form.
    #[error("signature value: {0}")]
    Signature(&'static str),
}

fn join(errors: &[LayoutError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
