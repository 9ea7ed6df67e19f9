//! Answers of an OCSP responder (RFC 6960), made here.

use pki::asn1;
use pki::{Certificate, Signer as _, SoftSigner, oid};
use time::{Duration, OffsetDateTime};

/// `certificate` is good, says `by` at `at`, and for three days; what is enclosed beside that is under no signature.
pub fn answer(
    certificate: &Certificate,
    issuer: &Certificate,
    by: &SoftSigner,
    at: OffsetDateTime,
    enclosed: &[&Certificate],
) -> Vec<u8> {
    let time = |at| asn1::generalized_time(at).unwrap();
    let id = pki::ocsp::CertId::new(certificate, issuer);
    let id = asn1::sequence(&[
        &asn1::sequence(&[&asn1::oid(&id.algorithm), &asn1::null()]),
        &asn1::octet_string(&id.issuer_name),
        &asn1::octet_string(&id.issuer_key),
        &asn1::tlv(asn1::tag::INTEGER, &[&id.serial]),
    ]);
    let good = asn1::tlv(asn1::tag::context_primitive(0), &[]);
    let next = asn1::explicit(0, &time(at + Duration::days(3)));
    let single = asn1::sequence(&[&id, &good, &time(at), &next]);
    let responder = asn1::explicit(1, by.certificate().subject().der());
    let tbs = asn1::sequence(&[&responder, &time(at), &asn1::sequence(&[&single])]);
    let enclosed: Vec<&[u8]> = enclosed.iter().map(|certificate| certificate.der()).collect();
    let enclosed = match enclosed.is_empty() {
        true => Vec::new(),
        false => asn1::explicit(0, &asn1::sequence(&enclosed)),
    };
    let value = asn1::bit_string(&by.sign(&tbs).unwrap());
    let basic = asn1::sequence(&[&tbs, &by.algorithm().algorithm_identifier(), &value, &enclosed]);
    let bytes = asn1::sequence(&[&asn1::oid(&oid::OCSP_BASIC), &asn1::octet_string(&basic)]);
    asn1::sequence(&[&asn1::tlv(asn1::tag::ENUMERATED, &[&[0]]), &asn1::explicit(0, &bytes)])
}
