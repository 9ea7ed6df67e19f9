//! Sealing a document that exists already: any OFD, ours or a stranger's.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let read = |name: &str| std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name));
//! # let text = |name: &str| read(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
//! # let document = read("ofd-samples/v4-invoice-valid.ofd")?;
//! # let password = text("pki/keys/password")?;
//! # let key = pki::PrivateKey::from_encrypted_pem(&text("pki/keys/11340100MB1D00012R-seal.key.pem")?, password.trim().as_bytes())?;
//! # let certificate = pki::Certificate::many_from_pem(&text("pki/keys/11340100MB1D00012R-seal.pem")?)?.remove(0);
//! # let signer = pki::SoftSigner::new(key, certificate, vec![])?;
//! # let seal = read("pki/seals/11340100MB1D00012R.esl")?;
//! # let at = time::macros::datetime!(2026-11-23 8:00 UTC);
//! use license_core::sealing::{self, Place, SealRequest};
//! use pki::Signer as _;
//!
//! let package = ofd::read(&document, &ofd::Budget::default())?;
//! let seal = eseal::Seal::from_der(&seal)?;
//! let request = SealRequest::new(&seal, signer.certificate(), at)
//!     .at(Place::top_left(0, ofd::Um::mm(150), ofd::Um::mm(80)));
//!
//! // What the holder of the key gets to see is the message, nothing else: it may be a card, a device or another house.
//! let prepared = sealing::prepare(package, &request)?;
//! let signature = signer.sign(prepared.to_be_signed())?;
//! let sealed = prepared.finish(&signature)?;
//! # let facts = ofd::inspect_bytes(&sealed, &ofd::Budget::default())?;
//! # assert!(facts.signatures[1].uncovered.is_empty() && facts.signatures[1].covers_list);
//! # Ok(())
//! # }
//! ```
//!
//! ```text
//!  Package ─prepare─────────► Prepared ─finish────────────────────► bytes
//!          ─prepare_plain───►          ─signed─► Unstamped ─finish─► bytes     with a time-stamp service
//!          ─prepare_integrity►
//! ```
//!
//! - [`prepare`]: an electronic seal (`Type=Seal`), GM/T 0031 or GB/T 38540 by the version of the seal.
//! - [`prepare_plain`]: a signature without picture (`Type=Sign`, GB/T 35275).
//! - [`prepare_integrity`]: the signed list of all files (GM/T 0099 annex D); comes last.
//! - [`Place`] says where a seal shows: a point, a slot of a license type, a [`Keyword`], or a [`Straddle`] over pages.
//! - [`After`]: whether more signatures may follow (decision 0013).
//!
//! Sealing changes no byte of a file that is there, the list of signatures and the link to it aside. It refuses a
//! document that two readers could see differently, that somebody closed, or whose earlier signatures do not hold.
//! A signature value is checked before it goes into the document, so what comes out of a faulty device stays out.

mod error;
mod integrity;
mod keyword;
mod place;
mod prepared;
mod request;
mod stamping;
mod straddle;

pub use error::SealingError;
pub use integrity::{IntegrityRequest, prepare_integrity};
pub use keyword::{Keyword, Pick};
pub use place::Place;
pub use prepared::{Prepared, Unstamped, prepare, prepare_plain};
pub use request::{After, PlainRequest, SealRequest};
pub use stamping::{TimeStampService, finish, sign};
pub use straddle::{Edge, Straddle};
