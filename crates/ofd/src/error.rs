//! What can go wrong while writing, reading the container, and signing.

use thiserror::Error;

/// A document that cannot be written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// `DocID` must be 32 hexadecimal digits.
    #[error("DocID must be 32 hexadecimal digits, not {0:?}")]
    DocId(String),
    /// A document has at least one page.
    #[error("a document needs at least one page")]
    NoPages,
    /// A character that XML 1.0 cannot carry.
    #[error("{place} holds U+{code:04X}, which XML cannot carry")]
    Character {
        /// Where the text was going.
        place: &'static str,
        /// The code point.
        code: u32,
    },
    /// A reference to a font, image or template that the document does not have.
    #[error("{place} refers to {what} number {index}, which the document does not have")]
    DanglingReference {
        /// The page or template.
        place: String,
        /// `font`, `image` or `template`.
        what: &'static str,
        /// The index asked for.
        index: usize,
    },
    /// A box (page, object, stamp) without area.
    #[error("{place} has a box of {width} x {height} mm; both must be above zero")]
    EmptyBox {
        /// The page, template or stamp.
        place: String,
        /// Width in millimetres.
        width: crate::Um,
        /// Height in millimetres.
        height: crate::Um,
    },
    /// A text object without characters.
    #[error("{place} has a text object without characters")]
    EmptyText {
        /// The page or template.
        place: String,
    },
    /// Advances must be one fewer than glyphs, and glyph ids as many as characters.
    #[error("{place}: {count} {what} for {characters} characters of {text:?}")]
    CountMismatch {
        /// The page or template.
        place: String,
        /// `advances` or `glyph ids`.
        what: &'static str,
        /// How many were given.
        count: usize,
        /// How many characters the text has.
        characters: usize,
        /// The text.
        text: String,
    },
    /// A path that does not begin with a move, or has no segments.
    #[error("{place} has a path that does not begin with a move")]
    Path {
        /// The page or template.
        place: String,
    },
    /// A prebuilt background may hold paths only: fonts and images get their numbers per document.
    #[error("a prebuilt background can hold paths only")]
    PrebuiltNeedsResources,
    /// Two prebuilt backgrounds use the same object numbers.
    #[error("prebuilt backgrounds overlap in object numbers {first}..={last}")]
    PrebuiltIdsOverlap {
        /// First number of the second one.
        first: u32,
        /// Last number of the second one.
        last: u32,
    },
    /// Neither PNG nor JPEG.
    #[error("image number {index} is neither PNG nor JPEG")]
    ImageFormat {
        /// Index of the image.
        index: usize,
    },
    /// Two files of the package would have the same name.
    #[error("two package files are called {0:?}")]
    DuplicateName(String),
    /// More than 65,535 files or 4 GiB.
    #[error("the package is too large for a plain zip")]
    PackageTooLarge,
    /// The archive profile forbids something that the document has.
    #[error("not for archives: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotForArchives(Vec<crate::ArchiveFault>),
    /// More objects than a 32-bit number can count.
    #[error("too many objects")]
    TooManyObjects,
}

/// A container that cannot be opened at all. Everything milder is a [`Problem`](crate::Problem).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No end-of-central-directory record: not a zip, or cut short.
    #[error("not a zip package, or cut short")]
    NotAZip,
    /// A zip64, multi-disk or otherwise unsupported container.
    #[error("unsupported zip feature: {0}")]
    Unsupported(&'static str),
    /// A central directory that does not parse.
    #[error("damaged zip directory at byte {offset}")]
    DamagedDirectory {
        /// Where.
        offset: usize,
    },
    /// A limit of the [`Budget`](crate::Budget) was passed.
    #[error("{what}: more than the allowed {limit}")]
    OverBudget {
        /// Which limit.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// There is no `OFD.xml` at the root.
    #[error("the zip has no OFD.xml: not an OFD package")]
    NoEntryFile,
    /// There is none because all of it is encrypted (GM/T 0099): `Encryptions.xml` stands in its place.
    #[error("an encrypted OFD package (Encryptions.xml): it cannot be read without its key")]
    Encrypted,
}

/// A package that cannot take the signature asked for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// An existing signature protects the list of signatures: adding one would break it.
    #[error("signature {id} protects {path}: no further signature is possible")]
    ListProtected {
        /// The existing signature's id.
        id: String,
        /// The list.
        path: String,
    },
    /// The list of all files is signed (GM/T 0099 annex D): another file would count as smuggled in.
    #[error("{path} lists all files of the package: nothing can be added")]
    Closed {
        /// The list.
        path: String,
    },
    /// A part that an existing signature protects is not what was signed: nobody should put a seal on that.
    #[error("signature {id} does not hold any more: {path} was changed after it")]
    EarlierBroken {
        /// The existing signature's id.
        id: String,
        /// The part.
        path: String,
    },
    /// The package cannot be read unambiguously, so nobody should put a seal on it.
    #[error("the package is unsound: {0}")]
    Unsound(String),
    /// More than one document in the package.
    #[error("the package holds several documents")]
    SeveralDocuments,
    /// A stamp on a page that does not exist.
    #[error("stamp on page {}, but the document has {pages} pages", page.saturating_add(1))]
    NoSuchPage {
        /// The zero-based page asked for.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// A seal signature without a stamp, or a stamp on a plain one.
    #[error("a seal needs at least one stamp; a plain signature takes neither stamps nor seal file")]
    KindMismatch,
    /// A stamp box without area, or text that XML cannot carry.
    #[error(transparent)]
    Write(#[from] WriteError),
}
