//! What a document says of itself and its signatures. Facts only: what follows from them is policy.

use std::fmt;

use time::OffsetDateTime;

use super::flaws::Flaw;
use crate::Lock;
use crate::problem::Problem;

/// Everything that bytes alone can tell, trust and digests aside.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// Size of the file.
    pub size: usize,
    /// `(1, 7)` for a header `%PDF-1.7` at byte 0.
    pub version: Option<(u8, u8)>,
    /// Defects of the structure. One that is fatal makes the document unacceptable, whatever its signatures say.
    pub problems: Vec<Problem>,
    /// How many bytes were read: all, or those of the newest older revision that needs no repair (its signatures are
    /// listed so that a report can name them), or none.
    pub read: usize,
    /// Whether the trailer has `/Encrypt`; such a file is not read further.
    pub encrypted: bool,
    /// How often the word `/ByteRange` occurs in the raw bytes: a broken file without it was hardly ever signed.
    pub byte_range_words: usize,
    /// The revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// Number of pages.
    pub pages: usize,
    /// All signatures of all revisions, in the order of the revisions that brought them.
    pub signatures: Vec<Signature>,
    /// Signature fields without a value.
    pub empty_fields: Vec<EmptyField>,
    /// The object that the catalog's `/Perms /DocMDP` names: the certification signature.
    pub certification: Option<u32>,
    /// Whether the catalog has a document security store.
    pub has_dss: bool,
    /// Whether the form has an XFA part, a second document beside the first.
    pub has_xfa: bool,
    /// Objects that hold an action which does more than move about: scripts, launching, submitting, media.
    pub active: Vec<u32>,
    /// Objects of the newest revision that nothing refers to: content that waits, or a careless writer.
    pub unused: Vec<u32>,
}

/// One revision: what was appended at one time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Revision {
    /// First byte.
    pub start: usize,
    /// Right after `%%EOF`.
    pub eof: usize,
    /// After the end-of-line that may follow.
    pub end: usize,
    /// Where the cross-reference section stands.
    pub xref: usize,
    /// Whether that section is a stream.
    pub xref_is_stream: bool,
    /// The objects it defines or frees.
    pub objects: Vec<u32>,
    /// What it changed, for revisions after the first one with a signature; empty before.
    pub changes: Vec<Change>,
}

/// One object that a revision changed; it may be named again as [`ChangeKind::Superfluous`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The object; 0 stands for the trailer.
    pub object: u32,
    /// What the change is.
    pub kind: ChangeKind,
}

/// Changes by what they mean for an earlier signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// A new signature or document time-stamp.
    NewSignature {
        /// Full field name.
        field: String,
        /// Whether the field was there, empty, before.
        existing_field: bool,
        /// Whether its widget takes up room on a page.
        visible: bool,
        /// Whether its widget has an appearance.
        shown: bool,
        /// Whether it is a document time-stamp.
        timestamp: bool,
    },
    /// A new signature field, still empty and without room on a page.
    NewField {
        /// Full field name.
        field: String,
    },
    /// A new object that nothing refers to. Harmless where it stands; referring to it later is an alteration.
    Unused,
    /// What a new signature needs: field, widget, its appearance, the lists that name them.
    Bookkeeping,
    /// Certificates and revocation data: `/DSS`, `/Extensions`.
    ValidationData,
    /// Cross-reference streams and object streams.
    FileStructure,
    /// The information dictionary, the XMP stream, version, file identifier: policy decides.
    Metadata,
    /// Defaults of text fields where there were none: policy decides, unless a certification allows nothing.
    FormDefaults,
    /// Stands beside another change of the same object, or of the trailer: part of it is of no use to anybody (a key that no
    /// signature and no store needs, a comment, a stream with bytes behind its data). Policy decides.
    Superfluous,
    /// The store lists something no longer that it had. Policy decides.
    TakenAway,
    /// Anything else.
    Altered(Alteration),
}

