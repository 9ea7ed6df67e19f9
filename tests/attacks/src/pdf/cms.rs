//! CMS by hand, with every part free to lie.

use pki::asn1::{self, tag};
use pki::cms::CmsOptions;
use pki::{Certificate, Digest, DigestAlgorithm, ObjectIdentifier, Signer as _, SoftSigner, oid};

/// As a good signer makes it: PAdES baseline, the chain enclosed.
pub fn good(by: &SoftSigner, digest: &Digest) -> Vec<u8> {
    let prepared = pki::cms::prepare(digest, by.certificate(), by.algorithm(), &CmsOptions::pades());
    let prepared = prepared.expect("the digest is of the signer's function");
    let value = by.sign(prepared.to_be_signed()).expect("Ed25519 signs anything");
    prepared.finish(&value, by.chain())
}

/// Makes unsigned attributes over a signature value.
pub type Unsigned<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// What may be otherwise.
pub struct Odd<'a> {
    /// Whose key.
    pub by: &'a SoftSigner,
    /// The signed attributes; none for a signature over the digest itself.
    pub attributes: Option<Vec<Vec<u8>>>,
    /// Enclosed content.
    pub content: Option<Vec<u8>>,
    /// eContentType.
    pub content_type: ObjectIdentifier,
    /// digestAlgorithm.
    pub digest: Vec<u8>,
    /// signatureAlgorithm.
    pub algorithm: Vec<u8>,
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// How often the SignerInfo stands there.
    pub signers: usize,
    /// Unsigned attributes, made over the signature value.
    pub unsigned: Option<Unsigned<'a>>,
}

impl<'a> Odd<'a> {
    /// Nothing odd yet: over this digest.
    pub fn new(by: &'a SoftSigner, digest: &Digest) -> Odd<'a> {
        let mut certificates = vec![by.certificate().clone()];
        certificates.extend_from_slice(by.chain());
        Odd {
            by,
            attributes: Some(usual(by.certificate(), digest)),
            content: None,
            content_type: oid::DATA,
            digest: digest.algorithm().algorithm_identifier(),
            algorithm: by.algorithm().algorithm_identifier(),
            certificates,
            signers: 1,
            unsigned: None,
        }
    }

    /// The CMS.
    pub fn to_der(&self) -> Vec<u8> {
        let attributes = self.attributes.clone().map(asn1::set_of);
        let message = attributes.clone().or_else(|| self.content.clone()).unwrap_or_default();
        let signature = self.by.sign(&message).expect("Ed25519 signs anything");
        let implicit = attributes.map_or(Vec::new(), |mut set| {
            set[0] = tag::context(0);
            set
        });
        let unsigned = self.unsigned.map(|make| asn1::tlv(tag::context(1), &[&make(&signature)])).unwrap_or_default();
        let certificate = self.by.certificate();
        let serial = asn1::tlv(tag::INTEGER, &[certificate.serial()]);
        let info = asn1::sequence(&[
            &asn1::integer(1),
            &asn1::sequence(&[certificate.issuer().der(), &serial]),
            &self.digest,
            &implicit,
            &self.algorithm,
            &asn1::octet_string(&signature),
            &unsigned,
        ]);
        let mut certificates: Vec<&[u8]> = self.certificates.iter().map(Certificate::der).collect();
        certificates.sort_unstable();
        let content = self.content.as_ref().map(|content| asn1::explicit(0, &asn1::octet_string(content)));
        let signed_data = asn1::sequence(&[
            &asn1::integer(1),
            &asn1::set_of(vec![self.digest.clone()]),
            &asn1::sequence(&[&asn1::oid(&self.content_type), &content.unwrap_or_default()]),
            &asn1::explicit(0, &certificates.concat()),
            &asn1::tlv(tag::SET, &[&info.repeat(self.signers)]),
        ]);
        asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &signed_data)])
    }
}

/// An attribute.
pub fn attribute(kind: &ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(kind), &asn1::tlv(tag::SET, &[value])])
}

/// content-type, message-digest and signing-certificate-v2.
pub fn usual(certificate: &Certificate, digest: &Digest) -> Vec<Vec<u8>> {
    let hash = DigestAlgorithm::Sha256.digest(certificate.der());
    let id = asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&asn1::octet_string(hash.as_bytes())])])]);
    vec![
        attribute(&oid::CONTENT_TYPE, &asn1::oid(&oid::DATA)),
        attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(digest.as_bytes())),
        attribute(&oid::SIGNING_CERTIFICATE_V2, &id),
    ]
}
