//! OFD readers by other hands: ofdkit (Python) for the text, ofd-core (Rust) for the text, the picture and the digests.
//!
//! ofd-core is a dependency of this crate, so it is never missing. What it needs of a file, found by trying:
//!
//! - It paints text, paths, pictures, composites, templates and the appearances of annotations. Seal pictures and clips
//!   are left out, a gradient comes out black, a path with `Fill` but no `FillColor` is not painted.
//! - An embedded font needs no `cmap`, `name`, `OS/2` or `post` table when `CGTransform` covers every character.
//! - `CodePosition` counts Unicode scalar values over all `TextCode` elements of the object: one `TextCode` an object is
//!   the form that no reader misunderstands, and a character beyond U+FFFF is safest alone in its object.
//! - Spaces at both ends of a `TextCode` are lost (ofdkit keeps them).
//! - One box of zero width or height, or one colour written in hex, makes the whole page unreadable.
//! - Digests are checked when `CheckMethod` is the object identifier of SM3; the word `SM3` is not recognised.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

pub use ofd_core::SigVerdict as DigestVerdict;
use ofd_core::render::ImageFormat;
use ofd_core::{LoadedDocument, OfdPackage, OfdReader, PageBlock, PageObject, RenderOptions};

use serde_json::Value;

use super::run::{Said, ask, program, python, run, script};

type Reader = OfdReader<Cursor<Vec<u8>>>;

/// The text objects of every page, templates included, in drawing order, as ofdkit reads them.
pub fn ofd_text(ofd: &Path) -> Option<Vec<Vec<String>>> {
    Some(serde_json::from_slice(&ofdkit("text", ofd)?).expect("our script prints a list of pages"))
}

/// Title, author, dates and `custom_data` (the CustomDatas) as ofdkit reads them.
pub fn ofd_info(ofd: &Path) -> Option<Value> {
    Some(serde_json::from_slice(&ofdkit("info", ofd)?).expect("our script prints an object"))
}

/// What `unzip -t` says of a package.
pub fn unzip_test(ofd: &Path) -> Option<Said> {
    let tool = program("unzip", "unzip")?;
    Some(ask(tool.as_os_str(), [OsStr::new("-t"), ofd.as_os_str()]))
}

fn ofdkit(verb: &str, ofd: &Path) -> Option<Vec<u8>> {
    let mut command = Command::new(python()?);
    command.arg(script("ofdkit_peer.py")).arg(verb).arg(ofd);
    Some(run(&mut command, b"").product())
}

/// The same as ofd-core reads them; a white page that paints no text has an empty list.
pub fn ofd_painted_text(ofd: &[u8]) -> Vec<Vec<String>> {
    let (mut reader, document) = open(ofd);
    let pages = document.pages().to_vec();
    pages
        .iter()
        .map(|page| {
            let page = reader.load_page(&document, page).expect("ofd-core reads the page");
            let mut texts = Vec::new();
            for template in &page.templates {
                let found = document.template_pages().iter().find(|t| t.id == template.template_id.as_id());
                let found = found.expect("the template of a page is in the document");
                let template = reader.load_template(&document, found).expect("ofd-core reads the template");
                collect(&template, &mut texts);
            }
            collect(&page, &mut texts);
            texts
        })
        .collect()
}

/// A page (from 1) painted by ofd-core on white, as PNG.
pub fn ofd_png(ofd: &[u8], page: usize, dpi: u32) -> Vec<u8> {
    let (mut reader, document) = open(ofd);
    let options = RenderOptions::with_dpi(f64::from(dpi));
    reader.render_page_to_bytes(&document, page - 1, &options, ImageFormat::Png).expect("ofd-core paints the page")
}

/// Every file of a package by its path, as ofd-core takes it out.
pub fn ofd_files(ofd: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut package = OfdPackage::new(Cursor::new(ofd.to_vec())).expect("ofd-core opens the package");
    let names = package.entries();
    names.into_iter().map(|name| (name.clone(), package.read(&name).expect("ofd-core reads the file"))).collect()
}

/// What ofd-core found when it computed the SM3 digest of every file that a signature names.
#[derive(Debug, PartialEq, Eq)]
pub struct OfdDigests {
    /// Faults of the package's structure, in its words.
    pub problems: Vec<String>,
    /// For each signature the number of files it names, and whether their digests are right.
    pub signatures: Vec<(usize, DigestVerdict)>,
}

/// Structure and digests (not the signature values) as ofd-core checks them.
pub fn ofd_digests(ofd: &[u8]) -> OfdDigests {
    let report = ofd_core::check_reader(&mut open(ofd).0);
    let judged = report.signatures.iter().map(|s| (s.references.len(), s.verdict()));
    OfdDigests { signatures: judged.collect(), problems: report.problems }
}

fn open(ofd: &[u8]) -> (Reader, LoadedDocument) {
    let package = OfdPackage::new(Cursor::new(ofd.to_vec())).expect("ofd-core opens the package");
    let mut reader = OfdReader::new(package).expect("ofd-core reads OFD.xml");
    let body = reader.ofd().doc_bodies[0].clone();
    let document = reader.load_document(&body).expect("ofd-core reads the document");
    (reader, document)
}

fn collect(page: &PageObject, texts: &mut Vec<String>) {
    let layers = page.content.iter().flat_map(|content| &content.layers);
    layers.for_each(|layer| gather(&layer.objects, texts));
}

fn gather(blocks: &[PageBlock], texts: &mut Vec<String>) {
    for block in blocks {
        match block {
            PageBlock::Text(text) => {
                texts.push(text.text_codes.iter().filter_map(|code| code.text.as_deref()).collect());
            }
            PageBlock::Block(group) => gather(&group.objects, texts),
            PageBlock::Path(_) | PageBlock::Image(_) | PageBlock::Composite(_) => {}
        }
    }
}
