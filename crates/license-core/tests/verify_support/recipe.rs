//! A license put together by hand, each part changeable: what the issuing pipeline would never make.

use std::sync::Arc;

use eseal::Seal;
use license_core::fonts::FontLibrary;
use license_core::index::{self, Algorithm, Claims, IndexText};
use license_core::issue::Issued;
use license_core::layout::{Marks, lay_out};
use license_core::length::{Length, Rect, Size};
use license_core::page::{Document, Glyph, Item, QrItem};
use license_core::qr::QrCode;
use license_core::record::Record;
use license_core::render::ofd::{OfdInput, OfdRenderer};
use license_core::render::pdf::{PdfInput, PdfRenderer, SignatureField};
use license_core::render::{Attachment, Metadata, Relationship};
use license_core::seal_art::SealPicture;
use license_core::verify::{CHAIN_FILE, INDEX_FILE, RECORD_FILE};
use ofd::{Package, Provider, SignatureKind, SignatureRequest, StampAnnot, Um};
use pki::cms::{self, CmsOptions};
use pki::{Digest, DigestAlgorithm, Signer, SoftSigner};
use time::OffsetDateTime;

use super::forge::{self, Sealing};
use super::{catalog, fonts, signer};

/// The parts of a license.
pub struct Recipe {
    pub code: String,
    pub at: OffsetDateTime,
    pub document: Document,
    pub metadata: Vec<(String, String)>,
    pub files: Vec<(String, Vec<u8>)>,
    /// The CA certificates for the OFD.
    pub chain: Option<Vec<u8>>,
    pub seal: Seal,
    pub seal_signer: Arc<SoftSigner>,
    pub document_signer: Arc<SoftSigner>,
    pub kind: SignatureKind,
    /// A copy of the seal beside the signature value.
    pub seal_file: Option<Vec<u8>>,
    pub protect_list: bool,
    /// Name of the digest in Signature.xml.
    pub check_method: String,
    /// `/M` of the PDF.
    pub claimed: OffsetDateTime,
}

impl Recipe {
    /// The parts of this license, as issued.
    pub fn of(issued: &Issued) -> Recipe {
        Recipe::new(issued, true)
    }

    /// The same without artwork and 样张, by a template that has none: half the size, and quick to read.
    pub fn bare(issued: &Issued) -> Recipe {
        let mut recipe = Recipe::new(issued, false);
        recipe.document.pages.iter_mut().for_each(|page| page.background = None);
        let template = super::bare(&issued.record().template().id);
        let digest = data_encoding::HEXLOWER.encode(&template.digest);
        recipe.with_record(|json| json["template"]["digest"] = digest.into()).redrawn()
    }

    fn new(issued: &Issued, specimen: bool) -> Recipe {
        let record = issued.record();
        let code = record.issuer_code().to_owned();
        let template = catalog().by_code(record.type_code()).unwrap();
        let filled = record.to_filled(template).unwrap();
        let seal = Seal::from_der(&super::seal_der(&code)).unwrap();
        let seal_signer = signer(&format!("{code}-seal"));
        let diameter = Length::from_mm(f64::from(seal.content().picture.width_mm));
        let qr = Some(QrCode::new(&issued.index().to_string()).unwrap());
        let marks = Marks { qr, specimen, seal_diameter: Some(diameter) };
        let chain: String = seal_signer.chain().iter().map(pki::Certificate::to_pem).collect();
        Recipe {
            at: super::ISSUED,
            document: lay_out(&filled, fonts(), &marks).unwrap(),
            metadata: record.metadata(),
            files: vec![
                (RECORD_FILE.to_owned(), issued.record_json().to_vec()),
                (INDEX_FILE.to_owned(), issued.index().to_string().into_bytes()),
            ],
            chain: Some(chain.into_bytes()),
            seal,
            seal_signer,
            document_signer: signer(&format!("{code}-document")),
            kind: SignatureKind::Seal,
            seal_file: None,
            protect_list: true,
            check_method: "1.2.156.10197.1.401".to_owned(),
            claimed: super::ISSUED,
            code,
        }
    }

