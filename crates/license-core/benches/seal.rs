//! What sealing costs: `cargo bench -p license-core --bench seal`. Aim: 500 a second and core for a package of 100 KB
//! that exists already. Nothing fails here.
//!
//! The floor is SM3 over the files and one SM2 signature. Sealing also checks the signature value before it goes into the
//! document (one SM2 verification, which counts for sealing, not for the floor).
#![allow(clippy::unwrap_used, missing_docs)]

mod measure;

use eseal::{Picture, SealContent, SignerList, Version};
use license_core::sealing::{self, Keyword, Place, SealRequest};
use measure::{call, measure};
use ofd::model::{Attachment, Font, Layer, Object, Page, TextObject};
use ofd::{Budget, DocInfo, Document, Rect, Size, Um};
use pki::{CertificateTemplate, DigestAlgorithm, KeyKind, Name, PrivateKey, Signer as _, SoftSigner};
use time::macros::datetime;

fn main() {
    println!("{}\n", measure::machine());
    let (maker, signer) = (party("maker"), party("signer"));
    let content = SealContent {
        id: "33010000000001".into(),
        vendor_id: "BENCH".into(),
        kind: 1,
        name: "某市行政审批局".into(),
        signers: SignerList::Certificates(vec![signer.certificate().der().to_vec()]),
        created: datetime!(2026-01-01 0:00 UTC),
        valid_from: datetime!(2026-01-01 0:00 UTC),
        valid_until: datetime!(2031-01-01 0:00 UTC),
        // As large as the picture of a round seal.
        picture: Picture { format: "PNG".into(), data: noise(18_000), width_mm: 42, height_mm: 42 },
        extensions: vec![],
    };
    let prepared = eseal::prepare_seal(&content, Version::V4, maker.certificate()).unwrap();
    let signature = maker.sign(prepared.to_be_signed()).unwrap();
    let seal = prepared.finish(&signature).unwrap();
    let bytes = document();
    let read = || ofd::read(&bytes, &Budget::default()).unwrap();
    let package = read();
    let inflated: usize = package.parts().map(|(_, part)| part.bytes().len()).sum();
    println!("package of {} bytes, {inflated} inflated, {} files", bytes.len(), package.parts().len());

    let at = datetime!(2026-11-22 3:30 UTC);
    let request = |place: Place| SealRequest::new(&seal, signer.certificate(), at).at(place);
    let point = request(Place::top_left(0, Um::mm(140), Um::mm(220)));
    let words = request(Place::Keyword(Keyword::new("盖章")));
    let apply = |package: ofd::Package, request: &SealRequest<'_>| {
        sealing::sign(sealing::prepare(package, request).unwrap(), &signer, None).unwrap()
    };

    let files = noise(inflated);
    let message = noise(20_000);
    let value = signer.sign(&message).unwrap();
    let key = signer.certificate().public_key().unwrap();
    let mut calls = [
        call("floor: SM3 over the files", || assert!(!DigestAlgorithm::Sm3.digest(&files).as_bytes().is_empty())),
        call("floor: one SM2 signature", || drop(signer.sign(&message).unwrap())),
        call("beside it: one SM2 verification", || key.verify(signer.algorithm(), &message, &value).unwrap()),
        call("step: read", || drop(read())),
        // Read again: a package that is kept keeps its digests.
        call("step: read and prepare", || drop(sealing::prepare(read(), &point).unwrap())),
        call("from bytes: read, prepare, sign, check, finish", || drop(apply(read(), &point))),
        call("from bytes, the place found by its words", || drop(apply(read(), &words))),
        call("package kept with its digests (many seals on one document)", || drop(apply(package.clone(), &point))),
    ];
    let times = measure(&mut calls);
    let floor = times[0] + times[1];
    println!("  floor: SM3 over the files and one SM2 signature {floor:.0} µs");
    for ((name, _), time) in calls.iter().zip(&times).skip(5) {
        println!("  {name}\n    {:5.0} a second and core (aim: 500), {:.2} × the floor", 1e6 / time, time / floor);
    }
    println!("  at the end: {}", measure::machine());
}
fn party(name: &str) -> SoftSigner {
    let key = PrivateKey::generate(KeyKind::Sm2, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap();
    let template = CertificateTemplate::seal_maker(Name::builder().country("CN").common_name(name).build());
    let valid = template.serial(&[7]).valid(datetime!(2026-01-01 0:00 UTC), datetime!(2031-01-01 0:00 UTC));
    let certificate = valid.self_sign(&key).unwrap();
    SoftSigner::new(key, certificate, vec![]).unwrap()
}

/// Bytes that do not deflate.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(next).collect()
}

/// About 100 KB: a page of text, a font, an attachment.
fn document() -> Vec<u8> {
    let mut document = Document::new(DocInfo { doc_id: "0123456789abcdef".repeat(2), ..DocInfo::default() });
    let font = document.add_font(Font::embedded("Song", "Song", noise(60_000)));
    let line = |y: i32, text: &str| {
        let advances = vec![Um::mm(5); text.chars().count() - 1];
        let place = Rect::mm(30, y, 150, 6);
        Object::Text(TextObject::new(font, Um::mm(5), place, (Um::ZERO, Um(4_400)), text, advances))
    };
    let mut objects: Vec<Object> = (4..50).map(|row| line(row * 5, "电子证照电子证照电子证照电子证照")).collect();
    objects.push(line(254, "（盖章）"));
    document.pages.push(Page { size: Size::A4, layers: vec![Layer::body(objects)], ..Page::default() });
    document.attachments.push(Attachment::hidden("record.json", "json", noise(36_000)));
    document.package().unwrap().to_zip().unwrap()
}
