//! Byte-range signatures over any PDF: prepare, finish, inspect. Knows no cryptography and no license.
//!
//! Writing is three verbs. The PDF's writer leaves a [`placeholder`] (or a field is added by incremental update),
//! [`prepare`] fixes every byte but the signature's own, somebody signs [`Prepared::to_be_signed`] with whatever key, and
//! [`Prepared::finish`] puts the signature in. [`add_blank_field`] prepares fields for later signatures, and
//! [`add_validation_data`] keeps what a reader needs in later years.
//!
//! Reading is one: [`inspect`] takes any bytes and gives [`Facts`]: revisions, signatures with the outcome of every raw
//! check, what later revisions changed object by object. It never fails and never repairs; [`Facts::flaws`] lists all that
//! the structure has against the document. [`Document`] gives what the document shows and carries: text with its place,
//! attachments, metadata.
//!
//! ```
//! use pdf_sign::{Budget, Document, NewField, Slot, inspect, prepare};
//!
//! # let mut pdf = b"%PDF-1.7\n".to_vec();
//! # let mut table = String::from("0000000000 65535 f \n");
//! # let content = "<</Length 38>>\nstream\nBT /F 12 Tf 72 700 Td (Hello) Tj ET   \nendstream";
//! # for (number, body) in [
//! #     (1, "<</Type /Catalog /Pages 2 0 R>>"),
//! #     (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>"),
//! #     (3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>"),
//! #     (4, content),
//! #     (5, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"),
//! # ] {
//! #     table += &format!("{:010} 00000 n \n", pdf.len());
//! #     pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
//! # }
//! # let xref = pdf.len();
//! # pdf.extend(format!("xref\n0 6\n{table}trailer\n<</Size 6 /Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").bytes());
//! # fn sign(parts: [&[u8]; 2]) -> Vec<u8> { vec![0x30, 0x02, 0x05, (parts[0].len() + parts[1].len()) as u8] }
//! let prepared = prepare(pdf, Slot::NewField(NewField::invisible("seal")))?;
//! let cms = sign(prepared.to_be_signed());
//! let signed = prepared.finish(&cms)?;
//!
//! let facts = inspect(&signed, &Budget::default());
//! assert_eq!(facts.flaws(), []);
//! let signature = &facts.signatures[0];
//! assert_eq!(signature.field.as_deref(), Some("seal"));
//! assert_eq!(signature.der(), Some(cms.as_slice()));
//! let hashed: usize = signature.signed_bytes(&signed).into_iter().flatten().map(<[u8]>::len).sum();
//! assert!(hashed < signed.len());
//!
//! let document = Document::open(&signed, &Budget::default())?;
//! assert_eq!(document.text_by_page()?[0].lines(), "Hello");
//! # Ok::<(), pdf_sign::Error>(())
//! ```
//!
//! ```text
//!  read     lex ◄ parse ◄ filter ◄ xref ◄ document ◄ pages, fields      strict; every object of every revision
//!  inspect  raw (byte ranges) · collect (signatures) · changes (later revisions) ► facts ► flaws
//!  content  font, cmap ◄ interpreter ► artworks (what many files share) · attachments
//!  write    source ◄ update ◄ field, validation ◄ prepared · placeholder
//!  budget   every limit, by name    meter   what is left of it    problem   what is wrong, and where
//! ```

mod budget;
mod content;
mod error;
mod inspect;
mod meter;
mod problem;
mod read;
mod write;

pub use budget::Budget;
pub use content::{
    Artworks, Attachment, LetterMark, Mark, MarkKind, PageSize, PageText, Paint, Painted, PathMark, PictureMark,
    Pixels, StoreItem, StoreKind, TextMark, TextRun, ValidationData,
};
pub use error::Error;
pub use inspect::facts::{
    Alteration, Change, ChangeKind, EmptyField, Facts, Outcome, RangeCheck, Revision, Signature, Standing,
};
pub use inspect::flaws::Flaw;
pub use inspect::{inspect, inspect_damaged};
pub use problem::{Limit, Place, Problem, ProblemKind};
pub use read::document::Document;
pub use write::appearance::Appearance;
pub use write::field::{BlankField, ExistingField, Lock, NewField, add_blank_field};
pub use write::options::SignatureOptions;
pub use write::placeholder;
pub use write::prepared::{Prepared, Slot, prepare};
pub use write::validation::{SignatureData, add_validation_data};
