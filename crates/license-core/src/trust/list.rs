//! The content of a trust list and the questions put to it.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::{Certificate, PublicKey};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::jws;
use crate::index::{Algorithm, IndexText};

/// Most addresses, anchors, authorities, issuers and keys together that a list may hold.
const MAX_ENTRIES: usize = 100_000;
/// Length of a credit code (GB 32100).
const CODE_LENGTH: usize = 18;

/// A trust list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustListError {
    /// The envelope: form or signature.
    #[error(transparent)]
    Envelope(#[from] jws::JwsError),
    /// The JSON inside.
    #[error("trust list: {0}")]
    Json(String),
    /// An entry.
    #[error("trust list entry {place}: {problem}")]
    Entry {
        /// JSON pointer.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

/// A whole list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrustList {
    /// Rises with every edition; an older edition than the one at hand is refused by whoever keeps it.
    pub sequence: u64,
    /// Who keeps the list.
    pub operator: String,
    /// When this edition was made.
    pub issued_at: Option<OffsetDateTime>,
    /// When the next edition is due.
    pub next_update: Option<OffsetDateTime>,
    /// Addresses that QR codes lead to (`HTTPS://LICENSE.EXAMPLE.GOV.CN/V/`), former ones included; a code that leads
    /// elsewhere is refused. Empty: any address is taken, since none is under the index's signature.
    pub addresses: Vec<String>,
    /// Trusted roots.
    pub anchors: Vec<Anchor>,
    /// Certificates of CAs below the roots. They vouch for nobody by themselves; with them a path is found from a
    /// certificate that came alone, as in every GB/T 38540 signature.
    pub authorities: Vec<Certificate>,
    /// Trusted issuers.
    pub issuers: Vec<Issuer>,
}

/// A time span; both ends inclusive, an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// From when.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub from: Option<OffsetDateTime>,
    /// Until when.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
}

impl Period {
    /// Whether `at` lies inside.
    pub fn contains(&self, at: OffsetDateTime) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// What a root may vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Certificates of issuers that sign and seal documents.
    DocumentSigning,
    /// Certificates of seal makers.
    SealMaking,
    /// Certificates of time-stamp authorities.
    TimeStamping,
}

/// A trusted root.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// Its name, for people.
    pub name: String,
    /// Its certificate.
    pub certificate: Certificate,
    /// What it may vouch for.
    pub purposes: Vec<Purpose>,
    /// When.
    pub period: Period,
}

/// An authority that may issue licenses.
#[derive(Clone, Debug, PartialEq)]
pub struct Issuer {
    /// 颁发机构代码.
    pub code: String,
    /// 颁发机构.
    pub name: String,
    /// Type codes it may issue; empty means none, `*` means every type.
    pub types: Vec<String>,
    /// Keys that sign its indexes.
    pub index_keys: Vec<IndexKey>,
}

/// A key that signs indexes.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexKey {
    /// The key.
    pub key: PublicKey,
    /// Its algorithm; a token that claims another is refused.
    pub algorithm: Algorithm,
    /// When it may sign.
    pub period: Period,
    /// Its short name in tokens.
    pub id: [u8; 4],
}

impl IndexKey {
    /// A key with a period; `None` when its kind signs no indexes.
    pub fn new(key: PublicKey, period: Period) -> Option<IndexKey> {
        let algorithm = Algorithm::of(key.kind().default_algorithm())?;
        let id = crate::index::key_id(&key);
        Some(IndexKey { key, algorithm, period, id })
    }
}

impl Issuer {
    /// Whether it may issue this type.
    pub fn may_issue(&self, type_code: &str) -> bool {
        self.types.iter().any(|allowed| allowed == "*" || allowed == type_code)
    }

    /// Whether a certificate is this issuer's.
    pub fn owns(&self, certificate: &Certificate) -> bool {
        is_certificate_of(&self.code, certificate)
    }
}

