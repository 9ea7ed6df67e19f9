//! prepare → to_be_signed → finish, for seals, plain signatures and the list of all files alike.

use eseal::{PreparedSignature, SealingRequest};
use ofd::{Budget, Facts, Package, Part, Provider, SignatureKind, SignatureRequest};
use pki::cms::{self, CmsOptions, PreparedCms};
use pki::{Certificate, Digest, DigestAlgorithm, KeyKind, SignatureAlgorithm, SignatureEncoding};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::error::SealingError;
use super::place::seal_size;
use super::request::{After, PlainRequest, SealRequest};
use crate::container;

/// A document that lacks nothing but the signature value.
#[derive(Debug)]
pub struct Prepared {
    room: Room,
    value: Value,
    signer: Certificate,
}

/// Where the signature value goes.
#[derive(Debug)]
pub(super) enum Room {
    Signature(ofd::Prepared),
    Entries(ofd::PreparedEntries),
}

/// What the signature value becomes.
#[derive(Debug)]
enum Value {
    Seal(PreparedSignature),
    Plain(PreparedCms, Vec<Certificate>),
}

/// Makes room for an electronic seal in a document that exists already.
///
/// The version of the seal decides the structure: v1 as GM/T 0031-2014, v4 as GB/T 38540-2020, v5 as GM/T 0031-2025.
pub fn prepare(package: Package, request: &SealRequest<'_>) -> Result<Prepared, SealingError> {
    if request.places.is_empty() {
        return Err(SealingError::NoPlace);
    }
    let look = match request.places.iter().any(super::Place::needs_text) {
        true => ofd::inspect_placed,
        false => ofd::inspect,
    };
    let facts = look(&package, &Budget::default());
    refuse_unsound(&facts)?;
    let mut stamps = Vec::new();
    for place in &request.places {
        stamps.extend(place.stamps(&facts.pages, seal_size(request.seal))?);
    }
    drop(facts);
    let last = request.after == After::Nothing;
    let form = SignatureRequest {
        kind: SignatureKind::Seal,
        stamps,
        seal_file: request.with_seal_file.then(|| Part::new(request.seal.der())),
        ..form(&request.company, request.at, last)
    };
    let mut room = ofd::prepare(package, &form, &sm3)?;
    let data_hash = DigestAlgorithm::Sm3.digest(room.to_be_signed());
    let path = room.signature_path();
    let mut sealing = SealingRequest::new(&data_hash, &path, request.at);
    // Nothing follows, so the zip is final but for this value; v1 has no room for extensions.
    if last && !request.before_integrity && request.seal.version() != eseal::Version::V1 {
        sealing = sealing.with_extension(container::extension(room.container()?));
    }
    let value = eseal::prepare_signature(request.seal, &sealing, request.signer)?;
    Ok(Prepared { room: Room::Signature(room), value: Value::Seal(value), signer: request.signer.clone() })
}

/// Makes room for a plain signature (`Type=Sign`): a detached GB/T 35275 value, as viewers accept it.
pub fn prepare_plain(package: Package, request: &PlainRequest<'_>) -> Result<Prepared, SealingError> {
    refuse_unsound(&ofd::inspect(&package, &Budget::default()))?;
    let form = SignatureRequest {
        kind: SignatureKind::Sign,
        ..form(&request.company, request.at, request.after == After::Nothing)
    };
    let room = ofd::prepare(package, &form, &sm3)?;
    let data_hash = DigestAlgorithm::Sm3.digest(room.to_be_signed());
    Prepared::plain(Room::Signature(room), &data_hash, request.signer, request.chain, request.at)
}

/// Nobody should sign what our own verifier, or anybody's, refuses afterwards for what the document is, nor what he
/// cannot have seen.
pub(super) fn refuse_unsound(facts: &Facts) -> Result<(), SealingError> {
    // What an earlier signer packed he answers for: some producers leave the tags of an invoice without a link.
    let signed = |name: &String| {
        facts.signatures.iter().any(|signature| crate::verify::ofd::protected(signature).any(|part| part == name))
    };
    if let Some(name) = facts.unreachable.iter().find(|name| !signed(name)) {
        let why = format!("no part of the document leads to {name}; it is to be taken out, or attached as a file");
        return Err(ofd::SignError::Unsound(why).into());
    }
    match crate::verify::ofd::package::objection(facts) {
        Some(problem) => Err(ofd::SignError::Unsound(problem.to_string()).into()),
        None => Ok(()),
    }
}

impl Prepared {
    pub(super) fn plain(
        room: Room,
        data_hash: &Digest,
        signer: &Certificate,
        chain: &[Certificate],
        at: OffsetDateTime,
    ) -> Result<Prepared, SealingError> {
        if !signer.public_key().is_ok_and(|key| key.kind() == KeyKind::Sm2) {
            return Err(SealingError::NotSm2 { signer: signer.subject().to_string() });
        }
        if !signer.valid_at(at) {
            return Err(SealingError::SignerNotValid { signer: signer.subject().to_string(), at });
        }
        let cms = cms::prepare(data_hash, signer, SignatureAlgorithm::Sm2Sm3, &CmsOptions::gbt35275(at))?;
        Ok(Prepared { room, value: Value::Plain(cms, chain.to_vec()), signer: signer.clone() })
    }