    pub fn signed_by(mut self, code: &str) -> Recipe {
        self.seal = Seal::from_der(&super::seal_der(code)).unwrap();
        self.seal_signer = signer(&format!("{code}-seal"));
        self.document_signer = signer(&format!("{code}-document"));
        self
    }

    pub fn with_seal(mut self, seal: Seal, by: Arc<SoftSigner>) -> Recipe {
        self.seal = seal;
        self.seal_signer = by;
        self
    }

    pub fn with_document_signer(mut self, by: Arc<SoftSigner>) -> Recipe {
        self.document_signer = by;
        self
    }

    /// Another record: metadata and index follow it, signed by the issuer's own keys; the face stays.
    pub fn with_record(mut self, change: impl FnOnce(&mut serde_json::Value)) -> Recipe {
        let json = &self.files.iter().find(|(name, _)| name == RECORD_FILE).unwrap().1;
        let mut value = serde_json::from_slice(json).unwrap();
        change(&mut value);
        let json = license_core::record::canonical_json(&value);
        let record = Record::from_canonical_json(&json).unwrap();
        let index =
            String::from_utf8(self.files.iter().find(|(name, _)| name == INDEX_FILE).unwrap().1.clone()).unwrap();
        let mut claims = IndexText::parse(&index).unwrap().token().claims().clone();
        claims.face = record.digest().as_bytes()[..16].try_into().unwrap();
        claims.number = record.number().to_owned();
        claims.holder = license_core::index::cut_holder(&record.holder());
        (claims.valid_from, claims.valid_to) = (record.valid_from(), record.valid_to());
        self.metadata = record.metadata();
        self.with_file(RECORD_FILE, json).with_claims(&claims)
    }

    /// Another index, signed by the issuer's own key.
    pub fn with_claims(self, claims: &Claims) -> Recipe {
        let code = self.code.clone();
        self.with_file(INDEX_FILE, index_text(claims, &signer(&format!("{code}-index"))))
    }

    /// The page shows the QR code of the index as it is now.
    pub fn redrawn(mut self) -> Recipe {
        let index = &self.files.iter().find(|(name, _)| name == INDEX_FILE).unwrap().1;
        let code = QrCode::new(std::str::from_utf8(index).unwrap()).unwrap();
        for item in self.document.pages.iter_mut().flat_map(|page| &mut page.items) {
            if let Item::Qr(drawn) = item {
                *drawn = QrItem { rect: drawn.rect, modules: code.modules(), dark: code.dark().to_vec() };
            }
        }
        self
    }

