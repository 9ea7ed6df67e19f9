//! Reads a CertificateList.

use super::{Inner, Revocation, RevocationReason};
use crate::algorithm::SignatureAlgorithm;
use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::extension::{self, GeneralName, IssuingPoint};
use crate::name::{self, Name};
use crate::oid;
use std::collections::HashMap;

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
        entries.read(list.children(), &issuer)?;
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

/// Entries in the order of their issuers and serial numbers; a list may have some hundred thousand, and need not be honest:
/// each takes up little more than it does in the list.
pub(super) struct Entries {
    list: Vec<Entry>,
    /// Serial numbers, one behind the other.
    serials: Vec<u8>,
    /// Comparable names of other issuers than the list's own, with their numbers from 1 on.
    issuers: HashMap<Vec<Vec<u8>>, u32>,
    understood: bool,
    names_others: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    /// 0 for the list's own.
    issuer: u32,
    /// Its serial number among all.
    start: u32,
    length: u32,
    found: Revocation,
}

impl Default for Entries {
    fn default() -> Self {
        let (list, serials, issuers) = (Vec::new(), Vec::new(), HashMap::new());
        Self { list, serials, issuers, understood: true, names_others: false }
    }
}

impl Entries {
    pub(super) fn own(&self, serial: &[u8]) -> Option<Revocation> {
        self.find(0, serial)
    }

    pub(super) fn of_another(&self, issuer: &Name, serial: &[u8]) -> Option<Revocation> {
        self.find(*self.issuers.get(issuer.comparable())?, serial)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    fn find(&self, issuer: u32, serial: &[u8]) -> Option<Revocation> {
        let key = |entry: &Entry| (entry.issuer, self.serial(entry));
        let at = self.list.binary_search_by(|entry| key(entry).cmp(&(issuer, serial))).ok()?;
        self.list.get(at).map(|entry| entry.found)
    }

    fn serial(&self, entry: &Entry) -> &[u8] {
        serial(&self.serials, entry)
    }

    /// Of two entries for one certificate a revocation for good counts more than a hold, a hold more than its end, and of
    /// two alike the earlier.
    fn put_in_order(&mut self) {
        let weight = |entry: &Entry| match entry.found.reason {
            RevocationReason::RemoveFromCrl => 2,
            RevocationReason::CertificateHold => 1,
            _ => 0,
        };
        let serials = &self.serials;
        let key = |entry: &Entry| (entry.issuer, serial(serials, entry));
        self.list
            .sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| (weight(a), a.found.at).cmp(&(weight(b), b.found.at))));
        self.list.dedup_by(|later, first| key(later) == key(first));
        self.list.shrink_to_fit();
    }

    fn read(&mut self, mut list: Cursor<'_>, crl_issuer: &Name) -> Result<(), Asn1Error> {
        // RFC 5280 5.3.3: the issuer of an entry carries over to those that follow.
        let mut issuer = 0;
        while !list.is_empty() {
            let mut entry = list.sequence("revokedCertificate")?;
            let serial = entry.expect(tag::INTEGER, "userCertificate")?.integer_bytes()?;
            let mut at = entry.any("revocationDate")?.time()?;
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
                            issuer = if name.matches(crl_issuer) { 0 } else { self.number(&name)? };
                        }
                        _ => self.understood &= !extension.critical,
                    }
                }
            }
            entry.finish("revokedCertificate")?;
            let start = u32::try_from(self.serials.len()).map_err(|_| TOO_MANY)?;
            let length = u32::try_from(serial.len()).map_err(|_| TOO_MANY)?;
            self.serials.extend_from_slice(serial);
            self.list.push(Entry { issuer, start, length, found: Revocation { at, reason } });
        }
        self.put_in_order();
        Ok(())
    }

    fn number(&mut self, issuer: &Name) -> Result<u32, Asn1Error> {
        if let Some(known) = self.issuers.get(issuer.comparable()) {
            return Ok(*known);
        }
        let next = u32::try_from(self.issuers.len() + 1).map_err(|_| TOO_MANY)?;
        self.issuers.insert(issuer.comparable().to_vec(), next);
        Ok(next)
    }
}

fn serial<'s>(serials: &'s [u8], entry: &Entry) -> &'s [u8] {
    let start = entry.start as usize;
    serials.get(start..start + entry.length as usize).unwrap_or_default()
}

/// Lists are far shorter.
const TOO_MANY: Asn1Error = Asn1Error::new("revokedCertificates", "too many");

/// certificateIssuer: the directory name among its names.
fn issuer_of_entry(value: &[u8]) -> Result<Name, Asn1Error> {
    let names = GeneralName::read_all(asn1::whole(value, tag::SEQUENCE, "certificateIssuer")?.children())?;
    names
        .iter()
        .find_map(GeneralName::directory)
        .cloned()
        .ok_or(Asn1Error::new("certificateIssuer", "no directory name"))
}
