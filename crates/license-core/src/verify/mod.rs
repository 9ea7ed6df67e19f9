//! Verifying: `verify(bytes, &trust, &policy, at) → Report`, in two steps: `inspect(bytes) → Facts`, `judge(&facts, …) →
//! Report`. Total, no I/O, three-valued.
//!
//! ```text
//!  any bytes ─ inspect ─► form: text, OFD, PDF, neither      opened under budgets, nothing believed
//!                │           ├ token     claims as the index says them
//!                │           ├ ofd, pdf  structure, digests, signature values
//!                │           └ content   record, index, metadata, drawn words
//!                ▼
//!              judge ──► integrity  what bytes and signatures say, trust aside
//!                ├─────► content    face = record = index = metadata, everything with everything
//!                ├─────► signer     path to a root of the trust list at the time of signing; is it the issuer?
//!                ├─────► coverage   what the issuer's signatures leave open; for licenses also what no signature can
//!                │                  cover (`form`): zip headers, DER around a signature value, digits in a PDF
//!                ├─────► token      issuer, key, signature, type, period of the key
//!                └─────► register   state, and whether it keeps the same record, index and file
//! ```
//!
//! Every check is recorded, passed or not; the verdict is the worst [`Effect`] among the reasons, so that no check can
//! be forgotten in a condition. Three rules hold the parts together:
//!
//! - Nothing of a license is shown ([`Report::subject`]) unless the issuer signed it: the token of a QR code, or the very
//!   file that an index is in. A genuine index copied into another file shows nothing.
//! - A file that carries a record presents itself as a license of this house and is held to the form in which issuing
//!   writes: nothing may differ but how a file was deflated. Foreign documents are judged by their standards alone.
//! - What cannot be told is not held against anyone: an unknown root or issuer leaves the verdict open, a wrong signature
//!   does not.
//!
//! What is drawn is held against what was signed: words must stand out from their ground, uncovered and uncut, in place,
//! size and colour of the layout, drawn with the outlines of the department's fonts; the QR code must show (`drawn`).
//! Without the template and the fonts ([`Press`]) places and outlines cannot be compared, and the report says so. A record
//! names the fonts it was laid out with: where they are neither in use nor on the [`FontShelf`], what depends on them is
//! compared with the fonts at hand, and a difference is no fault but `face.fonts-missing`.
//!
//! Lines, areas and pictures beside the words must be those of the layout, the seal must stand in its slot, and an OFD license
//! consists of a closed list of elements, attributes, parts and properties (decision 0025).
//!
//! What remains out of reach, all of it under the issuer's own signature: faint lines between others of the same ink that stand
//! closer than half a millimetre; a further seal over words. `fixtures/attacks/ofd` would list such files as `open`; there is none today.
//!
//! ```
//! use license_core::trust::TrustList;
//! use license_core::verify::{self, Policy, Reason, Verdict};
//!
//! let at = time::macros::datetime!(2026-11-21 12:00 +8);
//! let report = verify::verify(b"https://www.example.com/other", &TrustList::default(), &Policy::default(), at);
//! assert_eq!(report.verdict, Verdict::Indeterminate);
//! assert_eq!(report.headline(), Some(Reason::TokenForeign));
//! ```

mod content;
mod document;
mod drawn;
mod en319102;
mod evidence;
mod fonts;
mod form;
mod inspect;
mod judge;
mod memory;
pub(crate) mod ofd;
mod pdf;
mod policy;
mod qr_picture;
pub mod reasons;
mod register;
pub mod report;
pub mod signed_report;
mod signer;
mod standing;
mod timestamp;
mod token;
mod xmp;

pub use content::{CHAIN_FILE, INDEX_FILE, RECORD_FILE};
pub use drawn::Backgrounds;
pub use en319102::{Indication, SubIndication};
pub use evidence::{RevocationMode, RevocationRules, Sunset, Weak};
pub use fonts::FontShelf;
pub use inspect::{Facts, Limits, inspect, inspect_text, inspect_with};
pub use judge::{judge, judge_id, verify};
pub use memory::SignatureMemory;
pub use pdf_sign::Artworks;
pub use policy::{Policy, Press};
pub use reasons::{Effect, Reason};
pub use register::{Entry, Register, Status};
pub use report::{
    Check, Integrity, Kind, Outcome, Proof, ProofKind, Report, RevocationKnowledge, RevocationReport, RevocationState,
    SignatureReport, Subject, TimeStampReport, Verdict,
};
