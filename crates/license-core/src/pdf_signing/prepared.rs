//! prepare → to_be_signed → finish, with a time-stamp in between where one is asked for.

use pdf_sign::{
    Appearance, BlankField, Budget, Document, ExistingField, NewField, SignatureOptions, Slot, placeholder,
};
use pki::cms::{self, CmsOptions, PreparedCms};
use pki::tsp::{TimeStampRequest, TimeStampToken};
use pki::{Certificate, Digest, DigestAlgorithm, KeyKind, SignatureAlgorithm, Signer};

use super::error::PdfSigningError;
use super::request::{Field, PdfPlace, PdfRequest, Shape};
use crate::seal_picture;
use crate::sealing::TimeStampService;

/// `/SubFilter` of PAdES.
const PADES: &str = "ETSI.CAdES.detached";

/// A PDF that lacks nothing but the signature value.
#[derive(Debug)]
pub struct Prepared {
    room: pdf_sign::Prepared,
    cms: PreparedCms,
    signer: Certificate,
    chain: Vec<Certificate>,
    algorithm: SignatureAlgorithm,
}

/// Fixes every byte that will be signed. A file that our own verifier would refuse is not signed: one that was changed,
/// that is certified as final, or in which a new visible field would stand over what others have signed.
pub fn prepare(pdf: Vec<u8>, request: &PdfRequest<'_>) -> Result<Prepared, PdfSigningError> {
    let PdfRequest { signer, algorithm, .. } = *request;
    if !signer.valid_at(request.at) {
        return Err(PdfSigningError::SignerNotValid { signer: signer.subject().to_string(), at: request.at });
    }
    let options = match request.shape {
        Shape::Pades => CmsOptions::pades(),
        Shape::Gmt0010 => {
            if !signer.public_key().is_ok_and(|key| key.kind() == KeyKind::Sm2) {
                return Err(PdfSigningError::NotSm2 { signer: signer.subject().to_string() });
            }
            CmsOptions::gmt0010_pdf()
        }
    };
    // The length depends on everything but the digest itself.
    let rehearsal = cms::prepare(&algorithm.digest().digest(b""), signer, algorithm, &options)?;
    let estimate = rehearsal.max_len(request.chain) + request.stamp_room;
    let capacity = request.capacity.unwrap_or(estimate.next_multiple_of(ROUND)).min(placeholder::MAX_CAPACITY);
    let slot = slot(&pdf, request, capacity)?;
    let signed = is_signed(&pdf)?;
    let room = pdf_sign::prepare(pdf, slot)?;
    if signed {
        check_allowed(&room)?;
    }
    let cms = cms::prepare(&digest(&room, algorithm.digest()), signer, algorithm, &options)?;
    Ok(Prepared { room, cms, signer: signer.clone(), chain: request.chain.to_vec(), algorithm })
}

/// Signs, and stamps where a service is given: everything in one call. Without an answer of the service there is no
/// document.
pub fn sign(
    prepared: Prepared,
    signer: &dyn Signer,
    service: Option<&dyn TimeStampService>,
) -> Result<Vec<u8>, PdfSigningError> {
    let signature = signer.sign(prepared.to_be_signed())?;
    let Some(service) = service else { return prepared.finish(&signature) };
    let unstamped = prepared.signed(&signature)?;
    let token = service.token(unstamped.to_be_stamped()).map_err(PdfSigningError::NoToken)?;
    unstamped.with_token(&token)
}

impl Prepared {
    /// The message for the key, whole: the signed attributes. The algorithm digests it itself.
    pub fn to_be_signed(&self) -> &[u8] {
        self.cms.to_be_signed()
    }

