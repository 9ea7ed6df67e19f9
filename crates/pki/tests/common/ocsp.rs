//! A responder for tests.

use pki::asn1::{self, tag};
use pki::ocsp::{CertId, OcspResponse};
use pki::{Certificate, Revocation, RevocationReason, Signer, SoftSigner, oid};
use time::OffsetDateTime;

/// What to say about one certificate, by whom.
pub(crate) struct Answer<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) issuer: &'a Certificate,
    pub(crate) responder: &'a SoftSigner,
    pub(crate) status: Status,
    pub(crate) this: OffsetDateTime,
    pub(crate) next: Option<OffsetDateTime>,
    pub(crate) enclosed: &'a [Certificate],
}

#[derive(Clone, Copy)]
pub(crate) enum Status {
    Good,
    Revoked(Revocation),
    Unknown,
}

pub(crate) fn revoked(at: OffsetDateTime, reason: RevocationReason) -> Status {
    Status::Revoked(Revocation { at, reason })
}

impl Answer<'_> {
    pub(crate) fn make(&self) -> OcspResponse {
        OcspResponse::from_der(&self.der()).unwrap()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let time = |at| asn1::generalized_time(at).unwrap();
        let id = CertId::new(self.certificate, self.issuer);
        let id = asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid(&id.algorithm), &asn1::null()]),
            &asn1::octet_string(&id.issuer_name),
            &asn1::octet_string(&id.issuer_key),
            &asn1::tlv(tag::INTEGER, &[&id.serial]),
        ]);
        let status = match self.status {
            Status::Good => asn1::tlv(tag::context_primitive(0), &[]),
            Status::Unknown => asn1::tlv(tag::context_primitive(2), &[]),
            Status::Revoked(entry) => {
                let reason = asn1::explicit(0, &asn1::tlv(tag::ENUMERATED, &[&[entry.reason as u8]]));
                asn1::tlv(tag::context(1), &[&time(entry.at), &reason])
            }
        };
        let next = self.next.map(|next| asn1::explicit(0, &time(next))).unwrap_or_default();
        let single = asn1::sequence(&[&id, &status, &time(self.this), &next]);
        let by = asn1::explicit(1, self.responder.certificate().subject().der());
        let tbs = asn1::sequence(&[&by, &time(self.this), &asn1::sequence(&[&single])]);
        let enclosed: Vec<u8> = self.enclosed.iter().flat_map(|certificate| certificate.der().to_vec()).collect();
        let certificates =
            if enclosed.is_empty() { Vec::new() } else { asn1::explicit(0, &asn1::sequence(&[&enclosed])) };
        let basic = asn1::sequence(&[
            &tbs,
            &self.responder.algorithm().algorithm_identifier(),
            &asn1::bit_string(&self.responder.sign(&tbs).unwrap()),
            &certificates,
        ]);
        let bytes = asn1::sequence(&[&asn1::oid(&oid::OCSP_BASIC), &asn1::octet_string(&basic)]);
        asn1::sequence(&[&asn1::tlv(tag::ENUMERATED, &[&[0]]), &asn1::explicit(0, &bytes)])
    }
}
