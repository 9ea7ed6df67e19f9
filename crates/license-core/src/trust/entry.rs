//! The entries of a list.

use std::sync::Arc;

use pki::{Certificate, ObjectIdentifier, PublicKey, oid};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::terms::{Event, Period, Scope, names_type};
use crate::index::Algorithm;

/// Length of a credit code (GB 32100).
pub(super) const CODE_LENGTH: usize = 18;

/// Extended key usages that signers of documents have elsewhere, besides that of RFC 9336: Adobe's, Microsoft's, and
/// e-mail. They are taken for documents of others, never for an issuer of the trust list or for a license.
pub const USAGES_OF_OTHERS: [ObjectIdentifier; 3] =
    [oid::KP_ADOBE_DOCUMENT_SIGNING, oid::KP_MICROSOFT_DOCUMENT_SIGNING, oid::KP_EMAIL_PROTECTION];

/// What a root may vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Certificates of issuers that sign and seal documents.
    DocumentSigning,
    /// Certificates of seal makers.
    SealMaking,
    /// Certificates of time-stamp authorities.
    TimeStamping,
}

impl Purpose {
    /// Every purpose with its word.
    pub const ALL: [(Purpose, &'static str); 3] = [
        (Purpose::DocumentSigning, "document-signing"),
        (Purpose::SealMaking, "seal-making"),
        (Purpose::TimeStamping, "time-stamping"),
    ];

    /// As written in lists.
    pub fn word(self) -> &'static str {
        Purpose::ALL.iter().find(|(purpose, _)| *purpose == self).map_or("", |(_, word)| word)
    }
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
    /// For whom and for what.
    pub scope: Scope,
    /// How it stood over time.
    pub history: Vec<Event>,
    /// It vouches for nobody but the services and signing keys that the list names.
    pub listed_only: bool,
    /// The list that it comes from, when that is another one than this.
    pub origin: Option<Arc<Origin>>,
}

impl Anchor {
    /// A root without limits.
    pub fn new(name: impl Into<String>, certificate: Certificate, purposes: Vec<Purpose>) -> Anchor {
        Anchor {
            name: name.into(),
            certificate,
            purposes,
            period: Period::default(),
            scope: Scope::default(),
            history: Vec::new(),
            listed_only: false,
            origin: None,
        }
    }
}

/// A certificate below a root that the list says something about: a seal maker, a time-stamp service, a CA in between.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name, for people.
    pub name: String,
    /// Its certificate. What is said holds for every certificate of its key.
    pub certificate: Certificate,
    /// What it may do.
    pub purposes: Vec<Purpose>,
    /// When.
    pub period: Period,
    /// For whom and for what.
    pub scope: Scope,
    /// How it stood over time.
    pub history: Vec<Event>,
    /// The list that it comes from, when that is another one than this.
    pub origin: Option<Arc<Origin>>,
}

impl Service {
    /// A service without limits.
    pub fn new(name: impl Into<String>, certificate: Certificate, purposes: Vec<Purpose>) -> Service {
        Service {
            name: name.into(),
            certificate,
            purposes,
            period: Period::default(),
            scope: Scope::default(),
            history: Vec::new(),
            origin: None,
        }
    }
}

/// An authority that may issue licenses.
#[derive(Clone, Debug, PartialEq)]
pub struct Issuer {
    /// 颁发机构代码.
    pub code: String,
    /// 颁发机构.
    pub name: String,
    /// The division it works for (GB/T 2260), when that is not the one in its code.
    pub area: Option<String>,
    /// Type codes it may issue, or their beginnings followed by `*`; empty means none, `*` means every type.
    pub types: Vec<String>,
    /// When.
    pub period: Period,
    /// How it stood over time.
    pub history: Vec<Event>,
    /// Keys that sign its indexes.
    pub index_keys: Vec<IndexKey>,
    /// Keys that sign and seal its documents, as far as there is something to say about them.
    pub signing_keys: Vec<SigningKey>,
    /// Its documents bear signatures of these keys and of no others.
    pub listed_only: bool,
    /// The list that it comes from, when that is another one than this.
    pub origin: Option<Arc<Origin>>,
}

impl Issuer {
    /// An issuer of these types, without keys.
    pub fn new(code: impl Into<String>, name: impl Into<String>, types: Vec<String>) -> Issuer {
        Issuer {
            code: code.into(),
            name: name.into(),
            area: None,
            types,
            period: Period::default(),
            history: Vec::new(),
            index_keys: Vec::new(),
            signing_keys: Vec::new(),
            listed_only: false,
            origin: None,
        }
    }

