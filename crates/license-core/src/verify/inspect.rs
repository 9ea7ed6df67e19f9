//! `inspect(bytes) → Facts`: what was handed in, opened under budgets, nothing judged.

use crate::index::{IndexText, TextError};

use super::content::{CHAIN_FILE, Embedded, INDEX_FILE, RECORD_FILE};
use super::ofd::OfdFacts;
use super::pdf::PdfFacts;
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
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return bare(Form::Empty);
    }
    if bytes.len() > limits.file_bytes {
        return bare(Form::TooLarge);
    }
    let head = &bytes[..bytes.len().min(1024)];
    let has = |magic: &[u8]| head.windows(magic.len()).any(|window| window == magic);
    let mut facts = if head.starts_with(b"PK") || has(b"PK\x03\x04") && !has(b"%PDF-") {
        inspect_ofd(bytes, &limits.ofd)
    } else if has(b"%PDF-") {
        inspect_pdf(bytes, &limits.pdf)
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) if bytes.len() <= limits.text_bytes => return inspect_text(text, limits),
            _ => bare(Form::Unknown),
        }
    };
    let digest = pki::DigestAlgorithm::Sha256.digest(bytes);
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
    pub fn claimed_id(&self) -> Option<String> {
        let of = |index: &IndexText| index.token().claims().license_id().ok().map(|id| id.to_string());
        match &self.form {
            Form::Text(index) => index.as_ref().as_ref().ok().and_then(of),
            _ => {
                let text = std::str::from_utf8(self.embedded.index.as_deref()?).ok()?;
                IndexText::parse(text).ok().as_ref().and_then(of)
            }
        }
    }
}

fn bare(form: Form) -> Facts {
    Facts { form, embedded: Embedded::default(), file_digest: None }
}

fn inspect_ofd(bytes: &[u8], budget: &ofd::Budget) -> Facts {
    let opened = super::ofd::inspect(bytes, budget);
    let mut embedded = Embedded::default();
    if let Ok(ofd) = &opened {
        let file = |name: &str| {
            let mut named = ofd.facts.attachments.iter().filter(|attachment| attachment.name == name);
            let first = named.next()?.file.as_ref()?;
            // Two attachments of one name: neither is believed.
            named.next().is_none().then(|| first.bytes().to_vec())
        };
        embedded.record = file(RECORD_FILE);
        embedded.index = file(INDEX_FILE);
        embedded.chain = file(CHAIN_FILE).map(|pem| super::content::chain(&pem)).unwrap_or_default();
        embedded.metadata.clone_from(&ofd.facts.info.custom_datas);
        embedded.faces = ofd.facts.pages.iter().map(ofd::PageFacts::plain_text).collect();
    }
    Facts { form: Form::Ofd(Box::new(opened)), embedded, file_digest: None }
}

fn inspect_pdf(bytes: &[u8], budget: &pdf_sign::Budget) -> Facts {
    let facts = super::pdf::inspect(bytes, budget);
    let embedded = super::pdf::embedded(bytes, budget).unwrap_or_default();
    Facts { form: Form::Pdf(Box::new(facts)), embedded, file_digest: None }
}
