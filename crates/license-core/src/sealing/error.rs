//! Why a document is not sealed.

use ofd::{Size, Um};
use pki::Instant;

/// Why a document is not sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealingError {
    /// The package cannot take a signature.
    #[error(transparent)]
    Package(#[from] ofd::SignError),
    /// The package cannot be written.
    #[error(transparent)]
    Write(#[from] ofd::WriteError),
    /// The seal cannot be used: not now, not by this signer, not for this.
    #[error(transparent)]
    Seal(#[from] eseal::EsealError),
    /// The plain signature cannot be prepared.
    #[error(transparent)]
    Plain(#[from] pki::cms::PrepareError),
    /// A request for a seal that shows nowhere.
    #[error("no place for the seal was given")]
    NoPlace,
    /// The document has no such page.
    #[error("there is no page {page}: the document has {pages}")]
    NoSuchPage {
        /// The page asked for, counted from one.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// The seal would reach over the edge.
    #[error("the seal with its corner at {x}, {y} mm reaches over the edge of page {page} ({page_size} mm)")]
    OverTheEdge {
        /// Counted from one.
        page: usize,
        /// Its top-left corner, from the left.
        x: Um,
        /// From the top.
        y: Um,
        /// The page.
        page_size: PrintedSize,
    },
    /// The seal is larger than the page.
    #[error("the seal ({seal} mm) is larger than page {page} ({page_size} mm)")]
    LargerThanPage {
        /// Counted from one.
        page: usize,
        /// The seal.
        seal: PrintedSize,
        /// The page.
        page_size: PrintedSize,
    },
    /// The seal is larger than the slot of the license type.
    #[error("the seal ({seal} mm) is larger than the slot {slot} ({diameter} mm)")]
    LargerThanSlot {
        /// The slot.
        slot: String,
        /// The seal.
        seal: PrintedSize,
        /// What the slot is made for.
        diameter: Um,
    },
    /// The document is no license, or of a type that has no such slot.
    #[error("no slot {slot}: {why}")]
    NoSlot {
        /// The slot asked for.
        slot: String,
        /// Why.
        why: String,
    },
    /// The words do not stand in the document.
    #[error("the keyword \"{keyword}\" is not in the document ({pages} pages searched)")]
    KeywordNotFound {
        /// The words.
        keyword: String,
        /// How many pages were searched.
        pages: usize,
    },
    /// The words stand in the document, but not that often.
    #[error("the keyword \"{keyword}\" is {found} times in the document, not {wanted} times")]
    KeywordTooRare {
        /// The words.
        keyword: String,
        /// How often.
        found: usize,
        /// Which one was asked for.
        wanted: usize,
    },
    /// The words stand in more places than one signature stamps.
    #[error("the keyword \"{keyword}\" is more than {most} times in the document")]
    KeywordTooFrequent {
        /// The words.
        keyword: String,
        /// How many are stamped at most.
        most: usize,
    },
    /// Nothing to search for.
    #[error("an empty keyword is everywhere")]
    EmptyKeyword,
    /// A straddle seal needs pages to straddle.
    #[error("a seal across pages needs at least two, not {pages}")]
    NothingToStraddle {
        /// How many there are.
        pages: usize,
    },
    /// A plain signature by a key of another kind.
    #[error("{signer} has no SM2 key")]
    NotSm2 {
        /// The subject.
        signer: String,
    },
    /// Signing outside the validity of the signer's certificate.
    #[error("the certificate of {signer} is not valid at {}", Instant(*at))]
    SignerNotValid {
        /// The subject.
        signer: String,
        /// When.
        at: time::OffsetDateTime,
    },
    /// A signature value that is not one of this signer over this document.
    #[error("the signature value does not hold: {0}")]
    BadSignature(String),
    /// The key or the device refused.
    #[error("signing failed: {0}")]
    Signer(#[from] pki::SignError),
    /// The time-stamp service gave no token.
    #[error("time-stamp: {0}")]
    TimeStamp(String),
}

/// Width and height in millimetres, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintedSize(pub Size);

impl std::fmt::Display for PrintedSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}×{}", self.0.width, self.0.height)
    }
}
