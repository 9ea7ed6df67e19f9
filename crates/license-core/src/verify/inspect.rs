//! `inspect(bytes) → Facts`: what was handed in, opened under budgets, nothing judged.

use std::ops::Range;

use crate::id::LicenseId;
use crate::index::{IndexText, TextError};

use super::content::{CHAIN_FILE, Embedded, INDEX_FILE, Properties, RECORD_FILE};
use super::drawn::Drawing;
use super::memory::SignatureMemory;
use super::ofd::OfdFacts;
use super::pdf::PdfFacts;
use super::qr_picture::{Allowance, Seen};
use super::report::Kind;

/// The limits of everything that is opened, in one place; each format's own numbers are in its budget.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest file in bytes.
    pub file_bytes: usize,
    /// Largest text in bytes.
    pub text_bytes: usize,
    /// Limits of OFD packages.
    pub ofd: ofd::Budget,
    /// Limits of PDF files.
    pub pdf: pdf_sign::Budget,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes: 32 * 1024 * 1024,
            text_bytes: 4096,
            ofd: ofd::Budget::default(),
            pdf: pdf_sign::Budget::default(),
        }
    }
}

/// What was handed in.
#[derive(Debug)]
pub struct Facts {
    pub(super) form: Form,
    pub(super) embedded: Embedded,
    pub(super) file_digest: Option<[u8; 32]>,
}

#[derive(Debug)]
pub(super) enum Form {
    Empty,
    TooLarge,
    Unknown,
    Text(Box<Result<IndexText, TextError>>),
    Ofd(Box<Result<OfdFacts, ofd::Error>>),
    Pdf(Box<PdfFacts>),
}

/// Opens a file: OFD, PDF, or a text file holding a QR text.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Facts {
    inspect_with(bytes, limits, None)
}

/// The same; a seal that `memory` knows as its maker's is not checked again, neither are the signatures on certificates
/// enclosed in a PDF, and backgrounds and pictures that PDFs share are read once. [`judge`](super::judge()) tells the memory
/// of its policy which signatures are those of trusted makers.
pub fn inspect_with(bytes: &[u8], limits: &Limits, memory: Option<&dyn SignatureMemory>) -> Facts {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return bare(Form::Empty);
    }
    if bytes.len() > limits.file_bytes {
        return bare(Form::TooLarge);
    }
    let looks = |at: Range<usize>, magic: &[u8]| {
        let window = bytes.get(at).unwrap_or_default();
        window.windows(magic.len()).any(|found| found == magic)
    };
    let head = 0..bytes.len().min(1024);
    let tail = bytes.len().saturating_sub(1024)..bytes.len();
    let pdf = looks(head.clone(), b"%PDF-");
    // A damaged head does not make a stranger of a file that ends like one of ours.
    let mut facts =
        if bytes.starts_with(b"PK") || !pdf && (looks(head, b"PK\x03\x04") || looks(tail.clone(), END_OF_ZIP)) {
            inspect_ofd(bytes, &limits.ofd, memory)
        } else if pdf || looks(tail, b"startxref") {
            inspect_pdf(bytes, &limits.pdf, memory)
        } else {
            // Some editors put a mark before the text of a file.
            match std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)) {
                Ok(text) if bytes.len() <= limits.text_bytes => return inspect_text(text, limits),
                _ => bare(Form::Unknown),
            }
        };
    let known = match &facts.form {
        Form::Ofd(ofd) => ofd.as_ref().as_ref().ok().and_then(|ofd| ofd.file_digest),
        Form::Pdf(pdf) => Some(pdf.file_digest),
        _ => None,
    };
    let digest = known.unwrap_or_else(|| pki::DigestAlgorithm::Sha256.digest(bytes));
    facts.file_digest = digest.as_bytes().try_into().ok();
    facts
}

/// Opens the text of a QR code, as scanned or pasted.
pub fn inspect_text(text: &str, limits: &Limits) -> Facts {
    if text.trim().is_empty() {
        return bare(Form::Empty);
    }
    if text.len() > limits.text_bytes {
        return bare(Form::TooLarge);
    }
    bare(Form::Text(Box::new(IndexText::parse(&crate::index::fold_pasted(text)))))
}

impl Facts {
    /// What it is.
    pub fn kind(&self) -> Kind {
        match self.form {
            Form::Empty | Form::TooLarge | Form::Unknown => Kind::Unknown,
            Form::Text(_) => Kind::Qr,
            Form::Ofd(_) => Kind::Ofd,
            Form::Pdf(_) => Kind::Pdf,
        }
    }