    /// Whether it may issue this type. Whether it might at some time is [`TrustList::may_issue`](super::TrustList::may_issue)'s question.
    pub fn may_issue(&self, type_code: &str) -> bool {
        let limited = self.origin.as_ref().is_some_and(|origin| !names_type(&origin.scope.types, type_code));
        names_type(&self.types, type_code) && !limited
    }

    /// Whether a certificate is this issuer's.
    pub fn owns(&self, certificate: &Certificate) -> bool {
        is_certificate_of(&self.code, certificate)
    }

    /// The division it works for: what the list says, else characters 3 to 8 of its code.
    pub fn area(&self) -> &str {
        self.area.as_deref().or_else(|| area_in(&self.code)).unwrap_or_default()
    }

    /// The divisions that limits are held against. Another operator cannot move an issuer into its limits by what it says
    /// about it: there the division in the code counts as well.
    pub(super) fn areas(&self) -> [Option<&str>; 2] {
        let also = self.origin.is_some() && self.area.is_some();
        [Some(self.area()), also.then(|| area_in(&self.code)).flatten()]
    }
}

/// The division inside a credit code.
pub(super) fn area_in(code: &str) -> Option<&str> {
    code.get(2..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
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
    /// How it stood over time.
    pub history: Vec<Event>,
    /// Its short name in tokens.
    pub id: [u8; 4],
}

impl IndexKey {
    /// A key with a period; `None` when its kind signs no indexes.
    pub fn new(key: PublicKey, period: Period) -> Option<IndexKey> {
        let algorithm = Algorithm::of(key.kind().default_algorithm())?;
        let id = crate::index::key_id(&key);
        Some(IndexKey { key, algorithm, period, history: Vec::new(), id })
    }
}

/// What a signing key of an issuer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyUse {
    /// Signs PDFs.
    Document,
    /// Uses the seal.
    Seal,
}

/// A key that signs or seals documents of an issuer.
#[derive(Clone, Debug, PartialEq)]
pub struct SigningKey {
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    /// What for.
    pub key_use: KeyUse,
    /// When it may sign.
    pub period: Period,
    /// How it stood over time.
    pub history: Vec<Event>,
}

/// Another operator's list, and what it may vouch for here (mutual recognition).
#[derive(Clone, Debug, PartialEq)]
pub struct Pointer {
    /// Short name: lower-case letters, digits, hyphens. Names files and addresses.
    pub name: String,
    /// The root that signs it.
    pub root: Certificate,
    /// What its anchors may vouch for here at most.
    pub purposes: Vec<Purpose>,
    /// When.
    pub period: Period,
    /// For whom and for what at most.
    pub scope: Scope,
    /// How it stood over time.
    pub history: Vec<Event>,
}

/// Where an entry comes from that another operator's list brought, with the limits that this list sets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Name of the list, as in [`Pointer`].
    pub name: String,
    /// Limits.
    pub period: Period,
    /// Limits.
    pub scope: Scope,
    /// How it stood over time.
    pub history: Vec<Event>,
    /// When that list's next edition is due.
    pub next_update: Option<OffsetDateTime>,
}

/// Whether a certificate is that of the organ with this credit code: its one organisation begins with the code, as seal
/// certificates of the national scheme write it (`O=<credit code><unit name>`).
///
/// Codes all have one length, so that none is the beginning of another; a subject with two organisations would be one
/// thing to this reader and another to the next.
pub(crate) fn is_certificate_of(code: &str, certificate: &Certificate) -> bool {
    code.len() == CODE_LENGTH && organization(certificate).is_some_and(|name| name.starts_with(code))
}

/// The one organisation of a subject.
fn organization(certificate: &Certificate) -> Option<&str> {
    let attributes = certificate.subject().attributes().iter();
    let mut organizations = attributes.filter(|attribute| attribute.oid == pki::oid::ORGANIZATION);
    match (organizations.next(), organizations.next()) {
        (Some(one), None) => Some(one.text.as_str()),
        _ => None,
    }
}

/// The credit code that a certificate's organisation begins with.
pub(super) fn code_of(certificate: &Certificate) -> Option<&str> {
    let code = organization(certificate)?.get(..CODE_LENGTH)?;
    code.parse::<crate::id::CreditCode>().is_ok().then_some(code)
}