    /// Whose key signs it.
    pub const fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// How it is signed.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The signed PDF, level B-B. Values on curves may be DER or the two numbers as devices give them; a value that does
    /// not hold is refused.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<u8>, PdfSigningError> {
        let signature = self.checked(signature)?;
        let value = self.cms.finish(&signature, &self.chain);
        self.room.finish(&value).map_err(PdfSigningError::of_finish)
    }

    /// Takes the signature value and waits for a time-stamp over it.
    pub fn signed(self, signature: &[u8]) -> Result<Unstamped, PdfSigningError> {
        let signature = self.checked(signature)?;
        Ok(Unstamped { prepared: self, signature })
    }

    /// The value in the form that CMS wants, if it is this signer's over this message.
    fn checked(&self, signature: &[u8]) -> Result<Vec<u8>, PdfSigningError> {
        let bad = |why: &dyn std::fmt::Display| PdfSigningError::BadSignature(why.to_string());
        let key = self.signer.public_key().map_err(|error| bad(&error))?;
        let width = match key.kind() {
            KeyKind::Sm2 | KeyKind::P256 => 32,
            KeyKind::P384 => 48,
            _ => 0,
        };
        let raw = width > 0 && signature.len() == 2 * width && pki::der_to_raw(signature, width).is_err();
        let value = if raw { pki::raw_to_der(signature).map_err(|error| bad(&error))? } else { signature.to_vec() };
        key.verify(self.algorithm, self.to_be_signed(), &value).map_err(|error| bad(&error))?;
        Ok(value)
    }
}

/// A signed PDF that waits for its time-stamp.
#[derive(Debug)]
pub struct Unstamped {
    prepared: Prepared,
    signature: Vec<u8>,
}

impl Unstamped {
    /// What the service stamps: the signature value, whose digest is the messageImprint.
    pub fn to_be_stamped(&self) -> &[u8] {
        &self.signature
    }

    /// The question to the service; give it a nonce.
    pub fn stamp_request(&self, function: DigestAlgorithm) -> TimeStampRequest {
        TimeStampRequest::new(function.digest(&self.signature))
    }

    /// The stamped PDF, level B-T. The token must hold, be over this signature, and fall into the validity of the signer.
    pub fn with_token(self, token: &[u8]) -> Result<Vec<u8>, PdfSigningError> {
        let Self { prepared, signature } = self;
        let read = TimeStampToken::from_der(token)?;
        let stamp = read.verify(|function| function.digest(&signature))?;
        if !prepared.signer.valid_at(stamp.time()) {
            let signer = prepared.signer.subject().to_string();
            return Err(PdfSigningError::StampOutsideValidity { signer, at: stamp.time() });
        }
        let value = prepared.cms.finish_stamped(&signature, &prepared.chain, read.der());
        prepared.room.finish(&value).map_err(PdfSigningError::of_finish)
    }

    /// The PDF without one, level B-B: the service gave no answer.
    pub fn finish_unstamped(self) -> Result<Vec<u8>, PdfSigningError> {
        let value = self.prepared.cms.finish(&self.signature, &self.prepared.chain);
        self.prepared.room.finish(&value).map_err(PdfSigningError::of_finish)
    }
}

/// Adds an empty field for a later signature: at a place, or unseen. Nobody may have signed the file yet.
pub fn add_field(
    pdf: Vec<u8>,
    name: &str,
    place: Option<PdfPlace>,
    lock: Option<pdf_sign::Lock>,
) -> Result<Vec<u8>, PdfSigningError> {
    let (page, rect) = match &place {
        Some(place) => (place.page, points(&pdf, place)?),
        None => (0, [0.0; 4]),
    };
    Ok(pdf_sign::add_blank_field(pdf, &BlankField { name: name.to_owned(), page, rect, lock })?)
}

/// Whether the file has signatures, all of them in order as far as structure goes. Files without the word are not opened.
fn is_signed(pdf: &[u8]) -> Result<bool, PdfSigningError> {
    const WORD: &[u8] = b"/ByteRange";
    if !pdf.windows(WORD.len()).any(|window| window == WORD) {
        return Ok(false);
    }
    let facts = pdf_sign::inspect(pdf, &Budget::default());
    match facts.flaws().iter().find(|flaw| !flaw.is_matter_of_policy()) {
        Some(flaw) if !facts.signatures.is_empty() => Err(PdfSigningError::Damaged(flaw.to_string())),
        _ => Ok(!facts.signatures.is_empty()),
    }
}

