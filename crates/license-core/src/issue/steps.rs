//! The steps, each a type that the next one consumes.

use std::sync::Arc;

use eseal::SealingRequest;
use ofd::{Provider, Rect as OfdRect, SignatureKind, SignatureRequest, StampAnnot, Um};
use pki::DigestAlgorithm;
use pki::cms::{self, CmsOptions, PreparedCms};
use time::OffsetDateTime;
use time::macros::format_description;

use super::error::IssueError;
use super::issuer::Issuer;
use super::printer::Printer;
use super::stamps::{STAMP_ROOM, Tokens};
use crate::fill::Filled;
use crate::id::LicenseId;
use crate::index::{self, Claims, HolderKind, IndexText, cut_holder, cut_holder_to};
use crate::layout::{Marks, lay_out};
use crate::length::Rect;
use crate::page::Document;
use crate::qr::QrCode;
use crate::record::Record;
use crate::render::ofd::OfdInput;
use crate::render::pdf::{PdfInput, PreparedField, SignatureField};
use crate::render::{Attachment, Metadata, Relationship};
use crate::verify::{CHAIN_FILE, INDEX_FILE, RECORD_FILE};

/// The field of the issuer's signature in a PDF.
pub const SIGNATURE_FIELD: &str = "Seal1";
/// SM2 with SM3 (GB/T 33560).
const SM2_WITH_SM3: &str = "1.2.156.10197.1.501";
/// SM3 (GB/T 33560).
const SM3: &str = "1.2.156.10197.1.401";
/// What writes the files.
const CREATOR: &str = concat!("license-core ", env!("CARGO_PKG_VERSION"));
/// A name is not cut below this many bytes: six hanzi and the mark of a cut.
const SHORTEST_HOLDER: usize = 21;
/// Room for a CMS besides its certificates: attributes, identifiers, a signature of at most 512 bytes.
const CMS_OVERHEAD: usize = 1400;

/// The circumstances of an issue that are not in the record.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Time of issue and of all signatures.
    pub at: OffsetDateTime,
    /// What stands before the token in the QR code (`HTTPS://LICENSE.EXAMPLE.GOV.CN/V/`).
    pub address: &'a str,
    /// Position in the issuer's status list.
    pub status: u32,
    /// Whether 样张 SPECIMEN stands across every page.
    pub specimen: bool,
}

/// The record with its identifier, and the index ready to be signed.
#[derive(Debug)]
pub struct Draft {
    filled: Filled,
    record: Record,
    json: Arc<[u8]>,
    index: index::Prepared,
    address: String,
}

impl Draft {
    /// Fixes the record under `id`, which must be the issuer's, and the claims of the index. The record names the fonts of
    /// the printer that will lay it out.
    pub fn new(
        filled: Filled,
        id: LicenseId,
        issuer: &Issuer,
        printer: &Printer,
        occasion: &Occasion<'_>,
    ) -> Result<Draft, IssueError> {
        let record = Record::new(&filled, id)?.with_fonts(printer.fonts().set()?.digest());
        Draft::of(filled, record, issuer, occasion)
    }

