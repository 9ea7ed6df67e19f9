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
    /// Bytes kept at one time.
    HeldBytes,
    /// Bytes through stream filters, all streams together.
    InflatedBytes,
    /// Bytes of an object stream or a cross-reference stream.
    StructureBytes,
    /// Bytes of the content of a page or a form.
    ContentBytes,
    /// Bytes of a font program.
    FontBytes,
    /// Bytes of a map of a font.
    MapBytes,
    /// Bytes of an embedded file.
    AttachmentBytes,
    /// Bytes of the XMP packet.
    MetadataBytes,
    /// Bytes of the security store.
    StoreBytes,
    /// Items of the security store.
    StoreItems,
    /// Signatures and signature fields.
    Signatures,
    /// Bytes of all signature values.
    SignatureBytes,
    /// Pages.
    Pages,
    /// Annotations.
    Annotations,
    /// Nested forms.
    FormDepth,
    /// Forms that are painted.
    Forms,
    /// Content operators.
    Operators,
    /// Fonts.
    Fonts,
    /// Entries of character maps.
    MapEntries,
    /// Text operators that show something.
    TextRuns,
    /// Glyphs that are shown.
    Glyphs,
    /// Extracted text.
    TextBytes,
    /// Pieces of paths that are kept; never reported.
    PathPieces,
    /// Pixels that are kept; never reported.
    Pixels,
    /// Embedded files.
    Attachments,
}

impl Limit {
    /// All of them, in the order of their declaration.
    pub const ALL: [Limit; 31] = [
        Self::FileBytes,
        Self::Depth,
        Self::Objects,
        Self::Values,
        Self::Steps,
        Self::Revisions,
        Self::HeldBytes,
        Self::InflatedBytes,
        Self::StructureBytes,
        Self::ContentBytes,
        Self::FontBytes,
        Self::MapBytes,
        Self::AttachmentBytes,
        Self::MetadataBytes,
        Self::StoreBytes,
        Self::StoreItems,
        Self::Signatures,
        Self::SignatureBytes,
        Self::Pages,
        Self::Annotations,
        Self::FormDepth,
        Self::Forms,
        Self::Operators,
        Self::Fonts,
        Self::MapEntries,
        Self::TextRuns,
        Self::Glyphs,
        Self::TextBytes,
        Self::PathPieces,
        Self::Pixels,
        Self::Attachments,
    ];
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FileBytes => "file size in bytes",
            Self::Depth => "nesting depth",
            Self::Objects => "objects",
            Self::Values => "values",
            Self::Steps => "comparison steps",
            Self::Revisions => "revisions",
            Self::HeldBytes => "bytes kept in memory",
            Self::InflatedBytes => "inflated bytes",
            Self::StructureBytes => "bytes of an object stream",
            Self::ContentBytes => "bytes of page content",
            Self::FontBytes => "bytes of a font",
            Self::MapBytes => "bytes of a character map",
            Self::AttachmentBytes => "bytes of an embedded file",
            Self::MetadataBytes => "bytes of metadata",
            Self::StoreBytes => "bytes of validation data",
            Self::StoreItems => "items of validation data",
            Self::Signatures => "signatures",
            Self::SignatureBytes => "bytes of signature values",
            Self::Pages => "pages",
            Self::Annotations => "annotations",
            Self::FormDepth => "nested forms",
            Self::Forms => "painted forms",
            Self::Operators => "content operators",
            Self::Fonts => "fonts",
            Self::MapEntries => "entries of character maps",
            Self::TextRuns => "runs of text",
            Self::Glyphs => "glyphs",
            Self::TextBytes => "bytes of extracted text",
            Self::PathPieces => "pieces of paths",
            Self::Pixels => "pixels",
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

#[cfg(test)]
mod tests {
    use super::Limit;

    #[test]
    fn limits_are_listed_in_their_order() {
        assert!(Limit::ALL.into_iter().enumerate().all(|(at, limit)| limit as usize == at));
    }
}
