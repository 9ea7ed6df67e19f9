//! Documents sealed by us as strangers see them: every version and place, one seal and two. ofd-core checks structure and
//! digests, ofdkit reads the text, OpenSSL and gmssl check both signatures of every seal over the bytes that the
//! standards name (v1 binds the maker's certificate and algorithm, later versions do not).
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use eseal::{Facts, Picture, Seal, SealContent, SignerList, Version};
use license_core::sealing::{
    After, IntegrityRequest, Keyword, Pick, Place, PlainRequest, SealRequest, Straddle, prepare_integrity,
    prepare_plain, sign,
};
use ofd::model::{Font, Layer, Object, Page, TextObject};
use ofd::{Budget, DocInfo, Document, Rect, Size, Um};
use pki::{CertificateTemplate, KeyKind, Name, PrivateKey, Signer as _, SoftSigner, asn1};
use tests::issued::scratch;
use tests::peers::{self, DigestVerdict};
use time::OffsetDateTime;
use time::macros::datetime;

const FROM: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
const UNTIL: OffsetDateTime = datetime!(2031-01-01 0:00 UTC);
const AT: OffsetDateTime = datetime!(2026-11-22 3:30 UTC);

/// Every version in every place, one and two seals: name, bytes, number of signatures.
fn documents() -> Vec<(String, Vec<u8>, usize)> {
    let mut documents = Vec::new();
    for version in [Version::V1, Version::V4, Version::V5] {
        let (signer, seal) = seal(version);
        let point = || Place::top_left(0, Um::mm(140), Um::mm(220));
        let words = Place::Keyword(Keyword::new("盖章").pick(Pick::All));
        let request = || SealRequest::new(&seal, signer.certificate(), AT);
        let apply = |bytes: &[u8], request: SealRequest<'_>| {
            let package = ofd::read(bytes, &Budget::default()).unwrap();
            sign(license_core::sealing::prepare(package, &request).unwrap(), &signer, None).unwrap()
        };
        let plain = document();
        let straddle = || Place::Straddle(Straddle::right());
        documents.push((format!("{version}, one"), apply(&plain, request().at(point())), 1));
        documents.push((format!("{version}, own file"), apply(&plain, request().at(point()).with_seal_file()), 1));
        documents.push((format!("{version}, straddle"), apply(&plain, request().at(straddle())), 1));
        documents.push((format!("{version}, keyword"), apply(&plain, request().at(words)), 1));
        let first = apply(&plain, request().at(point()).followed_by(After::More));
        let second = apply(&first, request().at(straddle()).followed_by(After::More));
        let package = ofd::read(&second, &Budget::default()).unwrap();
        let third = PlainRequest::new(signer.certificate(), &[], AT);
        let third = sign(prepare_plain(package, &third).unwrap(), &signer, None).unwrap();
        documents.push((format!("{version}, two"), second, 2));
        documents.push((format!("{version}, two and a plain one"), third, 3));
    }
    documents
}

#[test]
fn a_reader_by_other_hands_finds_every_digest_right() {
    for (name, bytes, signatures) in documents() {
        let found = peers::ofd_digests(&bytes);
        assert!(found.problems.is_empty(), "{name}: {:?}", found.problems);
        assert_eq!(found.signatures.len(), signatures, "{name}");
        for (files, verdict) in found.signatures {
            assert!(files >= 6 && verdict == DigestVerdict::Valid, "{name}: {files} {verdict:?}");
        }
    }
}

#[test]
fn a_reader_by_other_hands_still_finds_the_text() {
    let before = scratch(&document(), ".ofd");
    let Some(text) = peers::ofd_text(before.path()) else { return };
    for (name, bytes, _) in documents() {
        let sealed = scratch(&bytes, ".ofd");
        assert_eq!(peers::ofd_text(sealed.path()).unwrap(), text, "{name}");
        let Some(said) = peers::unzip_test(sealed.path()) else { continue };
        assert!(said.ok() && said.err.is_empty(), "{name}: {}{}", said.text(), said.err);
    }
}