/// What was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Alteration {
    /// A page or the page tree.
    Page,
    /// A stream: page content, picture, form, font program.
    Stream,
    /// The catalog.
    Catalog,
    /// The form or a field.
    Field,
    /// An annotation.
    Annotation,
    /// A font.
    Font,
    /// A signature dictionary.
    SignatureDictionary,
    /// An object was deleted.
    Deleted,
    /// An object that was there, and that nothing refers to any more.
    Unreferenced,
    /// The trailer: another root or file identifier.
    Trailer,
    /// The store: what it kept for a signature is gone.
    Store,
    /// Any other object.
    Other,
}

/// A signature dictionary and all that can be said of it without cryptography.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Signature {
    /// Full name of the field, absent for an orphan.
    pub field: Option<String>,
    /// Object number of the dictionary, absent when it is written directly into the field.
    pub object: Option<u32>,
    /// Whether the document as it is now still has it.
    pub standing: Standing,
    /// Another field has the same `/V`.
    pub shared: bool,
    /// Another signature has the same `/Contents`.
    pub duplicate: bool,
    /// Index of the page that lists the widget.
    pub page: Option<usize>,
    /// Rectangle of the widget: left, bottom, right, top in points.
    pub rect: Option<[f64; 4]>,
    /// `/Type`: absent means `Sig`.
    pub type_name: Option<String>,
    /// `/Filter`.
    pub filter: Option<String>,
    /// `/SubFilter`.
    pub sub_filter: Option<String>,
    /// `/ByteRange` when it is four whole numbers that are not negative.
    pub byte_range: Option<[usize; 4]>,
    /// The decoded `/Contents`, padding included: the digest of this names the signature's entry in the VRI.
    pub contents: Vec<u8>,
    /// Length of the one DER value at the start of `contents`.
    pub der_len: Option<usize>,
    /// Each raw check with its outcome, in the order of [`RangeCheck::ALL`].
    pub checks: Vec<(RangeCheck, Outcome)>,
    /// `/M`: claimed, proves nothing.
    pub claimed_time: Option<OffsetDateTime>,
    /// `/M` as written.
    pub claimed_time_text: Option<String>,
    /// `/Reason`, a claim like the next ones.
    pub reason: Option<String>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/ContactInfo`.
    pub contact: Option<String>,
    /// `/Cert` is present: PAdES forbids it.
    pub has_cert_key: bool,
    /// `P` of a DocMDP reference: this is a certification signature. `Some(0)` stands for a value that is none of 1, 2, 3.
    pub certifies: Option<u8>,
    /// The least of what its DocMDP transform and the lock of its field (`P`) let happen afterwards: 1 nothing, 2 filling in
    /// and signing, 3 annotating too; 0 for a value that is none.
    pub permits: Option<u8>,
    /// Its FieldMDP transforms: fields that may not change once it is made.
    pub locks: Vec<Lock>,
    /// The revision whose end is the end of the signed bytes.
    pub revision: Option<usize>,
    /// The revision in which the dictionary was defined.
    pub defined_in: usize,
    /// The signed bytes end at the end of the file.
    pub covers_file: bool,
}

/// Whether a signature is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// A field of the newest revision holds it.
    Current,
    /// A field of an older revision held it; it was dropped or its dictionary redefined.
    Removed,
    /// A dictionary with `/ByteRange` and `/Contents` that no field ever held.
    Orphan,
}

/// A signature field without a value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EmptyField {
    /// Full name.
    pub name: String,
    /// Index of the page that lists the widget.
    pub page: Option<usize>,
    /// Rectangle of the widget.
    pub rect: Option<[f64; 4]>,
}

/// The raw checks of one signature, each a fact of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RangeCheck {
    /// The dictionary is an indirect object outside object streams.
    DictionaryPlain,
    /// `/ByteRange` is a direct array of exactly four whole numbers, none negative.
    ByteRangeForm,
    /// The first range starts at byte 0.
    StartsAtZero,
    /// The ranges ascend: `0 < a < b`, and the gap is even and at least 4 bytes.
    Ordered,
    /// The second range ends inside the file.
    WithinFile,
    /// `/Contents` is a direct, hexadecimal, non-empty string.
    ContentsForm,
    /// The gap is exactly that string, from `<` to `>`, of this very dictionary.
    GapIsContents,
    /// The gap holds hexadecimal digits only, an even number.
    GapIsHex,
    /// The contents begin with one DER value of definite length, a SEQUENCE.
    ContentsIsDer,
    /// Only zeros follow that value.
    PaddingIsZero,
    /// The second range ends where a revision ends.
    EndsRevision,
    /// The dictionary was defined by that very revision and lies in its own signed bytes.
    DictionaryInRevision,
    /// `/Type` is `/Sig` or absent; `/DocTimeStamp` for `ETSI.RFC3161`, and only for it.
    Type,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done, and it holds.
    Passed,
    /// Done, and it does not hold.
    Failed,
    /// What it looks at is missing; a check before it failed.
    NotDone,
}

impl RangeCheck {
    /// All of them, in the order in which they are done.
    pub const ALL: [Self; 13] = [
        Self::DictionaryPlain,
        Self::ByteRangeForm,
        Self::StartsAtZero,
        Self::Ordered,
        Self::WithinFile,
        Self::ContentsForm,
        Self::GapIsContents,
        Self::GapIsHex,
        Self::ContentsIsDer,
        Self::PaddingIsZero,
        Self::EndsRevision,
        Self::DictionaryInRevision,
        Self::Type,
    ];

    /// A stable name for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DictionaryPlain => "dictionary-plain",
            Self::ByteRangeForm => "byte-range-form",
            Self::StartsAtZero => "starts-at-zero",
            Self::Ordered => "ordered",
            Self::WithinFile => "within-file",
            Self::ContentsForm => "contents-form",
            Self::GapIsContents => "gap-is-contents",
            Self::GapIsHex => "gap-is-hex",
            Self::ContentsIsDer => "contents-is-der",
            Self::PaddingIsZero => "padding-is-zero",
            Self::EndsRevision => "ends-revision",
            Self::DictionaryInRevision => "dictionary-in-revision",
            Self::Type => "type",
        }
    }
}

impl fmt::Display for RangeCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Signature {
    /// The CMS or time-stamp token: the contents without their padding.
    pub fn der(&self) -> Option<&[u8]> {
        self.contents.get(..self.der_len?)
    }

    /// The signed bytes, for the caller to hash in this order. `pdf` is the file these facts were read from.
    pub fn signed_bytes<'a>(&self, pdf: &'a [u8]) -> Option<[&'a [u8]; 2]> {
        let [start, a, b, c] = self.byte_range?;
        if self.outcome(RangeCheck::Ordered) != Outcome::Passed {
            return None;
        }
        Some([pdf.get(start..start.checked_add(a)?)?, pdf.get(b..b.checked_add(c)?)?])
    }

    /// Whether this is a document time-stamp.
    pub fn is_doc_timestamp(&self) -> bool {
        self.type_name.as_deref() == Some("DocTimeStamp") || self.sub_filter.as_deref() == Some("ETSI.RFC3161")
    }

    /// The outcome of one check.
    pub fn outcome(&self, check: RangeCheck) -> Outcome {
        self.checks.iter().find(|(c, _)| *c == check).map_or(Outcome::NotDone, |(_, outcome)| *outcome)
    }

    /// Whether every raw check passed.
    pub fn checks_passed(&self) -> bool {
        self.checks.iter().all(|(_, outcome)| *outcome == Outcome::Passed)
    }

    /// Whether the widget takes up room on a page.
    pub fn is_visible(&self) -> bool {
        self.page.is_some() && self.rect.is_some_and(|[left, bottom, right, top]| right > left && top > bottom)
    }
}

impl Facts {
    /// What later revisions changed after this signature: pairs of revision index and change.
    pub fn later_changes<'a>(&'a self, signature: &'a Signature) -> impl Iterator<Item = (usize, &'a Change)> {
        let after = signature.revision.unwrap_or(signature.defined_in) + 1;
        let later = self.revisions.iter().enumerate().skip(after);
        later.flat_map(|(index, revision)| revision.changes.iter().map(move |change| (index, change)))
    }

    /// Everything in the structure that speaks against the document, under the rule that after a seal only new signatures
    /// in fields prepared for them, document time-stamps and validation data may be added. Empty: the digests, the
    /// signatures and the trust decide.
    pub fn flaws(&self) -> Vec<Flaw> {
        super::flaws::of(self)
    }
}
