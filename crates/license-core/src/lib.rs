//! Electronic licenses 电子证照: from a record to a sealed OFD, a signed PDF and a QR code, and back to a verdict.
//!
//! ```text
//!  template + JSON ──fill──► Filled ──Draft──► index ──sign──► QR ─┐
//!                              │                                   ▼
//!                              └────────────layout────────────► page(s) ──┬─ render::ofd ──► seal (GB/T 38540) ──► OFD
//!                                                                         ├─ render::pdf ──► sign (PAdES)      ──► PDF
//!                                                                         └─ render::png ──► picture
//!  OFD, PDF, QR text ──inspect──► Facts ──judge(trust list, policy, time)──► Report: passed, failed, cannot tell
//! ```
//!
//! Nothing here opens a file, asks the clock, the network or the environment, or makes randomness: fonts and templates
//! come through [`assets::Assets`], keys through [`pki::Signer`], time as an argument.
//!
//! ```
//! use std::sync::Arc;
//!
//! use license_assets::Bundled;
//! use license_core::fill::fill;
//! use license_core::fonts::FontLibrary;
//! use license_core::id::LicenseId;
//! use license_core::issue::{Issuer, Occasion, Printer, issue};
//! use license_core::template::{Catalog, Template};
//! use license_core::trust::TrustList;
//! use license_core::verify::{Limits, Policy, Press, Reason, Verdict, inspect, judge};
//! # use pki::{Certificate, PrivateKey, SoftSigner};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let at = time::macros::datetime!(2026-12-01 10:00 +8);
//! # let code = "11340100MB1D00012R";
//! # let file = |name: &str| std::fs::read(format!("{}/../../fixtures/pki/{name}", env!("CARGO_MANIFEST_DIR")));
//! # let text = |name: &str| file(name).map(|bytes| String::from_utf8(bytes).unwrap());
//! # let signer = |role: &str| -> Result<Arc<SoftSigner>, Box<dyn std::error::Error>> {
//! #     let key = text(&format!("keys/{code}-{role}.key.pem"))?;
//! #     let key = PrivateKey::from_encrypted_pem(&key, text("keys/password")?.trim().as_bytes())?;
//! #     let mut chain = Certificate::many_from_pem(&text(&format!("keys/{code}-{role}.pem"))?)?;
//! #     Ok(Arc::new(SoftSigner::new(key, chain.remove(0), chain)?))
//! # };
//! # let seal = file(&format!("seals/{code}.esl"))?;
//! # let (sealing, documents, indexes) = (signer("seal")?, signer("document")?, signer("index")?);
//! # let roots = Certificate::many_from_pem(&(text("trust/root-sm2.pem")? + &text("trust/root-p256.pem")?))?;
//! # let list = text("trust/trust-list.jws")?;
//! // Once: fonts, a license type, and an authority with its seal and its three signers.
//! let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled))?);
//! let template = Template::load(&Bundled, "business-license")?;
//! let issuer = Issuer::new("样例市市场监督管理局", code, &seal, sealing, documents, indexes)?;
//! let printer = Printer::new(fonts.clone());
//!
//! // What is wrong with a record comes back at once, each fault with its field and its rule.
//! let mut data = template.sample.clone();
//! data["issuing_authority"] = issuer.name().into();
//! data["uscc"] = "91350100M000100Y44".into();
//! let errors = fill(&template, &data, &issuer.fill_context(at, &fonts)).unwrap_err();
//! assert_eq!((errors[0].field.as_str(), errors[0].rule.as_str()), ("uscc", "uscc.check-character"));
//!
//! // Mended, it is issued: index, layout, both files, all signatures.
//! data["uscc"] = "91350100M000100Y43".into();
//! let filled = fill(&template, &data, &issuer.fill_context(at, &fonts)).map_err(|errors| format!("{errors:?}"))?;
//! let id = LicenseId::new(template.file.kind.code.parse()?, *issuer.code(), "2026000000001", 1)?;
//! let occasion = Occasion { at, address: "HTTPS://LICENSE.EXAMPLE.GOV.CN/V/", status: 1, specimen: true };
//! let license = issue(filled, id, &issuer, &printer, &occasion)?;
//!
//! // Anyone with the trust list can tell: the file, the code on it, and any copy that was tampered with.
//! let trust = TrustList::open(&list, &roots)?;
//! let catalog = Catalog::load(&Bundled).map_err(|errors| format!("{errors:?}"))?;
//! let policy = Policy { press: Some(Press { catalog: &catalog, fonts: &fonts }), ..Policy::default() };
//! let verdict = |bytes: &[u8]| judge(&inspect(bytes, &Limits::default()), &trust, &policy, at).verdict;
//! assert_eq!(verdict(license.ofd()), Verdict::Passed);
//! assert_eq!(verdict(license.pdf()), Verdict::Passed);
//! assert_eq!(verdict(license.index().to_string().as_bytes()), Verdict::Passed);
//! let damaged = license.index().to_string().replace("/V/2", "/V/3");
//! assert_eq!(verdict(damaged.as_bytes()), Verdict::Failed);
//! # Ok(())
//! # }
//! ```
//!
//! The same as two programs to copy: `examples/issue.rs` and `examples/verify.rs`.
//!
//! | to … | open |
//! |---|---|
//! | define a license type | [`template`], `docs/adding-a-license-type.md` |
//! | check a record | [`fill`], [`id`] |
//! | put it on a page | [`layout`], [`page`], [`fonts`], [`art`], [`length`] |
//! | write it | [`render`], [`qr`], [`record`] |
//! | sign it | [`issue`], [`index`], [`seal_art`] |
//! | seal a document that exists already | [`sealing`] |
//! | sign a PDF that exists already, keep it valid | [`pdf_signing`] |
//! | tell whether it is genuine | [`verify`], [`trust`], [`mask`] |

pub mod art;
pub mod assets;
pub mod calendar;
pub mod container;
pub mod fill;
pub mod fonts;
pub mod id;
pub mod index;
pub mod issue;
pub mod layout;
pub mod length;
pub mod mask;
pub mod page;
pub mod pdf_signing;
mod png_file;
pub mod qr;
pub mod record;
pub mod render;
pub mod seal_art;
pub mod seal_picture;
pub mod sealing;
pub mod template;
pub mod trust;
pub mod verify;

/// The snippets of the repository's front page are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