    /// Another content for an attached file, or one more.
    pub fn with_file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Recipe {
        let bytes = bytes.into();
        match self.files.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = bytes,
            None => self.files.push((name.to_owned(), bytes)),
        }
        self
    }

    pub fn without_file(mut self, name: &str) -> Recipe {
        self.files.retain(|(known, _)| known != name);
        self
    }

    pub fn claiming(mut self, at: OffsetDateTime) -> Recipe {
        self.at = at;
        self.claimed = at;
        self
    }

    /// Draws another character in place of the `nth` one that reads `from`.
    pub fn drawing(mut self, from: char, to: char) -> Recipe {
        let glyph = self.glyphs().find(|glyph| glyph.char == to).copied().expect("a glyph that the subset has");
        let changed = self.glyphs_mut().find(|glyph| glyph.char == from).expect("a drawn character");
        (changed.id, changed.char) = (glyph.id, glyph.char);
        self
    }

    fn glyphs(&self) -> impl Iterator<Item = &Glyph> {
        let items = self.document.pages.iter().flat_map(|page| &page.items);
        items.filter_map(|item| if let Item::Text(run) = item { Some(&run.glyphs) } else { None }).flatten()
    }

    pub fn glyphs_mut(&mut self) -> impl Iterator<Item = &mut Glyph> {
        let items = self.document.pages.iter_mut().flat_map(|page| &mut page.items);
        items.filter_map(|item| if let Item::Text(run) = item { Some(&mut run.glyphs) } else { None }).flatten()
    }

    /// The PDF with an empty place for the signature.
    pub fn pdf_unsigned(&self) -> Vec<u8> {
        let picture = &self.seal.content().picture;
        let mm = |mm: u32| Length::from_mm(f64::from(mm));
        let size = Size { width: mm(picture.width_mm), height: mm(picture.height_mm) };
        let (page, rect) = self.seal_place();
        let field = SignatureField {
            name: "Seal1".to_owned(),
            page,
            rect,
            appearance: Arc::new(SealPicture::from_png(picture.data.clone(), size)),
            reserve: 6144,
            signed_at: self.claimed,
            signer: None,
            reason: None,
            location: None,
        };
        self.render_pdf(Some(field))
    }

    /// A PDF without any signature field.
    pub fn pdf_plain(&self) -> Vec<u8> {
        self.render_pdf(None)
    }

    fn render_pdf(&self, signature: Option<SignatureField>) -> Vec<u8> {
        let input = PdfInput {
            metadata: self.metadata(),
            created: self.at,
            seed: b"test".to_vec(),
            attachments: self.attachments(),
            signature,
            prepared: Vec::new(),
        };
        pdf_renderer().render(&self.document, &input).unwrap()
    }

    /// The signed PDF.
    pub fn pdf(&self) -> Vec<u8> {
        self.pdf_with(&|digest, signer| pades(digest, signer))
    }

    /// The PDF with a CMS of the caller's making.
    pub fn pdf_with(&self, make: &dyn Fn(&Digest, &SoftSigner) -> Vec<u8>) -> Vec<u8> {
        sign_pdf(self.pdf_unsigned(), &self.document_signer, make)
    }

    /// The OFD without a signature.
    pub fn package(&self) -> Package {
        let mut attachments = self.attachments();
        attachments.extend(self.chain.as_deref().map(|chain| attachment(CHAIN_FILE, chain)));
        let input = OfdInput {
            metadata: self.metadata(),
            doc_id: "0123456789abcdef0123456789abcdef".to_owned(),
            created: time::macros::date!(2026 - 12 - 01),
            attachments,
        };
        ofd_renderer().render(&self.document, &input).unwrap()
    }

    /// The sealed OFD.
    pub fn ofd(&self) -> Vec<u8> {
        let seal = |what: &Sealing<'_>| forge::ses(&self.seal, self.at, what, &self.seal_signer);
        self.ofd_with(self.package(), &seal)
    }

    /// The OFD of this package with a signature value of the caller's making.
    pub fn ofd_with(&self, package: Package, make: &dyn Fn(&Sealing<'_>) -> Vec<u8>) -> Vec<u8> {
        let (page, rect) = self.seal_place();
        let um = |length: Length| Um(length.um());
        let boundary = ofd::Rect { x: um(rect.x), y: um(rect.y), width: um(rect.width), height: um(rect.height) };
        let stamps = if self.kind == SignatureKind::Seal { vec![StampAnnot::new(page, boundary)] } else { vec![] };
        let request = SignatureRequest {
            kind: self.kind,
            provider: Provider { name: "test".to_owned(), ..Provider::default() },
            signature_method: "1.2.156.10197.1.501".to_owned(),
            check_method: self.check_method.clone(),
            date_time: "20261201020000Z".to_owned(),
            stamps,
            seal_file: self.seal_file.clone().map(Into::into),
            protect_signature_list: self.protect_list,
        };
        let sm3 = |bytes: &[u8]| DigestAlgorithm::Sm3.digest(bytes).as_bytes().to_vec();
        finish(ofd::prepare(package, &request, &sm3).unwrap(), make)
    }

    fn seal_place(&self) -> (usize, Rect) {
        let pages = self.document.pages.iter().enumerate();
        pages.filter_map(|(page, found)| Some((page, found.seal?))).next().unwrap()
    }

    /// What issuing says of a license, when there is a record to say it of.
    fn metadata(&self) -> Metadata {
        let json = self.files.iter().find(|(name, _)| name == RECORD_FILE).map(|(_, json)| json.as_slice());
        let record = json.and_then(|json| Record::from_canonical_json(json).ok());
        let said = record.map(|record| Metadata {
            title: record.name().to_owned(),
            author: record.issuer().to_owned(),
            subject: format!("{} {}", record.type_name(), record.number()),
            keywords: vec!["电子证照".to_owned(), record.type_name().to_owned()],
            creator: "license-core test".to_owned(),
            ..Metadata::default()
        });
        let said = said.unwrap_or_else(|| Metadata { title: "证照".to_owned(), ..Metadata::default() });
        Metadata { custom: self.metadata.clone(), ..said }
    }

    fn attachments(&self) -> Vec<Attachment> {
        self.files.iter().map(|(name, bytes)| attachment(name, bytes)).collect()
    }
}

