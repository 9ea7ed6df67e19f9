//! Certificate revocation lists (RFC 5280 5), read and made.

use crate::algorithm::{AlgorithmError, SignatureAlgorithm};
use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::certificate::Certificate;
use crate::extension::{self, Extension};
use crate::issue::{IssueError, signed};
use crate::name::{self, Name};
use crate::oid;
use crate::public_key::PublicKey;
use crate::signer::Signer;
use std::collections::HashMap;
use std::fmt;
use time::OffsetDateTime;

/// A longer list is not read.
pub const MAX_CRL_BYTES: usize = 32 * 1024 * 1024;

/// Bytes that are no revocation list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The DER is not that of a CertificateList.
    #[error("CRL: {0}")]
    Malformed(#[from] Asn1Error),
    /// The PEM armour is broken or holds something else.
    #[error("no PEM block X509 CRL")]
    Pem,
    /// Longer than [`MAX_CRL_BYTES`].
    #[error("a CRL of {0} bytes is too long")]
    TooLong(usize),
}

/// Why a certificate was revoked (CRLReason).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "RFC 5280 5.3.1 names them")]
pub enum RevocationReason {
    #[default]
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
}

impl RevocationReason {
    fn from_code(code: u32) -> Option<Self> {
        use RevocationReason as R;
        [
            R::Unspecified,
            R::KeyCompromise,
            R::CaCompromise,
            R::AffiliationChanged,
            R::Superseded,
            R::CessationOfOperation,
            R::CertificateHold,
            R::RemoveFromCrl,
            R::PrivilegeWithdrawn,
            R::AaCompromise,
        ]
        .into_iter()
        .find(|reason| *reason as u32 == code)
    }
}

/// One entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Since when.
    pub at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
}

/// A revocation list.
#[derive(Clone)]
pub struct Crl {
    der: Vec<u8>,
    tbs: std::ops::Range<usize>,
    issuer: Name,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    entries: HashMap<Vec<u8>, Revocation>,
    authority_key_id: Option<Vec<u8>>,
    algorithm: Result<SignatureAlgorithm, AlgorithmError>,
    signature: Vec<u8>,
    complete: bool,
    keeps_expired: bool,
}

impl Crl {
    /// Reads one DER list; nothing may follow it.
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_CRL_BYTES {
            return Err(CrlError::TooLong(der.len()));
        }
        let mut outer = asn1::whole(der, tag::SEQUENCE, "CertificateList")?.children();
        let header = der.len() - outer.rest().len();
        let tbs = outer.expect(tag::SEQUENCE, "tbsCertList")?;
        let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?.raw;
        let signature = outer.expect(tag::BIT_STRING, "signatureValue")?.bits()?.to_vec();
        outer.finish("CertificateList")?;

        let mut fields = tbs.children();
        fields.optional(tag::INTEGER, "version")?;
        if fields.expect(tag::SEQUENCE, "signature")?.raw != algorithm {
            return Err(Asn1Error::new("signature", "differs from signatureAlgorithm").into());
        }
        let issuer = name::read(&mut fields, "issuer")?;
        let this_update = fields.any("thisUpdate")?.time()?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(fields.any("nextUpdate")?.time()?),
            _ => None,
        };
        let (entries, entries_understood) = match fields.optional(tag::SEQUENCE, "revokedCertificates")? {
            Some(list) => read_entries(list.children())?,
            None => (HashMap::new(), true),
        };
        let extensions = match fields.optional(tag::context(0), "crlExtensions")? {
            Some(explicit) => {
                extension::read_all(asn1::whole(explicit.value, tag::SEQUENCE, "crlExtensions")?.children())?
            }
            None => Vec::new(),
        };
        fields.finish("tbsCertList")?;
        let find = |oid| extensions.iter().find(|extension| extension.oid == oid);
        let understood = [oid::AUTHORITY_KEY_IDENTIFIER, oid::CRL_NUMBER, oid::EXPIRED_CERTS_ON_CRL];
        let authority_key_id = match find(oid::AUTHORITY_KEY_IDENTIFIER) {
            Some(extension) => extension::authority_key_id(&extension.value)?,
            None => None,
        };
        Ok(Self {
            tbs: header..header + tbs.raw.len(),
            issuer,
            this_update,
            next_update,
            entries,
            authority_key_id,
            algorithm: SignatureAlgorithm::from_algorithm_identifier(algorithm),
            signature,
            // Deltas, partial and indirect lists announce themselves by critical extensions.
            complete: entries_understood
                && extensions.iter().all(|extension| !extension.critical || understood.contains(&extension.oid)),
            keeps_expired: find(oid::EXPIRED_CERTS_ON_CRL).is_some(),
            der: der.to_vec(),
        })
    }

    /// Reads a PEM `X509 CRL`.
    pub fn from_pem(pem: &str) -> Result<Self, CrlError> {
        match der::pem::decode_vec(pem.trim().as_bytes()) {
            Ok(("X509 CRL", der)) => Self::from_der(&der),
            _ => Err(CrlError::Pem),
        }
    }

    /// PEM armour around the list.
    pub fn to_pem(&self) -> Result<String, CrlError> {
        der::pem::encode_string("X509 CRL", der::pem::LineEnding::LF, &self.der).map_err(|_| CrlError::Pem)
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Who issued it.
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was made.
    pub const fn this_update(&self) -> OffsetDateTime {
        self.this_update
    }

    /// When the next one is promised.
    pub const fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// keyIdentifier of authorityKeyIdentifier.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.authority_key_id.as_deref()
    }

    /// Whether it speaks for all certificates of its issuer, in terms that are all understood here.
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether certificates stay listed after they expired (expiredCertsOnCRL).
    pub const fn keeps_expired(&self) -> bool {
        self.keeps_expired
    }

    /// The entry for a certificate of this issuer, by the content of its serial number.
    pub fn entry(&self, serial: &[u8]) -> Option<Revocation> {
        self.entries.get(serial).copied()
    }

    /// How many certificates are listed.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is listed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether `key` signed the list.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let tbs = &self.der[self.tbs.clone()];
        self.algorithm.as_ref().is_ok_and(|algorithm| key.verify(*algorithm, tbs, &self.signature).is_ok())
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {}, {} entries)", self.issuer, self.this_update, self.entries.len())
    }
}

