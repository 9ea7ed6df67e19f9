//! What a reader noticed: from harmless habits of old producers to things nobody should trust.

use std::fmt;

/// Something out of the ordinary, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// The entry, and what in it.
    pub place: String,
    /// The value that explains it; may be empty.
    pub detail: String,
    /// The signature it belongs to, as an index into [`Facts::signatures`](crate::Facts::signatures).
    pub signature: Option<usize>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.place)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// How much a problem matters to somebody who has to rely on the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemClass {
    /// A habit of honest producers; the meaning is not in doubt.
    Tolerated,
    /// Something is missing, damaged or contradictory: part of the document could not be read.
    Broken,
    /// Two readers may see two different documents.
    Ambiguous,
    /// A limit was reached: part of the document was not looked at.
    Unread,
}

impl fmt::Display for ProblemClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tolerated => "tolerated",
            Self::Broken => "broken",
            Self::Ambiguous => "ambiguous",
            Self::Unread => "unread",
        })
    }
}

impl fmt::Display for ProblemKind {
    /// The name as words: `duplicate entry`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words(self.name()))
    }
}

/// `DuplicateEntry` as `duplicate entry`.
pub(crate) fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident => $class:ident,)*) => {
        /// The kinds of problems. The names are stable: reports may print them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ProblemKind {
            $($(#[doc = $doc])+ $name,)*
        }

        impl ProblemKind {
            /// How much it matters.
            pub fn class(self) -> ProblemClass {
                match self {
                    $(ProblemKind::$name => ProblemClass::$class,)*
                }
            }

            const fn name(self) -> &'static str {
                match self {
                    $(ProblemKind::$name => stringify!($name),)*
                }
            }

            /// Every kind there is.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$name,)*];
        }
    };
}

