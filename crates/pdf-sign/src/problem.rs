//! What can be wrong with the structure of a file, and where.

use std::fmt;

/// One structural defect. A file with a fatal one would need repair, and a file that needs repair is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where.
    pub place: Place,
}

/// Where a defect was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A byte position, counted from the start of the file.
    Offset(usize),
    /// An indirect object, by number.
    Object(u32),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => f.write_str("file"),
            Place::Offset(at) => write!(f, "byte {at}"),
            Place::Object(number) => write!(f, "object {number}"),
        }
    }
}

/// The kinds of structural defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// `%PDF-1.n` or `%PDF-2.n` does not stand at byte 0.
    #[error("no %PDF header at byte 0")]
    Header,
    /// The file does not end with `%%EOF` and at most one end-of-line.
    #[error("the file does not end with %%EOF")]
    NoEof,
    /// Bytes follow the last complete revision.
    #[error("bytes follow the last complete revision")]
    TrailingBytes,
    /// `startxref`, its number or the `%%EOF` after it is missing, or the number is not that of its own section.
    #[error("startxref does not lead to the cross-reference section before it")]
    Startxref,
    /// There is no cross-reference section where one has to be.
    #[error("no cross-reference section here")]
    NoXref,
    /// A cross-reference section that breaks the format.
    #[error("malformed cross-reference section")]
    Xref,
    /// A cross-reference entry points outside its own revision (and does not merely repeat the entry in force).
    #[error("a cross-reference entry points outside its own revision")]
    XrefOutside,
    /// One section lists an object twice.
    #[error("an object is listed twice in one cross-reference section")]
    XrefDuplicate,
    /// `/Prev` does not point back to an earlier, complete revision.
    #[error("/Prev does not lead to an earlier revision")]
    Prev,
    /// Table and stream mixed (`/XRefStm`): a known place to hide content.
    #[error("hybrid cross-reference section")]
    Hybrid,
    /// The trailer dictionary lacks something or has a wrong value.
    #[error("malformed trailer")]
    Trailer,
    /// `/Size` is too small or shrinks.
    #[error("/Size of the trailer is too small")]
    Size,
    /// The trailer has `/Encrypt`. Nothing of the content was read.
    #[error("the file is encrypted")]
    Encrypted,
    /// A cross-reference entry does not hit `n g obj` of its object.
    #[error("a cross-reference entry does not hit its object")]
    ObjectMissing,
    /// Something that is not PDF syntax.
    #[error("not PDF syntax")]
    Syntax,
    /// A dictionary has a key twice.
    #[error("a dictionary has a key twice")]
    DuplicateKey,
    /// `/Length` does not lead to `endstream`.
    #[error("/Length of a stream is wrong")]
    StreamLength,
    /// An object stream does not hold what the cross-reference data say.
    #[error("malformed object stream")]
    ObjectStream,
    /// Bytes between objects that no cross-reference section accounts for.
    #[error("bytes that belong to no listed object")]
    UnlistedBytes,
    /// A stream filter that is unknown or whose data are damaged.
    #[error("stream filter unknown or its data damaged")]
    Filter,
    /// The page tree is cyclic or malformed.
    #[error("malformed page tree")]
    PageTree,
    /// The form field tree is cyclic or malformed.
    #[error("malformed form field tree")]
    FieldTree,
    /// A content stream breaks the syntax.
    #[error("malformed content stream")]
    Content,
    /// Work beyond the budget.
    #[error("beyond the budget of {0}")]
    OverBudget(Limit),
    /// A second `%PDF-` header outside streams. Not fatal, but curious.
    #[error("a second PDF header inside the file")]
    SecondHeader,
}

/// Which limit of [`Budget`](crate::Budget) was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Limit {
    /// Size of the file.
    FileBytes,
    /// Nesting.
    Depth,
    /// Indirect objects or cross-reference entries.
    Objects,
    /// Values of any kind.
    Values,
    /// Objects visited while revisions are compared.
    Steps,
    /// Revisions.
    Revisions,
    /// Bytes out of stream filters.
    InflatedBytes,
    /// Signatures and signature fields.
    Signatures,
    /// Pages.
    Pages,
    /// Nested forms.
    FormDepth,
    /// Content operators.
    Operators,
    /// Extracted text.
    TextBytes,
    /// Embedded files.
    Attachments,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FileBytes => "file size",
            Self::Depth => "nesting depth",
            Self::Objects => "objects",
            Self::Values => "values",
            Self::Steps => "comparison steps",
            Self::Revisions => "revisions",
            Self::InflatedBytes => "inflated bytes",
            Self::Signatures => "signatures",
            Self::Pages => "pages",
            Self::FormDepth => "nested forms",
            Self::Operators => "content operators",
            Self::TextBytes => "extracted text",
            Self::Attachments => "attachments",
        })
    }
}

impl ProblemKind {
    /// Whether a file with this defect is unacceptable. Only a curiosity is not.
    pub fn is_fatal(self) -> bool {
        !matches!(self, Self::SecondHeader)
    }

    pub(crate) fn at(self, offset: usize) -> Problem {
        Problem { kind: self, place: Place::Offset(offset) }
    }

    pub(crate) fn in_object(self, number: u32) -> Problem {
        Problem { kind: self, place: Place::Object(number) }
    }

    pub(crate) fn in_file(self) -> Problem {
        Problem { kind: self, place: Place::File }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::File => write!(f, "{}", self.kind),
            place => write!(f, "{} ({place})", self.kind),
        }
    }
}

impl std::error::Error for Problem {}
