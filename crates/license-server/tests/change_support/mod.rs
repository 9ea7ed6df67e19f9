//! An installation that changes: the shipped types in later editions, other fonts under the same names, another seal.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "each user takes what it needs")]

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use eseal::{Seal, SealContent};
use license_assets::Bundled;
use license_core::assets::Assets;
use license_core::fonts::FontLibrary;
use license_core::issue::Issuer;
use license_core::seal_art::{SealDesign, draw};
use license_core::template::Catalog;
use license_core::verify::{Outcome, Report};
use license_server::deployment::{Deployment, signer};
use license_server::service::{Accepted, Access, Caller, IssueRequest, Office, PreviewOptions, ServiceError};
use license_server::store::{FileKind, Store};
use pki::Signer as _;

use crate::http_support::{Moved, sample};

/// The type whose face changes with each edition.
pub const CHANGED: &str = "food-operation-permit";

/// The shipped types in a later edition: other words, another place, the version raised.
pub struct Edition(pub u32);

impl Assets for Edition {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = Bundled.read(path)?;
        if self.0 == 1 || !path.ends_with("/template.toml") {
            return Some(bytes);
        }
        let mut text = String::from_utf8(bytes.into_owned()).unwrap();
        let version = format!("version = {}", self.0);
        for (old, new) in [
            ("version = 1", version.as_str()),
            ("label = \"许可证编号\"", "label = \"证书编号\""),
            ("at = [28, 96, 35, 9]", "at = [28, 97, 35, 8]"),
        ] {
            assert!(text.contains(old) || !path.contains(CHANGED), "{path}: {old}");
            text = text.replacen(old, new, 1);
        }
        Some(text.into_bytes().into())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

/// The everyday fonts exchanged among one another: the same names, other outlines and widths.
struct Exchanged;

impl Assets for Exchanged {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        Bundled.read(&match path {
            "fonts/ECertSong-Regular.ttf.zst" => path.replace("Song", "Hei"),
            "fonts/ECertSong-Bold.ttf.zst" => path.replace("Song-Bold", "Kai-Regular"),
            "fonts/ECertKai-Regular.ttf.zst" => path.replace("Kai-Regular", "Song-Bold"),
            "fonts/ECertHei-Regular.ttf.zst" => path.replace("Hei", "Song"),
            _ => path.to_owned(),
        })
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

/// The fonts that ship.
pub static FONTS: LazyLock<Arc<FontLibrary>> = LazyLock::new(|| Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap()));
/// Other files under the same names.
pub static OTHER_FONTS: LazyLock<Arc<FontLibrary>> =
    LazyLock::new(|| Arc::new(FontLibrary::new(Arc::new(Exchanged)).unwrap()));

/// What is installed.
#[derive(Clone, Copy)]
pub struct Installed {
    pub edition: u32,
    pub other_fonts: bool,
    pub other_seals: bool,
}

impl Installed {
    /// As shipped, but for the edition of the templates.
    pub const fn edition(edition: u32) -> Installed {
        Installed { edition, other_fonts: false, other_seals: false }
    }

    pub fn fonts(&self) -> &'static Arc<FontLibrary> {
        if self.other_fonts { &OTHER_FONTS } else { &FONTS }
    }

    pub fn office(&self, store: &Arc<dyn Store>) -> Office {
        let folder = folder();
        let mut deployment = Deployment::open(&folder, password().as_bytes()).unwrap();
        if self.other_seals {
            deployment.issuers = deployment.office.issuers.iter().map(|file| Arc::new(resealed(&file.code))).collect();
        }
        let catalog = Catalog::load(&Edition(self.edition)).unwrap();
        Office::with_clock(deployment, catalog, self.fonts().clone(), store.clone(), Arc::new(Moved::default()))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki")
}

fn password() -> String {
    std::fs::read_to_string(folder().join("keys/password")).unwrap().lines().next().unwrap().to_owned()
}

/// An issuer of the deployment with a new seal: another number, and a line below the star.
fn resealed(code: &str) -> Issuer {
    let (keys, password) = (folder().join("keys"), password());
    let key = |name: &str| signer(&keys, name, password.as_bytes()).unwrap();
    let old = Seal::from_der(&std::fs::read(folder().join(format!("seals/{code}.esl"))).unwrap()).unwrap();
    let name = old.content().name.clone();
    let mut design = SealDesign::new(&name);
    design.bottom_line = Some("专用章（二）".to_owned());
    let mut content = SealContent { id: "99010000000002".to_owned(), ..old.content().clone() };
    content.picture.data = draw(&design, &FONTS).unwrap().png.to_vec();
    let maker = key("seal-maker");
    let prepared = eseal::prepare_seal(&content, old.version(), maker.certificate()).unwrap();
    let signature = maker.sign(prepared.to_be_signed()).unwrap();
    let seal = prepared.finish(&signature).unwrap();
    let role = |role: &str| Arc::new(key(&format!("{code}-{role}")));
    Issuer::new(&name, code, seal.der(), role("seal"), role("document"), role("index")).unwrap()
}

pub fn request(type_id: &str) -> IssueRequest {
    IssueRequest {
        type_id: type_id.to_owned(),
        data: sample(type_id),
        case_number: Some("2026-0001".to_owned()),
        ..IssueRequest::default()
    }
}

pub fn caller() -> Caller {
    Caller { name: "test".to_owned() }
}

pub fn access() -> Access {
    Access { caller: caller(), purpose: "办理事项".to_owned() }
}

pub fn paint(office: &Office, one: &Accepted) -> Result<Arc<[u8]>, ServiceError> {
    office.fetch_picture(&access(), &one.license.id, None, PreviewOptions { dpi: 50, page: 0, marked: false })
}

pub fn file(office: &Office, one: &Accepted, kind: FileKind, face: Option<&str>) -> Vec<u8> {
    office.fetch_file(&access(), &one.license.id, kind, face).unwrap().bytes
}

pub fn verify(office: &Office, one: &Accepted, kind: FileKind) -> Report {
    office.verify_file(&file(office, one, kind, None)).unwrap()
}

pub fn outcome(report: &Report, name: &str) -> Outcome {
    report.checks.iter().find(|check| check.name == name).unwrap().outcome
}
