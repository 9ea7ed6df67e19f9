//! A plain PDF of two pages, a small public-key world with a time-stamp service, and lists of both its CAs.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

#[path = "../verify_support/ocsp.rs"]
pub mod ocsp;

use license_core::pdf_signing::{Knowledge, Material, PdfRequest};
use pki::asn1::{self, tag};
use pki::{
    Certificate, CertificateTemplate, Crl, CrlTemplate, Digest, DigestAlgorithm, KeyKind, Name, ObjectIdentifier,
    PrivateKey, RevocationReason, Signer as _, SoftSigner, oid,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
pub const AT: OffsetDateTime = datetime!(2026-11-22 3:30 UTC);

/// A root, two CAs below it, signers and a time-stamp service.
pub struct World {
    pub root: SoftSigner,
    pub ca: SoftSigner,
    pub tsa_ca: SoftSigner,
    pub signer: SoftSigner,
    pub second: SoftSigner,
    pub tsa: SoftSigner,
    pub anchors: Vec<Certificate>,
}

pub fn name(common: &str) -> Name {
    Name::builder().country("CN").organization("测试机构").common_name(common).build()
}

fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey::generate(kind, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap()
}

pub fn child(above: &SoftSigner, kind: KeyKind, template: CertificateTemplate, years: i64) -> SoftSigner {
    let key = key(kind);
    let template = template.valid(FROM, FROM + Duration::days(365 * years)).with_crl_url("http://ca.example/list.crl");
    let certificate = template.issue(key.public_key(), above).unwrap();
    let mut chain = vec![above.certificate().clone()];
    chain.extend(above.chain().iter().filter(|upper| !upper.is_self_issued()).cloned());
    SoftSigner::new(key, certificate, chain).unwrap()
}

impl World {
    pub fn new(kind: KeyKind) -> World {
        let root_key = key(kind);
        let template = CertificateTemplate::root_ca(name("Root")).serial(&[1]);
        let root = template.valid(FROM, FROM + Duration::days(365 * 40)).self_sign(&root_key).unwrap();
        let root = SoftSigner::new(root_key, root, vec![]).unwrap();
        let ca = child(&root, kind, CertificateTemplate::issuing_ca(name("CA"), 0).serial(&[2]), 20);
        let tsa_ca = child(&root, kind, CertificateTemplate::issuing_ca(name("TSA CA"), 0).serial(&[3]), 30);
        let signer = child(&ca, kind, CertificateTemplate::document_signer(name("某市监督局")).serial(&[4]), 3);
        let second = child(&ca, kind, CertificateTemplate::document_signer(name("年检机关")).serial(&[5]), 3);
        let tsa = child(&tsa_ca, KeyKind::P256, CertificateTemplate::time_stamper(name("TSA")).serial(&[6]), 10);
        let anchors = vec![root.certificate().clone()];
        World { root, ca, tsa_ca, signer, second, tsa, anchors }
    }

    pub fn knowledge(&self, now: OffsetDateTime) -> Knowledge<'_> {
        Knowledge::new(&self.anchors, now)
    }

    pub fn list(&self, by: &SoftSigner, at: OffsetDateTime, revoked: Option<(&SoftSigner, OffsetDateTime)>) -> Crl {
        let mut list = CrlTemplate::new(1, at, at + Duration::days(7));
        if let Some((whose, when)) = revoked {
            list = list.revoke(whose.certificate(), when, RevocationReason::KeyCompromise);
        }
        list.issue(by).unwrap()
    }

    /// The lists of all three CAs.
    pub fn material(&self, at: OffsetDateTime) -> Material {
        let mut material = Material::new();
        for by in [&self.root, &self.ca, &self.tsa_ca] {
            material.add_crl(self.list(by, at, None).der()).unwrap();
        }
        material
    }

    pub fn token(&self, imprint: &Digest, at: OffsetDateTime) -> Vec<u8> {
        token(imprint, &self.tsa, at)
    }
}

/// A time-stamp token by this service.
pub fn token(imprint: &Digest, by: &SoftSigner, at: OffsetDateTime) -> Vec<u8> {
    let info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::oid(&ObjectIdentifier::new_unwrap("1.2.3.4")),
        &asn1::sequence(&[&imprint.algorithm().algorithm_identifier(), &asn1::octet_string(imprint.as_bytes())]),
        &asn1::integer(42),
        &asn1::generalized_time(at).unwrap(),
    ]);
    let certificate = by.certificate();
    let function = by.algorithm().digest();
    let attribute =
        |id: &ObjectIdentifier, value: &[u8]| asn1::sequence(&[&asn1::oid(id), &asn1::tlv(tag::SET, &[value])]);
    let hash = asn1::octet_string(DigestAlgorithm::Sha256.digest(certificate.der()).as_bytes());
    let names = asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&hash])])]);
    let signed = asn1::set_of(vec![
        attribute(&oid::CONTENT_TYPE, &asn1::oid(&oid::TST_INFO)),
        attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(function.digest(&info).as_bytes())),
        attribute(&oid::SIGNING_CERTIFICATE_V2, &names),
    ]);
    let mut implicit = signed.clone();
    implicit[0] = tag::context(0);
    let signer = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &asn1::tlv(tag::INTEGER, &[certificate.serial()])]),
        &function.algorithm_identifier(),
        &implicit,
        &by.algorithm().algorithm_identifier(),
        &asn1::octet_string(&by.sign(&signed).unwrap()),
    ]);
    let mut enclosed = vec![certificate.der().to_vec()];
    enclosed.extend(by.chain().iter().map(|upper| upper.der().to_vec()));
    enclosed.sort();
    let data = asn1::sequence(&[
        &asn1::integer(3),
        &asn1::set_of(vec![function.algorithm_identifier()]),
        &asn1::sequence(&[&asn1::oid(&oid::TST_INFO), &asn1::explicit(0, &asn1::octet_string(&info))]),
        &asn1::explicit(0, &enclosed.concat()),
        &asn1::set_of(vec![signer]),
    ]);
    asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &data)])
}

/// Two pages, the second one with coordinates that begin elsewhere.
pub fn plain_pdf() -> Vec<u8> {
    let content = "<</Length 38>>\nstream\nBT /F 12 Tf 72 700 Td (Hello) Tj ET   \nendstream";
    write(&[
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R 6 0 R] /Count 2>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
        content,
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [-10 20 585.5 862] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
    ])
}

/// A file of these objects, numbered from 1; the first is the catalog.
pub fn write(objects: &[&str]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (at, body) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{} 0 obj\n{body}\nendobj\n", at + 1).bytes());
    }
    let (xref, size) = (pdf.len(), objects.len() + 1);
    pdf.extend(
        format!(
            "xref\n0 {size}\n{table}trailer\n<</Size {size} /Root 1 0 R /ID [<01> <02>]>>\nstartxref\n{xref}\n%%EOF\n"
        )
        .bytes(),
    );
    pdf
}

/// Signs with the key at hand.
pub fn sign(pdf: Vec<u8>, request: &PdfRequest<'_>, by: &SoftSigner) -> Vec<u8> {
    let prepared = license_core::pdf_signing::prepare(pdf, request).unwrap();
    let signature = by.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}