    /// As [`new`](Self::new), with the record at hand.
    pub(super) fn of(
        filled: Filled,
        record: Record,
        issuer: &Issuer,
        occasion: &Occasion<'_>,
    ) -> Result<Draft, IssueError> {
        issuer.check_at(occasion.at)?;
        if record.issuer_code() != issuer.code().as_str() || record.issuer() != issuer.name() {
            let problem = format!("a license of {} is not {}'s to issue", record.issuer(), issuer.name());
            return Err(IssueError::Issuer(problem));
        }
        let json: Arc<[u8]> = record.to_canonical_json().into();
        let digest = DigestAlgorithm::Sha256.digest(&json);
        let mut face = [0; 16];
        face.copy_from_slice(&digest.as_bytes()[..16]);
        let mut claims = Claims {
            issuer: issuer.code().as_str().to_owned(),
            issued_at: u64::try_from(occasion.at.unix_timestamp()).unwrap_or_default(),
            type_code: record.id().type_code().as_str().to_owned(),
            serial: record.id().serial().to_owned(),
            version: record.id().version(),
            number: record.number().to_owned(),
            holder_kind: if record.holders().iter().any(crate::record::Holder::is_person) {
                HolderKind::Person
            } else {
                HolderKind::Organization
            },
            holder: cut_holder(&record.holder()),
            valid_from: record.valid_from(),
            valid_to: record.valid_to(),
            face,
            status: occasion.status,
        };
        let mut index = index::Prepared::new(&claims, issuer.index_algorithm(), issuer.index_key_id())?;
        // A long address or number leaves less room for the name: cut it until the QR code holds the text.
        while index.text_len(occasion.address) > crate::qr::MAX_CHARS && claims.holder.len() > SHORTEST_HOLDER {
            claims.holder = cut_holder_to(&record.holder(), claims.holder.len() - 1);
            index = index::Prepared::new(&claims, issuer.index_algorithm(), issuer.index_key_id())?;
        }
        Ok(Draft { filled, record, json, index, address: occasion.address.to_owned() })
    }

    /// What the index signer signs.
    pub fn to_be_signed(&self) -> &[u8] {
        self.index.to_be_signed()
    }

    /// Joins the index signature as a [`pki::Signer`] gives it.
    pub fn finish(self, signature: &[u8]) -> Result<Indexed, IssueError> {
        let raw = match pki::der_to_raw(signature, 32) {
            Ok(raw) => raw,
            Err(_) if signature.len() == 64 => signature.to_vec(),
            Err(_) => return Err(IssueError::Signature("the index signature has neither DER form nor 64 bytes")),
        };
        let index = IndexText::new(&self.address, self.index.finish(&raw)?)?;
        let qr = QrCode::new(&index.to_string())?;
        Ok(Indexed { filled: self.filled, record: self.record, json: self.json, index, qr })
    }
}

/// The record and its signed index.
#[derive(Debug)]
pub struct Indexed {
    filled: Filled,
    record: Record,
    json: Arc<[u8]>,
    index: IndexText,
    qr: QrCode,
}

impl Indexed {
    /// An issued license once more, for the face that is chosen in `filled`.
    pub(super) fn again(filled: Filled, record: Record, index: IndexText) -> Result<Indexed, IssueError> {
        let json = record.to_canonical_json().into();
        let qr = QrCode::new(&index.to_string())?;
        Ok(Indexed { filled, record, json, index, qr })
    }

    /// Lays out and writes both files, unsigned.
    pub fn render(self, printer: &Printer, issuer: &Issuer, occasion: &Occasion<'_>) -> Result<Rendered, IssueError> {
        let picture = issuer.picture();
        let marks = Marks { qr: Some(self.qr), specimen: occasion.specimen, seal_diameter: Some(picture.size.width) };
        let document = lay_out(&self.filled, printer.fonts(), &marks).map_err(IssueError::Layout)?;
        let metadata = properties(&self.record);
        let attachments = attachments(&self.json, &self.index);
        // Two faces of one license are two files: each has an identity of its own.
        let face = &self.filled.face().id;
        let further = if face == self.record.face() { "" } else { face };
        let digest = DigestAlgorithm::Sha256.digest(&[&self.json, further.as_bytes()].concat());
        let local = crate::calendar::china_date(occasion.at);
        let mut with_chain = attachments.clone();
        with_chain.extend(chain(issuer));
        let package = printer.ofd().render(
            &document,
            &OfdInput {
                metadata: metadata.clone(),
                doc_id: data_encoding::HEXLOWER.encode(&digest.as_bytes()[..16]),
                created: local,
                attachments: with_chain,
            },
        )?;
        let signature = seal_place(&document).map(|(page, rect)| SignatureField {
            name: SIGNATURE_FIELD.to_owned(),
            page,
            rect,
            appearance: picture.clone(),
            reserve: reserve(issuer),
            signed_at: occasion.at,
            signer: Some(issuer.name().to_owned()),
            reason: Some("颁发电子证照".to_owned()),
            location: None,
        });
        let prepared = self.filled.face().signatures.iter().map(|slot| PreparedField {
            name: slot.name.clone(),
            label: slot.label.clone(),
            page: 0,
            rect: Rect::from_mm(slot.at),
        });
        let prepared = prepared.collect();
        let input = PdfInput {
            metadata,
            created: occasion.at,
            seed: format!("{}{further}", self.record.id()).into_bytes(),
            attachments,
            signature,
            prepared,
        };
        let pdf = printer.pdf().render(&document, &input)?;
        Ok(Rendered { record: self.record, json: self.json, index: self.index, document, package, pdf })
    }
}

