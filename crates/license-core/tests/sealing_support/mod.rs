//! A document of four pages, and seals of every version made while the test runs.
#![allow(unreachable_pub, clippy::unwrap_used, missing_docs)]

use eseal::{Picture, Seal, SealContent, SignerList, Version};
use license_core::sealing::{SealRequest, SealingError, prepare, sign};
use license_core::trust::TrustList;
use ofd::model::{Font, Layer, Object, Page, TextObject};
use ofd::{Budget, DocInfo, Document, Rect, Size, Um};
use pki::asn1;
use pki::{CertificateTemplate, DigestAlgorithm, KeyKind, Name, PrivateKey, Signer as _, SoftSigner};
use time::OffsetDateTime;
use time::macros::datetime;

pub const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
pub const UNTIL: OffsetDateTime = datetime!(2031-01-01 0:00 UTC);
pub const AT: OffsetDateTime = datetime!(2026-11-22 3:30 UTC);

pub fn party(kind: KeyKind, name: &str) -> SoftSigner {
    let key = PrivateKey::generate(kind, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let template = CertificateTemplate::seal_maker(Name::builder().country("CN").common_name(name).build());
    let certificate = template.serial(&[7]).valid(FROM, UNTIL).self_sign(&key).unwrap();
    SoftSigner::new(key, certificate, vec![]).unwrap()
}

pub fn p256_signer() -> SoftSigner {
    party(KeyKind::P256, "another curve")
}

pub fn trust() -> TrustList {
    TrustList::default()
}

pub struct World {
    pub signer: SoftSigner,
    pub seal: Seal,
}

impl World {
    pub fn new(version: Version) -> World {
        World::of_size(version, 42)
    }

    /// A round seal of this diameter in millimetres.
    pub fn of_size(version: Version, diameter: u32) -> World {
        let (maker, signer) = (party(KeyKind::Sm2, "制章人"), party(KeyKind::Sm2, "某市行政审批局"));
        let content = SealContent {
            id: "33010000000001".into(),
            vendor_id: "TEST".into(),
            kind: 1,
            name: "某市行政审批局".into(),
            signers: SignerList::Certificates(vec![signer.certificate().der().to_vec()]),
            created: FROM,
            valid_from: FROM,
            valid_until: UNTIL,
            picture: Picture { format: "PNG".into(), data: vec![0x89; 300], width_mm: diameter, height_mm: diameter },
            extensions: vec![],
        };
        let prepared = eseal::prepare_seal(&content, version, maker.certificate()).unwrap();
        let signature = maker.sign(prepared.to_be_signed()).unwrap();
        World { seal: prepared.finish(&signature).unwrap(), signer }
    }

    pub fn seal(&self, bytes: &[u8], request: &SealRequest<'_>) -> Result<Vec<u8>, SealingError> {
        sign(prepare(ofd::read(bytes, &Budget::default()).unwrap(), request)?, &self.signer, None)
    }
}

/// Four pages; `（盖　章）` on the first and the last, the third is too small for a seal.
pub fn document() -> Vec<u8> {
    let mut document = Document::new(DocInfo { doc_id: "0123456789abcdef".repeat(2), ..DocInfo::default() });
    let font =
        document.add_font(Font { name: "宋体".to_owned(), family: None, bold: false, italic: false, file: None });
    let line = |y: i32, text: &str| {
        let advances = vec![Um::mm(5); text.chars().count() - 1];
        let place = Rect::mm(30, y, 100, 6);
        Object::Text(TextObject::new(font, Um::mm(5), place, (Um::ZERO, Um(4_400)), text, advances))
    };
    for page in 0..4 {
        let size = if page == 2 { Size::new(Um::mm(40), Um::mm(60)) } else { Size::A4 };
        let mut objects = vec![line(10, &format!("第 {} 页", page + 1))];
        if page == 0 || page == 3 {
            objects.push(line(254, "（盖章）"));
        }
        document.pages.push(Page { size, layers: vec![Layer::body(objects)], ..Page::default() });
    }
    document.package().unwrap().to_zip().unwrap()
}

/// One page with the record of a license of this type, unsigned.
pub fn license_like(template: &std::sync::Arc<license_core::template::Template>) -> Vec<u8> {
    use license_core::fill::{FillContext, fill};
    use license_core::id::{CreditCode, LicenseId};
    let fonts = license_core::fonts::FontLibrary::new(std::sync::Arc::new(license_assets::Bundled)).unwrap();
    let code: CreditCode = "11340100MB1D00012R".parse().unwrap();
    let name = template.sample[template.file.core.issuer.as_str()].as_str().unwrap();
    let context = FillContext { issuer_code: code, issuer_name: name, fonts: Some(&fonts), today: AT.date() };
    let filled = fill(template, &template.sample, &context).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let id = LicenseId::new(template.file.kind.code.parse().unwrap(), code, "2026000000001", 1).unwrap();
    let record = license_core::record::Record::new(&filled, id).unwrap();
    let mut document = Document::new(DocInfo { doc_id: "0123456789abcdef".repeat(2), ..DocInfo::default() });
    let [width, height] = template.file.faces[0].size.map(Um::from_mm);
    document.pages.push(Page { size: Size::new(width, height), ..Page::default() });
    let json = record.to_canonical_json();
    document.attachments.push(ofd::model::Attachment::hidden(license_core::verify::RECORD_FILE, "json", json));
    document.package().unwrap().to_zip().unwrap()
}

/// As much of a time-stamp token as a writer looks at: SignedData around a TSTInfo with this imprint.
pub fn token(message: &[u8]) -> Vec<u8> {
    let digest = DigestAlgorithm::Sm3.digest(message);
    let info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::oid(&pki::oid::SM3),
        &asn1::sequence(&[&DigestAlgorithm::Sm3.algorithm_identifier(), &asn1::octet_string(digest.as_bytes())]),
        &asn1::integer(1),
        &asn1::generalized_time(AT).unwrap(),
    ]);
    let content = asn1::sequence(&[
        &asn1::oid(&pki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4")),
        &asn1::explicit(0, &asn1::octet_string(&info)),
    ]);
    let data = asn1::sequence(&[&asn1::integer(3), &asn1::set_of(vec![]), &content, &asn1::set_of(vec![])]);
    asn1::sequence(&[&asn1::oid(&pki::oid::SIGNED_DATA), &asn1::explicit(0, &data)])
}
