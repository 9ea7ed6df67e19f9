//! GB/T 33190 (OFD) packages: write, read, and make room for signatures.
//!
//! This crate knows no cryptography: digests and signature values come from the caller.
//!
//! ```text
//!  Document ──package()──► Package ──prepare()──► Prepared ──finish(value)──► Package ──to_zip()──► bytes
//!                             ▲                   │ to_be_signed()                                   │
//!                             └─────────────────── read(bytes) ◄─────────────────────────────────────┘
//!                                                    │
//!                                                 inspect() ──► Facts ──check_references(digest)──► outcomes
//! ```
//!
//! Writing is strict: elements in the order of the schema, the conventional names, the same bytes for the same input.
//! Reading is lenient and keeps count: every deviation becomes a [`Problem`] with a place, and [`ProblemKind::class`]
//! says whether it is a habit of honest producers or something that lets two readers see two documents.
//!
//! ```
//! use ofd::model::{DocInfo, Document, Font, Layer, Object, Page, TextObject};
//! use ofd::{Budget, Provider, Rect, SignatureKind, SignatureRequest, Size, StampAnnot, Um};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A page with one line of text.
//! let mut document = Document::new(DocInfo {
//!     doc_id: "0123456789abcdef0123456789abcdef".into(),
//!     custom_datas: vec![("code".into(), "A-1".into())],
//!     ..DocInfo::default()
//! });
//! let font = document.add_font(Font::embedded("ECertSong", "ECert Song", b"the bytes of a font".to_vec()));
//! let line = TextObject::new(font, Um::mm(5), Rect::mm(30, 40, 60, 6), (Um::ZERO, Um(4400)), "电子证照", vec![Um::mm(5); 3]);
//! document.pages.push(Page { size: Size::A4, layers: vec![Layer::body(vec![Object::Text(line)])], ..Page::default() });
//!
//! // Room for a seal. `digest` and the value below stand for SM3 and a real signature.
//! let digest = |bytes: &[u8]| vec![bytes.len() as u8; 32];
//! let request = SignatureRequest {
//!     kind: SignatureKind::Seal,
//!     provider: Provider { name: "example".into(), ..Provider::default() },
//!     signature_method: "1.2.156.10197.1.501".into(),
//!     check_method: "1.2.156.10197.1.401".into(),
//!     date_time: "20261121130031Z".into(),
//!     stamps: vec![StampAnnot::new(0, Rect::mm(140, 220, 42, 42))],
//!     seal_file: Some(b"the seal".to_vec().into()),
//!     protect_signature_list: true,
//! };
//! let prepared = ofd::prepare(document.package()?, &request, &digest)?;
//! assert_eq!(prepared.signature_path(), "/Doc_0/Signs/Sign_0/Signature.xml");
//! let value = digest(prepared.to_be_signed());
//! let bytes = prepared.finish(value).to_zip()?;
//!
//! // What a stranger finds in those bytes.
//! let facts = ofd::inspect_bytes(&bytes, &Budget::default())?;
//! assert_eq!(facts.pages[0].text[0].text, "电子证照");
//! assert_eq!(facts.custom_data("code"), Some("A-1"));
//! assert!(facts.problems.is_empty() && facts.signatures[0].uncovered.is_empty());
//! let outcomes = facts.check_references(&|_method, bytes| Some(digest(bytes)));
//! assert!(outcomes.iter().all(|outcome| outcome.status == ofd::ReferenceStatus::Matches));
//! # Ok(())
//! # }
//! ```
//!
//! | module | what |
//! |---|---|
//! | [`model`] | the document to be written: pages, layers, objects, fonts, pictures, attachments |
//! | `write`, `zip` | XML and zip, by hand where bytes must be ours to the last one |
//! | `sign` | `prepare → to_be_signed → finish` |
//! | `read` | from bytes to [`Facts`] |
//!
//! [`Part`] is worth knowing: clones share bytes, compressed form and digest, so whatever many documents have in
//! common (a background as [`model::Prebuilt`], a logo, a font) is compressed and digested once.

mod archive;
mod budget;
mod error;
mod loc;
pub mod model;
mod package;
mod part;
mod problem;
mod read;
mod sign;
mod units;
mod write;
mod xml;
mod zip;

pub use archive::{ArchiveFault, ArchiveRule, check_archive};
pub use budget::Budget;
pub use error::{Error, SignError, WriteError};
pub use model::{DocInfo, Document};
pub use package::Package;
pub use part::Part;
pub use problem::{Problem, ProblemClass, ProblemKind};
pub use read::{
    ActionFacts, AnnotationFacts, AttachmentFacts, ContainerFacts, CustomTagFacts, DigestByMethod, DocInfoFacts, Facts,
    FontFacts, ImageFacts, IntegrityFacts, ListedFile, Mark, MarkKind, OtherDocument, PageFacts, Paint, PathMark,
    Picture, ProviderFacts, ReferenceFacts, ReferenceOutcome, ReferenceStatus, Resolution, SignatureFacts, Source,
    StampFacts, TextMark, TextRun, VersionFacts, Word, inspect, inspect_bytes, inspect_painted, inspect_placed,
    without_entry_file,
};
pub use sign::{
    EntriesRequest, Prepared, PreparedEntries, Provider, SignatureKind, SignatureRequest, StampAnnot, prepare,
    prepare_entries,
};
pub use units::{Rect, Size, Um};
pub use zip::read::{EntryFacts, read};
