//! Makes revocation lists.

use super::{Crl, Revocation, RevocationReason};
use crate::asn1::{self, Asn1Error, tag};
use crate::certificate::Certificate;
use crate::extension::{self, Extension};
use crate::issue::{IssueError, signed};
use crate::oid;
use crate::signer::Signer;
use time::OffsetDateTime;

/// Collects what a new list is to say.
#[derive(Clone, Debug)]
pub struct CrlTemplate {
    number: Vec<u8>,
    this_update: OffsetDateTime,
    next_update: OffsetDateTime,
    entries: Vec<Entry>,
    others: Vec<Extension>,
}

#[derive(Clone, Debug)]
struct Entry {
    serial: Vec<u8>,
    revoked: Revocation,
    invalid_since: Option<OffsetDateTime>,
}

impl CrlTemplate {
    /// An empty list with this number, made and renewed at these times.
    pub fn new(number: u32, this_update: OffsetDateTime, next_update: OffsetDateTime) -> Self {
        Self { number: asn1::integer(number), this_update, next_update, entries: Vec::new(), others: Vec::new() }
    }

    /// Lists a certificate.
    pub fn revoke(mut self, certificate: &Certificate, at: OffsetDateTime, reason: RevocationReason) -> Self {
        let revoked = Revocation { at, reason };
        self.entries.push(Entry { serial: certificate.serial().to_vec(), revoked, invalid_since: None });
        self
    }

    /// Lists a certificate whose key was no longer its holder's alone since `invalid_since`, before anybody noticed
    /// (invalidityDate).
    pub fn revoke_since(
        mut self,
        certificate: &Certificate,
        at: OffsetDateTime,
        reason: RevocationReason,
        invalid_since: OffsetDateTime,
    ) -> Self {
        self = self.revoke(certificate, at, reason);
        if let Some(entry) = self.entries.last_mut() {
            entry.invalid_since = Some(invalid_since);
        }
        self
    }

    /// One more extension of the list, as given: a scope, or the base that a delta extends.
    pub fn with_extension(mut self, extension: Extension) -> Self {
        self.others.push(extension);
        self
    }

    /// Signs the list as the CA `issuer`.
    pub fn issue(&self, issuer: &dyn Signer) -> Result<Crl, IssueError> {
        if self.next_update < self.this_update {
            return Err(IssueError::Validity);
        }
        let mut entries = Vec::new();
        for entry in &self.entries {
            entries.extend(entry.to_der()?);
        }
        // RFC 5280 5.1.2.6: no empty list.
        let revoked = if entries.is_empty() { entries } else { asn1::sequence(&[&entries]) };
        let ca = issuer.certificate();
        let key_id = ca.subject_key_id().unwrap_or_default();
        let authority = Extension::new(oid::AUTHORITY_KEY_IDENTIFIER, false, extension::authority_key_id_der(key_id));
        let number = Extension::new(oid::CRL_NUMBER, false, self.number.clone());
        let others: Vec<u8> = self.others.iter().flat_map(Extension::to_der).collect();
        let extensions = asn1::sequence(&[&authority.to_der(), &number.to_der(), &others]);
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

impl Entry {
    fn to_der(&self) -> Result<Vec<u8>, Asn1Error> {
        let mut extensions = Vec::new();
        // RFC 5280 5.3.1: unspecified is expressed by absence.
        if self.revoked.reason != RevocationReason::Unspecified {
            let reason = asn1::tlv(tag::ENUMERATED, &[&[self.revoked.reason as u8]]);
            extensions.extend(Extension::new(oid::CRL_REASON, false, reason).to_der());
        }
        if let Some(since) = self.invalid_since {
            let since = asn1::generalized_time(since)?;
            extensions.extend(Extension::new(oid::INVALIDITY_DATE, false, since).to_der());
        }
        let extensions = if extensions.is_empty() { extensions } else { asn1::sequence(&[&extensions]) };
        let serial = asn1::tlv(tag::INTEGER, &[&self.serial]);
        Ok(asn1::sequence(&[&serial, &asn1::x509_time(self.revoked.at)?, &extensions]))
    }
}
