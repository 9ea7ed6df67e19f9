//! Reads a CertificateList.

use super::{Inner, Revocation, RevocationReason};
use crate::algorithm::SignatureAlgorithm;
use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::extension::{self, GeneralName, IssuingPoint};
use crate::name::{self, Name};
use crate::oid;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Critical extensions of a list that are understood; a delta, its base and the scope are acted upon.
const UNDERSTOOD: [der::asn1::ObjectIdentifier; 6] = [
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::CRL_NUMBER,
    oid::EXPIRED_CERTS_ON_CRL,
    oid::DELTA_CRL_INDICATOR,
    oid::ISSUING_DISTRIBUTION_POINT,
    oid::FRESHEST_CRL,
];

pub(super) fn read(der: &[u8]) -> Result<Inner, Asn1Error> {
    let mut outer = asn1::whole(der, tag::SEQUENCE, "CertificateList")?.children();
    let header = der.len() - outer.rest().len();
    let tbs = outer.expect(tag::SEQUENCE, "tbsCertList")?;
    let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?.raw;
    let signature = outer.expect(tag::BIT_STRING, "signatureValue")?.bits()?.to_vec();
    outer.finish("CertificateList")?;

    let mut fields = tbs.children();
    let version = fields.optional(tag::INTEGER, "version")?.map(|found| found.small_integer()).transpose()?;
    if version.is_some_and(|version| version != 1) {
        return Err(Asn1Error::new("version", "not 2"));
    }
    if fields.expect(tag::SEQUENCE, "signature")?.raw != algorithm {
        return Err(Asn1Error::new("signature", "differs from signatureAlgorithm"));
    }
    let issuer = name::read(&mut fields, "issuer")?;
    let this_update = fields.any("thisUpdate")?.time()?;
    let next_update = match fields.peek() {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(fields.any("nextUpdate")?.time()?),
        _ => None,
    };
    let mut entries = Entries::default();
    if let Some(list) = fields.optional(tag::SEQUENCE, "revokedCertificates")? {
        entries.read(list.children(), &issuer, this_update)?;
    }
    let extensions = match fields.optional(tag::context(0), "crlExtensions")? {
        Some(explicit) => extension::read_all(asn1::whole(explicit.value, tag::SEQUENCE, "crlExtensions")?.children())?,
        None => Vec::new(),
    };
    fields.finish("tbsCertList")?;
    let find = |oid| extensions.iter().find(|extension| extension.oid == oid).map(|found| found.value.as_slice());
    let number = |oid, field| find(oid).map(|value| magnitude(value, field)).transpose();
    let issuing_point = find(oid::ISSUING_DISTRIBUTION_POINT).map(IssuingPoint::from_der).transpose()?;
    let keeps_expired = find(oid::EXPIRED_CERTS_ON_CRL).is_some();
    let authority_key_id = match find(oid::AUTHORITY_KEY_IDENTIFIER) {
        Some(value) => extension::authority_key_id(value)?,
        None => None,
    };
    let (number, base_number) =
        (number(oid::CRL_NUMBER, "cRLNumber")?, number(oid::DELTA_CRL_INDICATOR, "BaseCRLNumber")?);
    let list_understood = extensions.iter().all(|extension| !extension.critical || UNDERSTOOD.contains(&extension.oid));
    // Other issuers are named in lists that say so, and in no others.
    let indirect = issuing_point.as_ref().is_some_and(|point| point.indirect);
    Ok(Inner {
        tbs: header..header + tbs.raw.len(),
        issuer,
        this_update,
        next_update,
        understood: list_understood && entries.understood && (indirect || !entries.names_others),
        entries,
        extensions,
        authority_key_id,
        number,
        base_number,
        issuing_point,
        algorithm: SignatureAlgorithm::from_algorithm_identifier(algorithm),
        algorithm_identifier: algorithm.to_vec(),
        signature,
        keeps_expired,
        der: der.to_vec(),
    })
}

