//! Why a PDF is not signed, or not augmented.

use pki::Instant;
use time::OffsetDateTime;

use super::needs::Needs;

/// Why a PDF is not signed, or not augmented.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfSigningError {
    /// The file, the field or the place cannot be used.
    #[error(transparent)]
    Pdf(#[from] pdf_sign::Error),
    /// The signature does not fit the room that was reserved for it.
    #[error(
        "the signature takes {need} bytes, but room was reserved for {have}: prepare again with more room, and sign again"
    )]
    TooLarge {
        /// Bytes of the signature.
        need: usize,
        /// Bytes reserved.
        have: usize,
    },
    /// The signature cannot be prepared.
    #[error(transparent)]
    Cms(#[from] pki::cms::PrepareError),
    /// The picture cannot be shown.
    #[error("the picture of the signature: {0}")]
    Picture(String),
    /// The place is not on the page.
    #[error("the place of the signature: {0}")]
    Place(String),
    /// Signing outside the validity of the signer's certificate.
    #[error("the certificate of {signer} is not valid at {}", Instant(*at))]
    SignerNotValid {
        /// The subject.
        signer: String,
        /// When.
        at: OffsetDateTime,
    },
    /// GM/T 0010 is a form for SM2 alone.
    #[error("{signer} has no SM2 key, and GM/T 0010 knows no other")]
    NotSm2 {
        /// The subject.
        signer: String,
    },
    /// A signature value that is not one of this signer over this document.
    #[error("the signature value does not hold: {0}")]
    BadSignature(String),
    /// The key or the device refused.
    #[error("signing failed: {0}")]
    Signer(#[from] pki::SignError),
    /// The time-stamp does not hold, or is one of something else.
    #[error("time-stamp: {0}")]
    TimeStamp(#[from] pki::tsp::TimeStampError),
    /// The service gave no token.
    #[error("time-stamp: {0}")]
    NoToken(String),
    /// A time-stamp from outside the validity of the signer's certificate proves nothing about the signature.
    #[error("the time-stamp says {}, when the certificate of {signer} is not valid", Instant(*at))]
    StampOutsideValidity {
        /// The subject.
        signer: String,
        /// What the token says.
        at: OffsetDateTime,
    },
    /// Time runs backwards.
    #[error("the time-stamp says {}, earlier than {} in the file already", Instant(*at), Instant(*before))]
    StampTooEarly {
        /// What the token says.
        at: OffsetDateTime,
        /// What an earlier one says.
        before: OffsetDateTime,
    },
    /// The file has no signature that could be augmented.
    #[error("the file has no signature")]
    Unsigned,
    /// The file is damaged or was changed after it was signed; nothing is added to such a file.
    #[error("the file does not hold together: {0}")]
    Damaged(String),
    /// Earlier signatures of the file forbid this one.
    #[error("the file is signed, and what that allows does not include this signature: {0}")]
    NotAllowed(String),
    /// A signature of the file does not hold.
    #[error("the signature in field {field:?} does not hold: {why}")]
    BrokenSignature {
        /// Its field.
        field: String,
        /// Why.
        why: String,
    },
    /// Validation data prove nothing without a time; stamp first.
    #[error("the signature in field {field:?} has no time-stamp: level B-LT rests on B-T")]
    NotStamped {
        /// Its field.
        field: String,
    },
    /// A path does not hold: revoked, expired, not trusted.
    #[error("{place}: {error}")]
    Path {
        /// Whose path.
        place: String,
        /// Why.
        error: pki::path::PathError,
    },
    /// Something is missing; the list says what and where it may be fetched.
    #[error("validation data are missing: {0}")]
    Incomplete(Box<Needs>),
    /// A revocation list or an answer that speaks about none of the certificates in question.
    #[error("{0} speaks about no certificate of the file")]
    Irrelevant(String),
    /// Bytes that are not what they are given as.
    #[error("{0}")]
    Unreadable(String),
}

impl PdfSigningError {
    /// The error of a signature that is put in.
    pub(super) fn of_finish(error: pdf_sign::Error) -> Self {
        match error {
            pdf_sign::Error::TooLarge { need, have } => Self::TooLarge { need, have },
            other => Self::Pdf(other),
        }
    }
}