/// Both files, complete but unsigned.
#[derive(Debug)]
pub struct Rendered {
    record: Record,
    json: Arc<[u8]>,
    index: IndexText,
    document: Document,
    package: ofd::Package,
    pdf: Vec<u8>,
}

impl Rendered {
    /// The pages, for a preview.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Fixes every byte that will be signed: the OFD under the seal, the PDF under the CMS.
    pub fn prepare(self, issuer: &Issuer, occasion: &Occasion<'_>) -> Result<Prepared, IssueError> {
        let request = SignatureRequest {
            kind: SignatureKind::Seal,
            provider: Provider {
                name: "license-core".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                company: issuer.name().to_owned(),
            },
            signature_method: SM2_WITH_SM3.to_owned(),
            check_method: SM3.to_owned(),
            date_time: date_time(occasion.at),
            stamps: stamps(&self.document),
            // The seal is inside the signature value already; a second copy would only add bytes.
            seal_file: None,
            protect_signature_list: true,
        };
        let digest = |bytes: &[u8]| DigestAlgorithm::Sm3.digest(bytes).as_bytes().to_vec();
        let mut package = ofd::prepare(self.package, &request, &digest)?;
        let container = crate::container::extension(package.container()?);
        let data_hash = DigestAlgorithm::Sm3.digest(package.to_be_signed());
        let path = package.signature_path();
        let signer = issuer.seal_signer().certificate();
        let request = SealingRequest::new(&data_hash, &path, occasion.at).with_extension(container);
        let seal = eseal::prepare_signature(issuer.seal(), &request, signer)?;

        let pdf = pdf_sign::prepare(self.pdf, pdf_sign::Slot::Placeholder)?;
        let signer = issuer.document_signer();
        let mut hasher = signer.algorithm().digest().hasher();
        pdf.to_be_signed().iter().for_each(|range| hasher.update(range));
        let cms = cms::prepare(&hasher.finish(), signer.certificate(), signer.algorithm(), &CmsOptions::pades())?;
        Ok(Prepared { record: self.record, json: self.json, index: self.index, package, seal, pdf, cms })
    }
}

/// Everything but the two signature values.
#[derive(Debug)]
pub struct Prepared {
    record: Record,
    json: Arc<[u8]>,
    index: IndexText,
    package: ofd::Prepared,
    seal: eseal::PreparedSignature,
    pdf: pdf_sign::Prepared,
    cms: PreparedCms,
}

impl Prepared {
    /// What the seal's signer signs: TBS_Sign of GB/T 38540.
    pub fn seal_to_be_signed(&self) -> &[u8] {
        self.seal.to_be_signed()
    }

    /// What the document signer signs: the signed attributes of the CMS.
    pub fn pdf_to_be_signed(&self) -> &[u8] {
        self.cms.to_be_signed()
    }

    /// Joins both signatures.
    pub fn finish(self, seal: &[u8], document: &[u8], issuer: &Issuer) -> Result<Issued, IssueError> {
        self.finish_stamped(seal, document, &Tokens::default(), issuer)
    }

