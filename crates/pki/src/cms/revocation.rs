//! Lists and answers that came with a signature: RFC 5652 10.2.1 and RFC 5940, and the attribute of PDF 32000-1 12.8.3.3.2.

use super::SignerInfo;
use crate::asn1::{self, Asn1Error, Element, tag};
use crate::crl::Crl;
use crate::ocsp::OcspResponse;
use crate::oid;

/// More of a kind are not read.
const MAX_ITEMS: usize = 32;

/// Revocation data inside a SignedData. What cannot be read is left out: it helps nobody.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CmsRevocation {
    /// Revocation lists.
    pub crls: Vec<Crl>,
    /// OCSP answers.
    pub ocsp: Vec<OcspResponse>,
}

impl CmsRevocation {
    /// Nothing came along.
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.ocsp.is_empty()
    }

    pub(super) fn read(crls: Option<Element<'_>>, signers: &[SignerInfo]) -> Self {
        let mut found = Self::default();
        // A broken choice ends the list, not the reading of the signature.
        let _ = crls.map(|crls| found.field(crls));
        let attributes = signers.iter().flat_map(|signer| signer.signed_attributes.iter().flatten());
        let archival = attributes.filter(|attribute| attribute.oid == oid::REVOCATION_INFO_ARCHIVAL);
        for value in archival.flat_map(|attribute| &attribute.values) {
            let _ = found.archival(value);
        }
        found
    }

    /// RevocationInfoChoices.
    fn field(&mut self, crls: Element<'_>) -> Result<(), Asn1Error> {
        let mut choices = crls.children();
        while !choices.is_empty() {
            let choice = choices.any("RevocationInfoChoice")?;
            if choice.tag == tag::context(1) {
                let mut other = choice.children();
                if other.oid("otherRevInfoFormat")? == oid::RI_OCSP_RESPONSE {
                    self.answer(other.any("otherRevInfo")?.raw);
                }
            } else {
                self.list(choice.raw);
            }
        }
        Ok(())
    }

    /// RevocationInfoArchival ::= SEQUENCE { crl [0] EXPLICIT SEQUENCE OF, ocsp [1] EXPLICIT SEQUENCE OF, … }.
    fn archival(&mut self, value: &[u8]) -> Result<(), Asn1Error> {
        let mut fields = asn1::whole(value, tag::SEQUENCE, "RevocationInfoArchival")?.children();
        if let Some(crls) = fields.optional(tag::context(0), "crl")? {
            let mut list = asn1::whole(crls.value, tag::SEQUENCE, "crl")?.children();
            while !list.is_empty() {
                self.list(list.any("CertificateList")?.raw);
            }
        }
        if let Some(answers) = fields.optional(tag::context(1), "ocsp")? {
            let mut list = asn1::whole(answers.value, tag::SEQUENCE, "ocsp")?.children();
            while !list.is_empty() {
                self.answer(list.any("OCSPResponse")?.raw);
            }
        }
        Ok(())
    }

    fn list(&mut self, der: &[u8]) {
        if self.crls.len() < MAX_ITEMS {
            self.crls.extend(Crl::from_der(der));
        }
    }

    fn answer(&mut self, der: &[u8]) {
        if self.ocsp.len() < MAX_ITEMS {
            self.ocsp.extend(OcspResponse::from_der(der));
        }
    }
}