fn magnitude(value: &[u8], field: &'static str) -> Result<Vec<u8>, Asn1Error> {
    Ok(asn1::whole(value, tag::INTEGER, field)?.unsigned()?.to_vec())
}

/// Entries by serial number; in an indirect list those of other issuers apart.
pub(super) struct Entries {
    own: HashMap<Vec<u8>, Revocation>,
    others: HashMap<Key, Revocation>,
    understood: bool,
    names_others: bool,
}

/// Comparable issuer name, serial number.
type Key = (Vec<Vec<u8>>, Vec<u8>);

impl Default for Entries {
    fn default() -> Self {
        Self { own: HashMap::new(), others: HashMap::new(), understood: true, names_others: false }
    }
}

impl Entries {
    pub(super) fn own(&self, serial: &[u8]) -> Option<Revocation> {
        self.own.get(serial).copied()
    }

    pub(super) fn of_another(&self, issuer: &Name, serial: &[u8]) -> Option<Revocation> {
        if self.others.is_empty() {
            return None;
        }
        self.others.get(&(issuer.comparable().to_vec(), serial.to_vec())).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.own.len() + self.others.len()
    }

    fn read(&mut self, mut list: Cursor<'_>, crl_issuer: &Name, made: OffsetDateTime) -> Result<(), Asn1Error> {
        // RFC 5280 5.3.3: the issuer of an entry carries over to those that follow.
        let mut another: Option<Vec<Vec<u8>>> = None;
        while !list.is_empty() {
            let mut entry = list.sequence("revokedCertificate")?;
            let serial = entry.expect(tag::INTEGER, "userCertificate")?.integer_bytes()?.to_vec();
            // What is listed is revoked when the list is made, whatever day is written beside it.
            let mut at = entry.any("revocationDate")?.time()?.min(made);
            let mut reason = RevocationReason::Unspecified;
            if let Some(extensions) = entry.optional(tag::SEQUENCE, "crlEntryExtensions")? {
                for extension in extension::read_all(extensions.children())? {
                    match extension.oid {
                        oid::CRL_REASON => {
                            let code = asn1::whole(&extension.value, tag::ENUMERATED, "reasonCode")?.small_integer()?;
                            reason = RevocationReason::from_code(code)
                                .ok_or(Asn1Error::new("reasonCode", "unknown reason"))?;
                        }
                        oid::INVALIDITY_DATE => at = at.min(super::invalidity_date(&extension.value)?),
                        oid::CERTIFICATE_ISSUER => {
                            self.names_others = true;
                            let name = issuer_of_entry(&extension.value)?;
                            another = (!name.matches(crl_issuer)).then(|| name.comparable().to_vec());
                        }
                        _ => self.understood &= !extension.critical,
                    }
                }
            }
            entry.finish("revokedCertificate")?;
            let found = Revocation { at, reason };
            match &another {
                None => keep(&mut self.own, serial, found),
                Some(issuer) => keep(&mut self.others, (issuer.clone(), serial), found),
            }
        }
        Ok(())
    }
}

/// Of two entries for one certificate a revocation for good counts more than a hold, a hold more than its end, and of two
/// alike the earlier.
fn keep<K: std::hash::Hash + Eq>(entries: &mut HashMap<K, Revocation>, key: K, found: Revocation) {
    let weight = |entry: &Revocation| match entry.reason {
        RevocationReason::RemoveFromCrl => 2,
        RevocationReason::CertificateHold => 1,
        _ => 0,
    };
    let known = entries.entry(key).or_insert(found);
    if (weight(&found), found.at) < (weight(known), known.at) {
        *known = found;
    }
}

/// certificateIssuer: the directory name among its names.
fn issuer_of_entry(value: &[u8]) -> Result<Name, Asn1Error> {
    let names = GeneralName::read_all(asn1::whole(value, tag::SEQUENCE, "certificateIssuer")?.children())?;
    names
        .iter()
        .find_map(GeneralName::directory)
        .cloned()
        .ok_or(Asn1Error::new("certificateIssuer", "no directory name"))
}