kinds! {
    // The container.
    /// Bytes before the first entry: outside the zip, so nothing can protect them.
    BytesBeforeZip => Ambiguous,
    /// Bytes after the end record.
    BytesAfterZip => Ambiguous,
    /// An archive comment.
    ArchiveComment => Tolerated,
    /// Bytes between the entries that belong to none.
    UnclaimedBytes => Ambiguous,
    /// More than one end record that fits.
    TwoEnds => Ambiguous,
    /// Two entries of the same name.
    DuplicateEntry => Ambiguous,
    /// Two entries whose names differ only in case or in the spelling of the path.
    SimilarEntries => Ambiguous,
    /// A name with a backslash, `..`, a leading slash, a drive or control characters.
    UnsafeName => Ambiguous,
    /// A name that is not UTF-8; read as GBK.
    NameNotUtf8 => Tolerated,
    /// Local and central header disagree.
    HeaderMismatch => Ambiguous,
    /// The headers differ in flags or form only: what they say is the same.
    LooseHeader => Tolerated,
    /// Two entries share bytes.
    OverlappingEntries => Ambiguous,
    /// A directory entry that carries bytes.
    DirectoryWithData => Ambiguous,
    /// An encrypted entry.
    EncryptedEntry => Broken,
    /// A compression method other than stored and deflated.
    UnknownMethod => Broken,
    /// Data that do not inflate.
    CorruptData => Broken,
    /// Data whose length is not the declared one.
    SizeMismatch => Broken,
    /// Data whose CRC-32 is not the declared one.
    ChecksumMismatch => Broken,
    /// A second, independent zip reader sees other entries.
    ReadersDisagree => Ambiguous,

    // XML.
    /// Not well-formed.
    XmlUnreadable => Broken,
    /// A document type definition or an entity of one: never processed.
    XmlDtd => Broken,
    /// An encoding other than UTF-8.
    XmlEncoding => Tolerated,
    /// Bytes that are not in the encoding they declare, or that may be read in two.
    EncodingConflict => Ambiguous,
    /// A byte order mark.
    ByteOrderMark => Tolerated,
    /// The namespace without a year.
    OldNamespace => Tolerated,
    /// Elements without a namespace.
    NoNamespace => Tolerated,
    /// A prefix that stands for nothing: some readers stop, some go on.
    UnboundPrefix => Ambiguous,
    /// Characters interrupted by a comment, an instruction, a section or an element: readers that take the first piece see
    /// other words than readers that take all of them.
    SplitText => Ambiguous,
    /// An element of another namespace under the usual prefix `ofd`, or an attribute with that prefix: readers that go by
    /// the letter see other things than readers that go by the namespace.
    ShadowedName => Ambiguous,
    /// A root element of another namespace or name.
    WrongRoot => Broken,

    // The document.
    /// More than one `DocBody`.
    SeveralDocuments => Ambiguous,
    /// A list of versions: readers differ in which one they show.
    VersionList => Ambiguous,
    /// A required element or attribute is missing.
    MissingElement => Broken,
    /// A required attribute is missing that nothing depends on: the id of an object, the creator of an annotation.
    MissingAttribute => Tolerated,
    /// Elements stand in another order than the schema has them.
    SchemaOrder => Tolerated,
    /// A version of the format other than 1.0, or a kind of document other than OFD.
    OtherVersion => Tolerated,
    /// An element that must be alone stands twice.
    RepeatedElement => Ambiguous,
    /// An element that counts stands where the schema has no place for it: readers that look for its name at any depth
    /// find it, others do not.
    MisplacedElement => Ambiguous,
    /// A path that leads to no entry.
    MissingFile => Broken,
    /// A resource file that is named but not there; what refers into it is noted apart.
    MissingResources => Tolerated,
    /// A path that fits an entry only when case is ignored.
    PathCase => Tolerated,
    /// A path that leads out of the package.
    PathOutside => Ambiguous,
    /// A path with a backslash, which some readers take for a slash, or with a slash behind the name of a file.
    PathSpelling => Ambiguous,
    /// A number, date or box that does not parse.
    BadValue => Tolerated,
    /// Two things with the same id.
    DuplicateId => Ambiguous,
    /// A reference to a font, picture, template or page that does not exist.
    UnknownReference => Broken,
    /// Composites that contain themselves, or nest too deep.
    NestedTooDeep => Unread,
    /// A limit of the budget: what is beyond was not read.
    OverBudget => Unread,

    // Signatures.
    /// No `References`, or an empty one.
    NoReferences => Broken,
    /// More than one `References`, or `SignedInfo`.
    SeveralReferences => Ambiguous,
    /// The same file referenced twice.
    DuplicateReference => Ambiguous,
    /// A reference that leads to no entry.
    UnresolvedReference => Broken,
    /// A reference that fits only after tidying: relative, doubled slashes, dots.
    LooseReference => Tolerated,
    /// A check value that is not base64.
    BadCheckValue => Broken,
    /// No signature value, or no file for it.
    MissingSignedValue => Broken,
    /// A seal file that is named but not there.
    MissingSeal => Broken,
    /// A stamp on a page that does not exist, or without a usable box.
    StampWithoutPage => Broken,
    /// A signature kind other than Seal and Sign.
    UnknownSignatureKind => Broken,
    /// `MaxSignId` missing, repeated or too small.
    MaxSignId => Tolerated,
    /// Two records of the list lead to the same signature file.
    RepeatedSignature => Ambiguous,
}

/// Collects problems up to a limit, so that a hostile file cannot fill the memory with complaints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    pub(crate) list: Vec<Problem>,
    limit: usize,
    overflowed: bool,
}

impl Problems {
    pub(crate) fn new(limit: usize) -> Problems {
        Problems { list: Vec::new(), limit, overflowed: false }
    }

    pub(crate) fn add(&mut self, kind: ProblemKind, place: impl Into<String>, detail: impl Into<String>) {
        self.push(Problem { kind, place: place.into(), detail: clip(detail.into()), signature: None });
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        if self.list.len() < self.limit {
            // The same note on every one of ten thousand objects helps nobody.
            if !self.list.contains(&problem) {
                self.list.push(problem);
            }
        } else if !self.overflowed {
            self.overflowed = true;
            self.list.push(Problem {
                kind: ProblemKind::OverBudget,
                place: "problems".to_owned(),
                detail: format!("more than {} problems; the rest is not listed", self.limit),
                signature: None,
            });
        }
    }
}

/// Details quote a stranger's bytes: never more than a line of them.
fn clip(mut detail: String) -> String {
    if let Some((end, _)) = detail.char_indices().nth(DETAIL_CHARS) {
        detail.truncate(end);
        detail.push('…');
    }
    detail
}

const DETAIL_CHARS: usize = 160;