/// What earlier signatures forbid would be found by whoever verifies; so it is tried out first.
fn check_allowed(room: &pdf_sign::Prepared) -> Result<(), PdfSigningError> {
    const ANY_DER: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x00];
    let tried = room.clone().finish(&ANY_DER)?;
    let flaws = pdf_sign::inspect(&tried, &Budget::default()).flaws();
    match flaws.iter().find(|flaw| !flaw.is_matter_of_policy()) {
        Some(pdf_sign::Flaw::CertifiedFinal { .. }) => {
            Err(PdfSigningError::NotAllowed("its certification allows no change (P = 1)".to_owned()))
        }
        Some(pdf_sign::Flaw::VisibleFieldAdded { .. }) => {
            let why =
                "a new visible field might cover what was signed; use a field that was prepared, or an invisible one";
            Err(PdfSigningError::NotAllowed(why.to_owned()))
        }
        Some(flaw) => Err(PdfSigningError::NotAllowed(flaw.to_string())),
        None => Ok(()),
    }
}

/// The digest of the two ranges.
pub(super) fn digest(room: &pdf_sign::Prepared, function: DigestAlgorithm) -> Digest {
    let mut hasher = function.hasher();
    room.to_be_signed().iter().for_each(|range| hasher.update(range));
    hasher.finish()
}

fn slot(pdf: &[u8], request: &PdfRequest<'_>, capacity: usize) -> Result<Slot, PdfSigningError> {
    let appearance = match &request.picture {
        Some(bytes) => picture(bytes)?,
        None => Appearance::None,
    };
    let signature = SignatureOptions {
        appearance,
        sub_filter: request.sub_filter.clone().unwrap_or_else(|| PADES.to_owned()),
        capacity,
        signer: request.name.clone(),
        reason: request.reason.clone(),
        location: request.location.clone(),
        time: Some(request.at),
        certify: request.certify.map(super::Certification::p),
    };
    Ok(match &request.field {
        Field::Existing { name } => Slot::ExistingField(ExistingField { name: name.clone(), signature }),
        Field::New { name, place } => {
            let (page, rect) = match place {
                Some(place) => (place.page, points(pdf, place)?),
                None if request.picture.is_some() => {
                    return Err(PdfSigningError::Place("a picture needs a place to be shown at".to_owned()));
                }
                None => (0, [0.0; 4]),
            };
            Slot::NewField(NewField { name: name.clone(), page, rect, signature })
        }
    })
}

/// The place in the page's own coordinates.
fn points(pdf: &[u8], place: &PdfPlace) -> Result<[f64; 4], PdfSigningError> {
    let document = Document::open(pdf, &Budget::default()).map_err(pdf_sign::Error::from)?;
    let sizes = document.page_sizes().map_err(pdf_sign::Error::from)?;
    let pages = sizes.len();
    let page = sizes.get(place.page).ok_or(pdf_sign::Error::NoSuchPage { page: place.page, pages })?;
    if page.rotate.rem_euclid(360) != 0 {
        let why =
            format!("page {} is turned by {} degrees; prepare a field on it instead", place.page + 1, page.rotate);
        return Err(PdfSigningError::Place(why));
    }
    let rect = &place.rect;
    let (left, right) = (rect.x.pt(), rect.right().pt());
    let (top, bottom) = (page.height - rect.y.pt(), page.height - rect.bottom().pt());
    let slack = 0.01;
    let inside = left >= -slack && bottom >= -slack && right <= page.width + slack && top <= page.height + slack;
    if !inside || right <= left || top <= bottom {
        let mm = |points: f64| (points * 25.4 / 72.0 * 10.0).round() / 10.0;
        let why =
            format!("it reaches over the edge of page {} ({}×{} mm)", place.page + 1, mm(page.width), mm(page.height));
        return Err(PdfSigningError::Place(why));
    }
    Ok([left + page.left, bottom + page.bottom, right + page.left, top + page.bottom])
}

fn picture(bytes: &[u8]) -> Result<Appearance, PdfSigningError> {
    let raster = seal_picture::decode(bytes).map_err(|error| PdfSigningError::Picture(error.to_string()))?;
    let rgb = raster.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let alpha: Vec<u8> = raster.rgba.chunks_exact(4).map(|pixel| pixel[3]).collect();
    let alpha = alpha.iter().any(|alpha| *alpha != 255).then_some(alpha);
    Ok(Appearance::Image { width: raster.width, height: raster.height, rgb, alpha })
}

/// Room is reserved in steps of this.
const ROUND: usize = 512;