/// Entries by serial number, and whether each critical entry extension was understood.
fn read_entries(mut list: Cursor<'_>) -> Result<(HashMap<Vec<u8>, Revocation>, bool), Asn1Error> {
    let mut entries = HashMap::new();
    let mut understood = true;
    let mut of_another_issuer = false;
    while !list.is_empty() {
        let mut entry = list.sequence("revokedCertificate")?;
        let serial = entry.expect(tag::INTEGER, "userCertificate")?.integer_bytes()?.to_vec();
        let at = entry.any("revocationDate")?.time()?;
        let mut reason = RevocationReason::Unspecified;
        if let Some(extensions) = entry.optional(tag::SEQUENCE, "crlEntryExtensions")? {
            for extension in extension::read_all(extensions.children())? {
                match extension.oid {
                    oid::CRL_REASON => {
                        let code = asn1::whole(&extension.value, tag::ENUMERATED, "reasonCode")?.small_integer()?;
                        reason =
                            RevocationReason::from_code(code).ok_or(Asn1Error::new("reasonCode", "unknown reason"))?;
                    }
                    oid::INVALIDITY_DATE => {}
                    // RFC 5280 5.3.3: an indirect list; the issuer carries over to all entries that follow.
                    oid::CERTIFICATE_ISSUER => (of_another_issuer, understood) = (true, false),
                    _ => understood &= !extension.critical,
                }
            }
        }
        entry.finish("revokedCertificate")?;
        if !of_another_issuer {
            entries.insert(serial, Revocation { at, reason });
        }
    }
    Ok((entries, understood))
}

/// Collects what a new list is to say.
#[derive(Clone, Debug)]
pub struct CrlTemplate {
    number: Vec<u8>,
    this_update: OffsetDateTime,
    next_update: OffsetDateTime,
    entries: Vec<(Vec<u8>, Revocation)>,
}

impl CrlTemplate {
    /// An empty list with this number, made and renewed at these times.
    pub fn new(number: u32, this_update: OffsetDateTime, next_update: OffsetDateTime) -> Self {
        Self { number: asn1::integer(number), this_update, next_update, entries: Vec::new() }
    }

    /// Lists a certificate.
    pub fn revoke(mut self, certificate: &Certificate, at: OffsetDateTime, reason: RevocationReason) -> Self {
        self.entries.push((certificate.serial().to_vec(), Revocation { at, reason }));
        self
    }

    /// Signs the list as the CA `issuer`.
    pub fn issue(&self, issuer: &dyn Signer) -> Result<Crl, IssueError> {
        if self.next_update < self.this_update {
            return Err(IssueError::Validity);
        }
        let mut entries = Vec::new();
        for (serial, revocation) in &self.entries {
            let reason = asn1::tlv(tag::ENUMERATED, &[&[revocation.reason as u8]]);
            // RFC 5280 5.3.1: unspecified is expressed by absence.
            let extensions = match revocation.reason {
                RevocationReason::Unspecified => Vec::new(),
                _ => asn1::sequence(&[&Extension::new(oid::CRL_REASON, false, reason).to_der()]),
            };
            let serial = asn1::tlv(tag::INTEGER, &[serial]);
            entries.extend(asn1::sequence(&[&serial, &asn1::x509_time(revocation.at)?, &extensions]));
        }
        // RFC 5280 5.1.2.6: no empty list.
        let revoked = if entries.is_empty() { entries } else { asn1::sequence(&[&entries]) };
        let ca = issuer.certificate();
        let key_id = ca.subject_key_id().unwrap_or_default();
        let authority = Extension::new(oid::AUTHORITY_KEY_IDENTIFIER, false, extension::authority_key_id_der(key_id));
        let number = Extension::new(oid::CRL_NUMBER, false, self.number.clone());
        let extensions = asn1::sequence(&[&authority.to_der(), &number.to_der()]);
        let tbs = asn1::sequence(&[
            &asn1::integer(1),
            &issuer.algorithm().algorithm_identifier(),
            ca.subject().der(),
            &asn1::x509_time(self.this_update)?,
            &asn1::x509_time(self.next_update)?,
            &revoked,
            &asn1::explicit(0, &extensions),
        ]);
        let der = signed(&tbs, issuer.algorithm(), &issuer.sign(&tbs)?);
        Crl::from_der(&der).map_err(|_| IssueError::Encode(Asn1Error::new("CertificateList", "does not read back")))
    }
}