/// The text of a QR code with these claims.
pub fn index_text(claims: &Claims, by: &SoftSigner) -> String {
    let spki = pki::DigestAlgorithm::Sha256.digest(by.certificate().spki_der());
    let kid = spki.as_bytes()[..4].try_into().unwrap();
    let prepared = index::Prepared::new(claims, Algorithm::of(by.algorithm()).unwrap(), kid).unwrap();
    let signature = by.sign(prepared.to_be_signed()).unwrap();
    let token = prepared.finish(&pki::der_to_raw(&signature, 32).unwrap()).unwrap();
    IndexText::new(super::ADDRESS, token).unwrap().to_string()
}

/// Puts a signature value into a prepared package.
pub fn finish(mut prepared: ofd::Prepared, make: &dyn Fn(&Sealing<'_>) -> Vec<u8>) -> Vec<u8> {
    let hash = DigestAlgorithm::Sm3.digest(prepared.to_be_signed());
    let path = prepared.signature_path();
    let value = make(&Sealing { hash: &hash, path: &path, container: prepared.container().unwrap() });
    prepared.finish_zip(&value).unwrap()
}

/// Signs a PDF with a placeholder.
pub fn sign_pdf(pdf: Vec<u8>, by: &SoftSigner, make: &dyn Fn(&Digest, &SoftSigner) -> Vec<u8>) -> Vec<u8> {
    sign_slot(pdf, pdf_sign::Slot::Placeholder, by, make)
}

/// Signs a PDF in a slot.
pub fn sign_slot(
    pdf: Vec<u8>,
    slot: pdf_sign::Slot,
    by: &SoftSigner,
    make: &dyn Fn(&Digest, &SoftSigner) -> Vec<u8>,
) -> Vec<u8> {
    let prepared = pdf_sign::prepare(pdf, slot).unwrap();
    let mut hasher = by.algorithm().digest().hasher();
    prepared.to_be_signed().iter().for_each(|range| hasher.update(range));
    let cms = make(&hasher.finish(), by);
    prepared.finish(&cms).unwrap()
}

/// The CMS that issuing makes.
pub fn pades(digest: &Digest, signer: &SoftSigner) -> Vec<u8> {
    with_options(digest, signer, &CmsOptions::pades())
}

pub fn with_options(digest: &Digest, signer: &SoftSigner, options: &CmsOptions) -> Vec<u8> {
    let prepared = cms::prepare(digest, signer.certificate(), signer.algorithm(), options).unwrap();
    let signature = signer.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature, signer.chain())
}

fn attachment(name: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        mime: "application/octet-stream".to_owned(),
        description: String::new(),
        bytes: bytes.into(),
        relationship: Relationship::Data,
    }
}

fn pdf_renderer() -> &'static PdfRenderer {
    static RENDERER: std::sync::OnceLock<PdfRenderer> = std::sync::OnceLock::new();
    RENDERER.get_or_init(|| PdfRenderer::new(library()))
}

fn ofd_renderer() -> &'static OfdRenderer {
    static RENDERER: std::sync::OnceLock<OfdRenderer> = std::sync::OnceLock::new();
    RENDERER.get_or_init(|| OfdRenderer::new(library()))
}

fn library() -> Arc<FontLibrary> {
    fonts().clone()
}