/// Whether a certificate is that of the organ with this credit code: its one organisation begins with the code, as seal
/// certificates of the national scheme write it (`O=<credit code><unit name>`).
///
/// Codes all have one length, so that none is the beginning of another; a subject with two organisations would be one
/// thing to this reader and another to the next.
pub(crate) fn is_certificate_of(code: &str, certificate: &Certificate) -> bool {
    let attributes = certificate.subject().attributes().iter();
    let mut organizations = attributes.filter(|attribute| attribute.oid == pki::oid::ORGANIZATION);
    let (Some(one), None) = (organizations.next(), organizations.next()) else { return false };
    code.len() == CODE_LENGTH && one.text.starts_with(code)
}

impl TrustList {
    /// A list of roots alone, for a verifier that was given certificates and nothing else.
    pub fn of_roots(roots: impl IntoIterator<Item = Certificate>) -> TrustList {
        let anchors = roots.into_iter().map(|certificate| Anchor {
            name: certificate.subject().to_string(),
            certificate,
            purposes: vec![Purpose::DocumentSigning, Purpose::SealMaking, Purpose::TimeStamping],
            period: Period::default(),
        });
        TrustList { anchors: anchors.collect(), ..TrustList::default() }
    }

    /// Whether a verifier that holds `held` may go over to this edition: it must not be older, and an edition once
    /// seen is not seen again with another content.
    pub fn may_replace(&self, held: &TrustList) -> bool {
        self.sequence > held.sequence || self == held
    }

    /// Whether a QR code may lead to this address.
    pub fn knows_address(&self, address: &str) -> bool {
        self.addresses.is_empty() || self.addresses.iter().any(|known| known == address)
    }

    /// Whether the next edition was due before `at`: what this one says may have been withdrawn since.
    pub fn is_overdue(&self, at: OffsetDateTime) -> bool {
        self.next_update.is_some_and(|due| due < at)
    }

    /// Whether a key signs indexes for anyone. Such keys stand in servers that are always on and sign nothing else.
    pub fn is_index_key(&self, key: &PublicKey) -> bool {
        self.issuers.iter().flat_map(|issuer| &issuer.index_keys).any(|known| known.key.bits() == key.bits())
    }

    /// Checks the signature with one of the pinned roots and reads the list.
    pub fn open(text: &str, pinned: &[Certificate]) -> Result<TrustList, TrustListError> {
        TrustList::from_json(&jws::open(text.trim(), pinned)?)
    }

    /// Fixes the bytes to be signed by the root authority.
    pub fn prepare(&self, signer: &Certificate) -> Result<jws::Prepared, TrustListError> {
        Ok(jws::Prepared::new(&self.to_json(), signer)?)
    }