#[test]
fn openssl_and_gmssl_verify_both_signatures_of_every_seal() {
    for (name, bytes, _) in documents() {
        let facts = ofd::inspect_bytes(&bytes, &Budget::default()).unwrap();
        for signature in &facts.signatures {
            let value = signature.value.as_ref().unwrap().bytes();
            match eseal::inspect(value) {
                Facts::Seal(sealed) => {
                    let seal = sealed.seal();
                    let digest = peers::openssl_sm3(signature.xml.as_ref().unwrap().bytes());
                    assert!(digest.is_none_or(|digest| digest == sealed.data_hash()), "{name}: dataHash");
                    // The two messages, cut out of the bytes here and not by the library under test.
                    let to_sign = child(value, 0);
                    let signer = sealed.signer().unwrap();
                    verify(&name, signer.der(), &to_sign, sealed.signature());
                    let info = child(seal.der(), 0);
                    let maker = seal.maker().unwrap();
                    let message = match seal.version() {
                        Version::V1 => {
                            let sign_info = child(seal.der(), 1);
                            asn1::sequence(&[&info, &child(&sign_info, 0), &child(&sign_info, 1)])
                        }
                        _ => info,
                    };
                    verify(&name, maker.der(), &message, seal.signature());
                }
                Facts::SignedData(data) => {
                    let info = &data.signers[0];
                    let signer = data.certificate_of(info).unwrap();
                    let digest = peers::openssl_sm3(signature.xml.as_ref().unwrap().bytes());
                    assert!(digest.is_none_or(|digest| info.message_digest() == Some(digest)), "{name}");
                    // ContentInfo → SignedData → signerInfos → the only one → its signed attributes, as a SET OF.
                    let signer_info = [1, 0, 4, 0].iter().fold(value.to_vec(), |inside, n| child(&inside, *n));
                    let mut message = child(&signer_info, 3);
                    message[0] = 0x31;
                    verify(&name, signer.der(), &message, &info.signature);
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

/// GM/T 0099 annex D beside the seals.
#[test]
fn the_list_of_all_files_disturbs_no_reader() {
    let (signer, seal) = seal(Version::V4);
    let request = SealRequest::new(&seal, signer.certificate(), AT)
        .at(Place::top_left(0, Um::mm(20), Um::mm(20)))
        .before_integrity();
    let package = ofd::read(&document(), &Budget::default()).unwrap();
    let sealed = sign(license_core::sealing::prepare(package, &request).unwrap(), &signer, None).unwrap();
    let package = ofd::read(&sealed, &Budget::default()).unwrap();
    let request = IntegrityRequest::new(signer.certificate(), &[], AT);
    let closed = sign(prepare_integrity(package, &request).unwrap(), &signer, None).unwrap();
    let found = peers::ofd_digests(&closed);
    assert!(found.signatures.iter().all(|(_, verdict)| *verdict == DigestVerdict::Valid), "{found:?}");
}

fn verify(name: &str, certificate: &[u8], message: &[u8], signature: &[u8]) {
    assert!(peers::openssl_sm2_verify(certificate, message, signature).unwrap_or(true), "{name}: OpenSSL");
    let key = pki::Certificate::from_der(certificate).unwrap().public_key().unwrap().bits().to_vec();
    assert!(peers::gmssl_sm2_verify(&key, message, signature).unwrap_or(true), "{name}: gmssl");
}

/// The n-th element inside a constructed one, tag and length included.
fn child(der: &[u8], n: usize) -> Vec<u8> {
    let mut inside = asn1::Cursor::new(der).any("outer").unwrap().children();
    for _ in 0..n {
        inside.any("skipped").unwrap();
    }
    inside.any("wanted").unwrap().raw.to_vec()
}

fn party(name: &str) -> SoftSigner {
    let key = PrivateKey::generate(KeyKind::Sm2, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let template = CertificateTemplate::seal_maker(Name::builder().country("CN").common_name(name).build());
    let certificate = template.serial(&[7]).valid(FROM, UNTIL).self_sign(&key).unwrap();
    SoftSigner::new(key, certificate, vec![]).unwrap()
}

fn seal(version: Version) -> (SoftSigner, Seal) {
    let (maker, signer) = (party("制章人"), party("某市行政审批局"));
    let content = SealContent {
        id: "33010000000001".into(),
        vendor_id: "TEST".into(),
        kind: 1,
        name: "某市行政审批局".into(),
        signers: SignerList::Certificates(vec![signer.certificate().der().to_vec()]),
        created: FROM,
        valid_from: FROM,
        valid_until: UNTIL,
        picture: Picture { format: "PNG".into(), data: vec![0x89; 300], width_mm: 42, height_mm: 42 },
        extensions: vec![],
    };
    let prepared = eseal::prepare_seal(&content, version, maker.certificate()).unwrap();
    let signature = maker.sign(prepared.to_be_signed()).unwrap();
    (signer, prepared.finish(&signature).unwrap())
}

/// Three pages, `（盖章）` on each.
fn document() -> Vec<u8> {
    let mut document = Document::new(DocInfo { doc_id: "0123456789abcdef".repeat(2), ..DocInfo::default() });
    let font =
        document.add_font(Font { name: "宋体".to_owned(), family: None, bold: false, italic: false, file: None });
    for page in 0..3 {
        let text = format!("第{}页（盖章）", page + 1);
        let advances = vec![Um::mm(5); text.chars().count() - 1];
        let place = Rect::mm(30, 200, 100, 6);
        let line = TextObject::new(font, Um::mm(5), place, (Um::ZERO, Um(4_400)), &text, advances);
        let layers = vec![Layer::body(vec![Object::Text(line)])];
        document.pages.push(Page { size: Size::A4, layers, ..Page::default() });
    }
    document.package().unwrap().to_zip().unwrap()
}