    /// The message for the key: SM2 with SM3 over these bytes themselves, with the usual user id. It may be signed by a
    /// [`pki::Signer`], a card or a service, now or tomorrow.
    pub fn to_be_signed(&self) -> &[u8] {
        match &self.value {
            Value::Seal(seal) => seal.to_be_signed(),
            Value::Plain(cms, _) => cms.to_be_signed(),
        }
    }

    /// Whose key signs it.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The document with this signature value. DER or the bare 64 bytes that devices give; a value that does not hold
    /// is refused.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<u8>, SealingError> {
        let signature = self.checked(signature)?;
        let value = match self.value {
            Value::Seal(seal) => seal.finish(&signature),
            Value::Plain(cms, chain) => cms.finish(&signature, &chain),
        };
        self.room.finish(value)
    }

    /// Takes the signature value and waits for a time-stamp over it. v1 seals have no place for one.
    pub fn signed(self, signature: &[u8]) -> Result<Unstamped, SealingError> {
        let signature = self.checked(signature)?;
        let value = match self.value {
            Value::Seal(seal) => Signed::Seal(seal.signed(&signature)?),
            Value::Plain(cms, chain) => Signed::Plain(cms, chain, signature),
        };
        Ok(Unstamped { room: self.room, value })
    }

    /// The value in DER, if it is this signer's over this message.
    fn checked(&self, signature: &[u8]) -> Result<Vec<u8>, SealingError> {
        let bad = |why: &dyn std::fmt::Display| SealingError::BadSignature(why.to_string());
        let key = self.signer.public_key().map_err(|error| bad(&error))?;
        let message = self.to_be_signed();
        key.verify_encoded(SignatureAlgorithm::Sm2Sm3, message, signature, SignatureEncoding::DerOrRaw)
            .map_err(|error| bad(&error))?;
        match pki::der_to_raw(signature, 32) {
            Ok(_) => Ok(signature.to_vec()),
            Err(_) => pki::raw_to_der(signature).map_err(|error| bad(&error)),
        }
    }
}

/// A signed document that waits for its time-stamp.
#[derive(Debug)]
pub struct Unstamped {
    room: Room,
    value: Signed,
}

#[derive(Debug)]
enum Signed {
    Seal(eseal::UnstampedSignature),
    Plain(PreparedCms, Vec<Certificate>, Vec<u8>),
}

impl Unstamped {
    /// What the service stamps: the signature value, whose digest is the messageImprint.
    pub fn to_be_stamped(&self) -> &[u8] {
        match &self.value {
            Signed::Seal(seal) => seal.to_be_stamped(),
            Signed::Plain(_, _, signature) => signature,
        }
    }

    /// The document with this time-stamp token (GB/T 20520, RFC 3161).
    pub fn finish(self, token: &[u8]) -> Result<Vec<u8>, SealingError> {
        let value = match self.value {
            Signed::Seal(seal) => seal.finish(token)?,
            Signed::Plain(cms, chain, signature) => {
                eseal::check_token(token, &signature)?;
                cms.finish_stamped(&signature, &chain, token)
            }
        };
        self.room.finish(value)
    }

    /// The document without one: the service gave no answer.
    pub fn finish_unstamped(self) -> Result<Vec<u8>, SealingError> {
        let value = match self.value {
            Signed::Seal(seal) => seal.finish_unstamped(),
            Signed::Plain(cms, chain, signature) => cms.finish(&signature, &chain),
        };
        self.room.finish(value)
    }
}

impl Room {
    fn finish(self, value: Vec<u8>) -> Result<Vec<u8>, SealingError> {
        Ok(match self {
            Room::Signature(room) => room.finish_zip(&value)?,
            Room::Entries(room) => room.finish(value).to_zip()?,
        })
    }
}

/// What seals and plain signatures have in common.
fn form(company: &str, at: OffsetDateTime, last: bool) -> SignatureRequest {
    SignatureRequest {
        kind: SignatureKind::Sign,
        provider: Provider {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            company: company.to_owned(),
        },
        signature_method: pki::oid::SM2_WITH_SM3.to_string(),
        check_method: pki::oid::SM3.to_string(),
        date_time: utc_text(at),
        stamps: Vec::new(),
        seal_file: None,
        protect_signature_list: last,
    }
}

/// `SignatureDateTime`, equal to the time inside the signature value.
fn utc_text(at: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day][hour][minute][second]Z");
    at.to_offset(UtcOffset::UTC).format(&format).unwrap_or_default()
}

fn sm3(bytes: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sm3.digest(bytes).as_bytes().to_vec()
}