    /// The issuer with this code.
    pub fn issuer(&self, code: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.code == code)
    }

    /// The issuer that owns this certificate.
    pub fn issuer_of(&self, certificate: &Certificate) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.owns(certificate))
    }

    /// Roots that may vouch for `purpose` at `at`.
    pub fn anchors_for(&self, purpose: Purpose, at: OffsetDateTime) -> Vec<Certificate> {
        self.anchors
            .iter()
            .filter(|anchor| anchor.purposes.contains(&purpose) && anchor.period.contains(at))
            .map(|anchor| anchor.certificate.clone())
            .collect()
    }

    /// The JSON payload, pretty, keys in a fixed order.
    pub fn to_json(&self) -> Vec<u8> {
        // Plain data without maps of foreign keys: writing it cannot fail.
        serde_json::to_vec_pretty(&Wire::from(self)).unwrap_or_default()
    }

    /// Reads the JSON payload (the caller has checked its signature).
    pub fn from_json(json: &[u8]) -> Result<TrustList, TrustListError> {
        let wire: Wire = serde_json::from_slice(json).map_err(|error| TrustListError::Json(error.to_string()))?;
        wire.check()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    schema: u32,
    sequence: u64,
    operator: String,
    #[serde(with = "time::serde::rfc3339::option")]
    issued_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    next_update: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
    anchors: Vec<WireAnchor>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    authorities: Vec<String>,
    issuers: Vec<WireIssuer>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAnchor {
    name: String,
    certificate: String,
    purposes: Vec<Purpose>,
    #[serde(default)]
    period: Period,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireIssuer {
    code: String,
    name: String,
    types: Vec<String>,
    index_keys: Vec<WireKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKey {
    spki: String,
    #[serde(default)]
    period: Period,
}

impl From<&TrustList> for Wire {
    fn from(list: &TrustList) -> Wire {
        let anchor = |anchor: &Anchor| WireAnchor {
            name: anchor.name.clone(),
            certificate: STANDARD.encode(anchor.certificate.der()),
            purposes: anchor.purposes.clone(),
            period: anchor.period,
        };
        let key = |key: &IndexKey| WireKey { spki: STANDARD.encode(key.key.spki_der()), period: key.period };
        let issuer = |issuer: &Issuer| WireIssuer {
            code: issuer.code.clone(),
            name: issuer.name.clone(),
            types: issuer.types.clone(),
            index_keys: issuer.index_keys.iter().map(key).collect(),
        };
        Wire {
            schema: 1,
            sequence: list.sequence,
            operator: list.operator.clone(),
            issued_at: list.issued_at,
            next_update: list.next_update,
            addresses: list.addresses.clone(),
            anchors: list.anchors.iter().map(anchor).collect(),
            authorities: list.authorities.iter().map(|authority| STANDARD.encode(authority.der())).collect(),
            issuers: list.issuers.iter().map(issuer).collect(),
        }
    }
}

impl Wire {
    fn check(self) -> Result<TrustList, TrustListError> {
        let entry = |place: String, problem: &str| TrustListError::Entry { place, problem: problem.to_owned() };
        if self.schema != 1 {
            return Err(entry("/schema".into(), "only schema 1 is known"));
        }
        let keys: usize = self.issuers.iter().map(|issuer| issuer.index_keys.len()).sum();
        let lengths = [self.addresses.len(), self.anchors.len(), self.authorities.len(), self.issuers.len(), keys];
        if lengths.iter().sum::<usize>() > MAX_ENTRIES {
            return Err(entry("/".into(), "too many entries"));
        }
        if let Some(at) = self.addresses.iter().position(|address| IndexText::check_address(address).is_err()) {
            return Err(entry(format!("/addresses/{at}"), "an upper-case web address that ends in /V/"));
        }
        let mut anchors = Vec::with_capacity(self.anchors.len());
        for (at, wire) in self.anchors.into_iter().enumerate() {
            let certificate = certificate(&wire.certificate, format!("/anchors/{at}/certificate"))?;
            anchors.push(Anchor { name: wire.name, certificate, purposes: wire.purposes, period: wire.period });
        }
        let authorities = self.authorities.iter().enumerate();
        let authorities =
            authorities.map(|(at, text)| certificate(text, format!("/authorities/{at}"))).collect::<Result<_, _>>()?;
        let mut codes = HashSet::with_capacity(self.issuers.len());
        let mut issuers: Vec<Issuer> = Vec::with_capacity(self.issuers.len());
        for (at, wire) in self.issuers.into_iter().enumerate() {
            if wire.code.len() != CODE_LENGTH || !codes.insert(wire.code.clone()) {
                return Err(entry(format!("/issuers/{at}/code"), "18 characters, each issuer once"));
            }
            let mut index_keys = Vec::with_capacity(wire.index_keys.len());
            for (number, key) in wire.index_keys.iter().enumerate() {
                let place = || format!("/issuers/{at}/index_keys/{number}/spki");
                let spki = STANDARD.decode(&key.spki).map_err(|error| entry(place(), &error.to_string()))?;
                let parsed = PublicKey::from_spki_der(&spki).map_err(|error| entry(place(), &error.to_string()))?;
                let key = IndexKey::new(parsed, key.period)
                    .ok_or_else(|| entry(place(), "a key of this kind signs no indexes"))?;
                index_keys.push(key);
            }
            issuers.push(Issuer { code: wire.code, name: wire.name, types: wire.types, index_keys });
        }
        Ok(TrustList {
            sequence: self.sequence,
            operator: self.operator,
            issued_at: self.issued_at,
            next_update: self.next_update,
            addresses: self.addresses,
            anchors,
            authorities,
            issuers,
        })
    }
}

fn certificate(base64: &str, place: String) -> Result<Certificate, TrustListError> {
    let entry = |problem: String| TrustListError::Entry { place: place.clone(), problem };
    let der = STANDARD.decode(base64).map_err(|error| entry(error.to_string()))?;
    Certificate::from_der(&der).map_err(|error| entry(error.to_string()))
}