    /// The identifier that it claims, to look it up in the register. Believe nothing yet.
    pub fn claimed_id(&self) -> Option<LicenseId> {
        let of = |index: &IndexText| index.token().claims().license_id().ok();
        match &self.form {
            Form::Text(index) => index.as_ref().as_ref().ok().and_then(of),
            _ => {
                let [index] = self.embedded.indexes.as_slice() else { return None };
                let text = std::str::from_utf8(index).ok()?;
                IndexText::parse(text).ok().as_ref().and_then(of)
            }
        }
    }
}

fn bare(form: Form) -> Facts {
    Facts { form, embedded: Embedded::default(), file_digest: None }
}

fn inspect_ofd(bytes: &[u8], budget: &ofd::Budget, memory: Option<&dyn SignatureMemory>) -> Facts {
    let opened = super::ofd::inspect(bytes, budget, memory);
    let embedded = opened.as_ref().map(|ofd| embedded(&ofd.facts)).unwrap_or_default();
    Facts { form: Form::Ofd(Box::new(opened)), embedded, file_digest: None }
}

fn embedded(facts: &ofd::Facts) -> Embedded {
    let parts = |name: &'static str| {
        let files = facts.attachments.iter().filter(move |attachment| attachment.name == name);
        files.filter_map(|attachment| attachment.file.as_ref())
    };
    // Of two of one name neither is read, and a small package may attach one file ten thousand times.
    let named = |name| match parts(name).take(2).collect::<Vec<_>>().as_slice() {
        [one] => vec![one.open().into_owned()],
        several => vec![Vec::new(); several.len()],
    };
    let face = |page: &ofd::PageFacts| {
        page.text.iter().filter(|run| is_drawn(run, page)).map(|run| run.text.as_str()).collect()
    };
    let records = named(RECORD_FILE);
    // Only a license promises that its codes are the index.
    let mut shown: Vec<usize> = match records.is_empty() {
        true => Vec::new(),
        false => facts.pages.iter().flat_map(|page| &page.pictures).filter_map(|picture| picture.image).collect(),
    };
    shown.sort_unstable();
    shown.dedup();
    let mut allowance = Allowance::default();
    let codes: Vec<(usize, Seen)> = (shown.into_iter().take(MOST_PICTURES))
        .filter_map(|image| {
            let file = facts.images.get(image)?.file.as_ref()?;
            Some((image, super::qr_picture::read(&file.open(), &mut allowance)?))
        })
        .collect();
    let pem = parts(CHAIN_FILE).next().filter(|pem| pem.size() <= MOST_CHAIN_BYTES).map(|pem| pem.open());
    let chain = pem.as_deref().map(super::content::chain).unwrap_or_default();
    let written = || chain.iter().map(pki::Certificate::to_pem).collect::<String>();
    let chain_has_more = match pem.as_deref() {
        Some(pem) => !records.is_empty() && (parts(CHAIN_FILE).nth(1).is_some() || written().as_bytes() != pem),
        None => parts(CHAIN_FILE).next().is_some(),
    };
    Embedded {
        drawing: if records.is_empty() { Drawing::default() } else { super::drawn::of_ofd(facts, &codes) },
        records,
        codes: codes.into_iter().map(|(_, seen)| seen).collect(),
        indexes: named(INDEX_FILE),
        chain_has_more,
        chain,
        metadata: facts.info.custom_datas.clone(),
        properties: Some(properties(&facts.info)),
        faces: facts.pages.iter().map(face).collect(),
    }
}

fn properties(info: &ofd::DocInfoFacts) -> Properties {
    Properties {
        title: info.title.clone(),
        author: info.author.clone(),
        subject: info.subject.clone(),
        keywords: info.keywords.clone(),
        creator: info.creator.clone(),
        created: info.creation_date.clone(),
        modified: info.mod_date.clone(),
    }
}

/// Words that nobody sees are not on the face: switched off, too small, or beside the page.
fn is_drawn(run: &ofd::TextRun, page: &ofd::PageFacts) -> bool {
    let within = |at: ofd::Um, end: ofd::Um| (0..i64::from(end.0)).contains(&i64::from(at.0));
    run.visible && run.size >= SMALLEST && within(run.x, page.size().width) && within(run.y, page.size().height)
}

fn inspect_pdf(bytes: &[u8], budget: &pdf_sign::Budget, memory: Option<&dyn SignatureMemory>) -> Facts {
    let (facts, embedded) = super::pdf::inspect(bytes, budget, memory);
    Facts { form: Form::Pdf(Box::new(facts)), embedded, file_digest: None }
}

/// A license shows few pictures; more are not searched for QR codes.
const MOST_PICTURES: usize = 16;
/// More bytes of CA certificates are not looked at.
const MOST_CHAIN_BYTES: usize = 256 * 1024;
/// The end record of a zip.
const END_OF_ZIP: &[u8] = b"PK\x05\x06";
/// Type smaller than a point is not read by anyone.
const SMALLEST: ofd::Um = ofd::Um(350);