    /// Joins both signatures and the time-stamps over them. A v1 seal has no place for one.
    pub fn finish_stamped(
        self,
        seal: &[u8],
        document: &[u8],
        tokens: &Tokens,
        issuer: &Issuer,
    ) -> Result<Issued, IssueError> {
        let sealed = match &tokens.seal {
            Some(token) => self.seal.signed(seal)?.finish(token)?,
            None => self.seal.finish(seal),
        };
        let ofd = self.package.finish_zip(&sealed)?;
        let chain = issuer.document_signer().chain();
        let cms = match &tokens.document {
            Some(token) => self.cms.finish_stamped(document, chain, token),
            None => self.cms.finish(document, chain),
        };
        let pdf = self.pdf.finish(&cms)?;
        Ok(Issued { record: self.record, json: self.json, index: self.index, ofd, pdf })
    }
}

/// A license as issued.
#[derive(Debug)]
pub struct Issued {
    record: Record,
    json: Arc<[u8]>,
    index: IndexText,
    ofd: Vec<u8>,
    pdf: Vec<u8>,
}

impl Issued {
    /// 证照标识.
    pub fn id(&self) -> &LicenseId {
        self.record.id()
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The record as canonical JSON, the bytes that the index's face digest covers.
    pub fn record_json(&self) -> &[u8] {
        &self.json
    }

    /// The text of the QR code.
    pub fn index(&self) -> &IndexText {
        &self.index
    }

    /// The sealed OFD: the original (原件).
    pub fn ofd(&self) -> &[u8] {
        &self.ofd
    }

    /// The signed PDF.
    pub fn pdf(&self) -> &[u8] {
        &self.pdf
    }
}

/// What a file says of itself, all of it from the record.
pub(crate) fn properties(record: &Record) -> Metadata {
    Metadata {
        title: record.name().to_owned(),
        author: record.issuer().to_owned(),
        subject: format!("{} {}", record.type_name(), record.number()),
        keywords: vec!["电子证照".to_owned(), record.type_name().to_owned()],
        creator: CREATOR.to_owned(),
        custom: record.metadata(),
    }
}

fn file(name: &str, mime: &str, description: &str, bytes: Arc<[u8]>, relationship: Relationship) -> Attachment {
    Attachment {
        name: name.to_owned(),
        mime: mime.to_owned(),
        description: description.to_owned(),
        bytes,
        relationship,
    }
}

/// The CAs above the seal's signer: a GB/T 38540 value holds end certificates only.
fn chain(issuer: &Issuer) -> Option<Attachment> {
    let pem: String = issuer.seal_signer().chain().iter().map(pki::Certificate::to_pem).collect();
    let description = "签章证书链";
    (!pem.is_empty()).then(|| {
        file(
            CHAIN_FILE,
            "application/pem-certificate-chain",
            description,
            pem.into_bytes().into(),
            Relationship::Supplement,
        )
    })
}

fn attachments(json: &Arc<[u8]>, index: &IndexText) -> Vec<Attachment> {
    vec![
        file(RECORD_FILE, "application/json", "证照信息", json.clone(), Relationship::Data),
        file(INDEX_FILE, "text/plain", "证照索引", index.to_string().into_bytes().into(), Relationship::Supplement),
    ]
}

fn seal_place(document: &Document) -> Option<(usize, Rect)> {
    document.pages.iter().enumerate().find_map(|(page, found)| found.seal.map(|rect| (page, rect)))
}

fn stamps(document: &Document) -> Vec<StampAnnot> {
    let um = |length: crate::length::Length| Um(length.um());
    let places = document.pages.iter().enumerate().filter_map(|(page, found)| found.seal.map(|rect| (page, rect)));
    places
        .map(|(page, rect)| {
            let boundary = OfdRect { x: um(rect.x), y: um(rect.y), width: um(rect.width), height: um(rect.height) };
            StampAnnot::new(page, boundary)
        })
        .collect()
}

fn reserve(issuer: &Issuer) -> usize {
    let signer = issuer.document_signer();
    let chain: usize = signer.chain().iter().map(|certificate| certificate.der().len()).sum();
    let stamp = if issuer.stamps().is_some() { STAMP_ROOM } else { 0 };
    (CMS_OVERHEAD + signer.certificate().der().len() + chain + stamp).next_multiple_of(512)
}

fn date_time(at: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day][hour][minute][second]Z");
    at.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_default()
}
