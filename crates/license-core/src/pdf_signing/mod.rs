//! Signing a PDF that exists already, ours or a stranger's, and keeping it valid for decades (PAdES, EN 319 142-1).
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let read = |name: &str| std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name));
//! # let text = |name: &str| read(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
//! # let password = text("pki/keys/password")?;
//! # let key = pki::PrivateKey::from_encrypted_pem(&text("pki/keys/11340100MB1D00012R-document.key.pem")?, password.trim().as_bytes())?;
//! # let mut chain = pki::Certificate::many_from_pem(&text("pki/keys/11340100MB1D00012R-document.pem")?)?;
//! # let signer = pki::SoftSigner::new(key, chain.remove(0), chain)?;
//! # let at = time::macros::datetime!(2026-11-23 8:00 UTC);
//! # let mut pdf = b"%PDF-1.7\n".to_vec();
//! # let mut table = String::from("0000000000 65535 f \n");
//! # for (number, body) in [
//! #     (1, "<</Type /Catalog /Pages 2 0 R>>"),
//! #     (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>"),
//! #     (3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>>"),
//! # ] {
//! #     table += &format!("{:010} 00000 n \n", pdf.len());
//! #     pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
//! # }
//! # let xref = pdf.len();
//! # pdf.extend(format!("xref\n0 4\n{table}trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n").bytes());
//! use license_core::pdf_signing::{self, Certification, PdfRequest};
//! use pki::Signer as _;
//!
//! let request = PdfRequest::by(&signer, at).in_new_field("Approval").certifying(Certification::Filling);
//! let prepared = pdf_signing::prepare(pdf, &request)?;
//! // The key may be elsewhere: a card, a device, another house; today or tomorrow.
//! let signature = signer.sign(prepared.to_be_signed())?;
//! let signed = prepared.finish(&signature)?;
//! # assert_eq!(pdf_sign::inspect(&signed, &pdf_sign::Budget::default()).flaws(), []);
//! # Ok(())
//! # }
//! ```
//!
//! ```text
//!  B-B    PDF ─prepare──────► Prepared ─finish──────────────────────────► PDF
//!  B-T                                 ─signed─► Unstamped ─with_token──► PDF
//!  B-LT   PDF ─needs──► Needs: what to fetch ─┐
//!             ─augment_lt(material)───────────┘─────────────────────────► PDF
//!  B-LTA  PDF ─prepare_archive──► PreparedArchive ─with_token───────────► PDF    again before the last stamp weakens
//! ```
//!
//! Nothing here opens a connection: tokens, lists and answers are arguments, and each is checked before it goes into the
//! file. What is signed with SM2 for domestic readers goes beside a signature that every reader knows, into a field of
//! its own (decision 0016).

mod archive;
mod augment;
mod error;
mod evidence;
mod needs;
mod opened;
mod prepared;
mod request;
mod standing;

pub use archive::{ArchiveRequest, PreparedArchive, prepare_archive};
pub use augment::{augment_lt, is_time_proven, level, needs};
pub use error::PdfSigningError;
pub use evidence::{Knowledge, Material};
pub use needs::{MissingIssuer, MissingStatus, Needs};
pub use opened::Level;
pub use prepared::{Prepared, Unstamped, add_field, prepare, sign};
pub use request::{Certification, PdfPlace, PdfRequest, Shape};
pub use standing::{Standing, standing};
