//! Makes the seeds of `fuzz/` anew, from the fixtures and from licenses issued on the spot:
//! `cargo run -p fuzz-targets --example seeds [TARGET …]`. Signatures on P-256 are randomised, so the files differ each
//! time.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../../crates/license-core/tests/verify_support/mod.rs"]
mod verify_support;

use std::fs;
use std::path::{Path, PathBuf};

use pki::cms::{self, CmsOptions};
use pki::{CrlTemplate, DigestAlgorithm, RevocationReason, Signer as _, asn1};
use time::Duration;
use time::macros::datetime;
use verify_support::recipe::Recipe;
use verify_support::{Court, ISSUED, MARKET, forge, good, report_maker, seal_der, signer};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn put(target: &str, name: &str, bytes: &[u8]) {
    let mut wanted = std::env::args().skip(1).peekable();
    if wanted.peek().is_some() && !wanted.any(|wanted| wanted == target) {
        return;
    }
    let folder = root().join("fuzz/seeds").join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(root().join("fixtures").join(path)).unwrap()
}

fn main() {
    let recipe = Recipe::bare(good());
    let (license_ofd, license_pdf) = (recipe.ofd(), recipe.pdf());
    let text = good().index().to_string();
    put("license", "license.ofd", &license_ofd);
    put("license", "license.pdf", &license_pdf);
    put("license", "license.txt", text.as_bytes());

    put("verify", "license.txt", text.as_bytes());
    put("verify", "signed-twice.pdf", &fixture("peers/signed-twice.pdf"));

    let samples = ["v4-invoice-valid", "sign-cms-econtent", "v1-seal", "v5-seal"];
    for (at, name) in samples.iter().enumerate() {
        let bytes = fixture(&format!("ofd-samples/{name}.ofd"));
        if at < 2 {
            put("package", name, &bytes);
            put("verify", name, &bytes);
        }
        parts(at + 1, &bytes);
    }
    parts(0, &license_ofd);
    for name in ["hello", "glyph-ids"] {
        put("package", name, &fixture(&format!("peers/{name}.ofd")));
    }
    put("pdf", "signed-twice", &fixture("peers/signed-twice.pdf"));
    put("pdf", "small", SMALL_PDF);
    put("pdf", "linearised", &fixture("peers/linearised.pdf"));
    put("pdf", "linearised-packed", &fixture("peers/linearised-packed-lta.pdf"));
    let attacks = [
        "1-incremental/content-overwritten",
        "2-structure/font-in-object-stream",
        "2-structure/points-back",
        "2-structure/next-generation",
        "2-structure/hybrid",
        "6-certification/locked-field",
        "4-universal-forgery/orphan",
    ];
    for path in attacks {
        let name = path.rsplit('/').next().unwrap();
        put("pdf", name, &fixture(&format!("attacks/pdf/{path}.pdf")));
    }
    put("pdf", "stamped", &fixture("attacks/pdf/base/notice-stamped.pdf"));
    put("pdf", "inspected", &fixture("attacks/pdf/base/notice-inspected.pdf"));

    for (target, part) in XML {
        put(target, "sound", &fs::read(root().join("tests/fuzz-targets/parts").join(part)).unwrap());
        let invoice = forge::open(&fixture("ofd-samples/v4-invoice-valid.ofd"));
        if let Some(found) = invoice.part(part).filter(|found| found.bytes().len() <= 4096) {
            put(target, "invoice", found.bytes());
        }
    }

    let (seal_signer, document, root_ca) =
        (signer(&format!("{MARKET}-seal")), signer(&format!("{MARKET}-document")), signer("sm2-ca"));
    for (name, one) in [("sm2", &seal_signer), ("p256", &document), ("ca", &root_ca)] {
        put("certificate", name, one.certificate().der());
        put("public_key", name, one.certificate().spki_der());
        put("signature_value", name, &one.sign(b"another message").unwrap());
        put("private_key", name, &one.key().to_pkcs8_der());
    }
    put("signature_value", "raw", &[0x5a; 64]);
    put("private_key", "pem", &fixture(&format!("pki/keys/{MARKET}-seal.key.pem")));
    let light = pki::KeyFileCost { memory_kib: 8, passes: 1, lanes: 1 };
    let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
    put("private_key", "key-file", document.key().to_key_file(b"p", light, &mut rng).unwrap().as_bytes());
    let crl = CrlTemplate::new(1, ISSUED, ISSUED + Duration::DAY)
        .revoke(seal_signer.certificate(), ISSUED, RevocationReason::KeyCompromise)
        .issue(&*root_ca)
        .unwrap();
    put("crl", "one", crl.der());

    let at = datetime!(2026-12-01 10:00 +8);
    for (name, by, options) in
        [("pades", &document, CmsOptions::pades()), ("gbt35275", &seal_signer, CmsOptions::gbt35275(at))]
    {
        let digest = by.algorithm().digest().digest(b"Signature.xml");
        let prepared = cms::prepare(&digest, by.certificate(), by.algorithm(), &options).unwrap();
        let signature = by.sign(prepared.to_be_signed()).unwrap();
        put("cms", name, &prepared.finish(&signature, &[]));
    }
    let value = |sample: &str| {
        let package = forge::open(&fixture(&format!("ofd-samples/{sample}.ofd")));
        package.part("Doc_0/Signs/Sign_0/SignedValue.dat").unwrap().bytes().to_vec()
    };
    put("cms", "econtent", &value("sign-cms-econtent"));
    put("ses", "econtent", &value("sign-cms-econtent"));
    put("ses", "v4", &value("v4-invoice-valid"));
    put("ses", "bare", &value("sign-bare-sm2"));
    // Seals without their large pictures, and signatures with them.
    let seal = eseal::Seal::from_der(&seal_der(MARKET)).unwrap();
    let mut content = seal.content().clone();
    content.picture.data = SMALL_PNG.to_vec();
    let other = DigestAlgorithm::Sm3.digest(b"another Signature.xml");
    for version in [eseal::Version::V1, eseal::Version::V4, eseal::Version::V5] {
        let maker = signer("seal-maker");
        let prepared = eseal::prepare_seal(&content, version, maker.certificate()).unwrap();
        let signature = maker.sign(prepared.to_be_signed()).unwrap();
        let small = prepared.finish(&signature).unwrap();
        put("seal", &format!("{version:?}").to_lowercase(), small.der());
        let to_sign = forge_ses(&small, &other, &seal_signer);
        put("ses", &format!("small-{version:?}").to_lowercase(), &to_sign);
    }
    put("seal_picture", "small.png", SMALL_PNG);
    put("seal_picture", "small.ofd", &fixture("peers/hello.ofd"));

    put("index", "text", text.as_bytes());
    put("index", "token", good().index().token().as_bytes());
    put("trust_list", "jws", &fixture("pki/trust/trust-list.jws"));
    put("trust_list", "json", &fixture("pki/trust/trust-list.json"));
    put("trust_list", "schema-2", &every_member_of_schema_2());
    let report = report_maker::signed(&Court::default(), text.as_bytes(), &report_maker::server());
    put("signed_report", "good", &report);
    put("record", "license", good().record_json());
    put("record", "permit", &fixture("vectors/record/food-operation-permit.json"));
}

/// Seeds of `verify_parts`: package, part, content.
fn parts(package: usize, bytes: &[u8]) {
    for (part, (name, content)) in forge::open(bytes).parts().enumerate() {
        if content.bytes().len() < 4096 && !name.ends_with(".png") {
            let name = format!("{package}-{}", name.replace('/', "-"));
            put("verify_parts", &name, &[&[package as u8, part as u8], content.bytes()].concat());
        }
    }
}

fn forge_ses(seal: &eseal::Seal, digest: &pki::Digest, signer: &pki::SoftSigner) -> Vec<u8> {
    let to_sign = asn1::sequence(&[
        &asn1::integer(4),
        seal.der(),
        &asn1::generalized_time(ISSUED).unwrap(),
        &asn1::bit_string(digest.as_bytes()),
        &asn1::ia5_string("/Doc_0/Signs/Sign_0/Signature.xml", "path").unwrap(),
    ]);
    let signature = signer.sign(&to_sign).unwrap();
    forge::ses_around(&to_sign, signer.certificate().der(), &pki::oid::SM2_WITH_SM3, &signature)
}

const XML: [(&str, &str); 12] = [
    ("xml_ofd", "OFD.xml"),
    ("xml_document", "Doc_0/Document.xml"),
    ("xml_page", "Doc_0/Pages/Page_0/Content.xml"),
    ("xml_template", "Doc_0/Tpls/Tpl_0/Content.xml"),
    ("xml_res", "Doc_0/PublicRes.xml"),
    ("xml_signatures", "Doc_0/Signs/Signatures.xml"),
    ("xml_signature", "Doc_0/Signs/Sign_0/Signature.xml"),
    ("xml_annotations", "Doc_0/Annots/Annotations.xml"),
    ("xml_annotation", "Doc_0/Annots/Page_0/Annotation.xml"),
    ("xml_attachments", "Doc_0/Attachs/Attachments.xml"),
    ("xml_custom_tags", "Doc_0/Tags/CustomTags.xml"),
    ("xml_entries", "OFDEntries.xml"),
];

const SMALL_PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]/Resources<</Font<</F 5 0 R>>>>>>\nendobj\n4 0 obj\n<</Length 36>>\nstream\nBT /F 12 Tf 72 700 Td (Hello) Tj ET \nendstream\nendobj\n5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n6 0 obj\n<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 9 9]/P 3 0 R>>\nendobj\nxref\n0 7\n0000000000 65535 f \n0000000009 00000 n \n0000000092 00000 n \n0000000143 00000 n \n0000000263 00000 n \n0000000347 00000 n \n0000000410 00000 n \ntrailer\n<</Size 7/Root 1 0 R>>\nstartxref\n491\n%%EOF\n";

/// One pixel.
const SMALL_PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0x00, 0x05, 0x00, 0x01, 0xff, 0x89, 0x99, 0x3d,
    0x1d, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// A list in which every member of schema 2 stands.
fn every_member_of_schema_2() -> Vec<u8> {
    use license_core::trust::{Event, KeyUse, Period, Pointer, Purpose, Scope, Service, SigningKey, Status, TrustList};
    let mut list = verify_support::trust().clone();
    list.issuers.truncate(1);
    let period = Period { from: Some(ISSUED), until: Some(ISSUED + Duration::days(365)) };
    let event = |day, status| Event { at: ISSUED + Duration::days(day), status, reason: "reason".to_owned() };
    let history = vec![event(0, Status::Granted), event(1, Status::Suspended), event(2, Status::Compromised)];
    let scope = Scope {
        types: vec!["11100000MB0143028R*".to_owned()],
        issuers: vec![MARKET.to_owned()],
        areas: vec!["34".to_owned(), "340100".to_owned()],
    };
    list.previous = Some(TrustList::digest_of("the edition before"));
    for anchor in &mut list.anchors {
        (anchor.period, anchor.scope, anchor.listed_only) = (period, scope.clone(), true);
        anchor.history.clone_from(&history);
    }
    let maker = signer("seal-maker");
    list.services.push(Service {
        period,
        scope: scope.clone(),
        history: history.clone(),
        ..Service::new("maker", maker.certificate().clone(), vec![Purpose::SealMaking, Purpose::TimeStamping])
    });
    let issuer = &mut list.issuers[0];
    (issuer.area, issuer.period, issuer.listed_only) = (Some("3401".to_owned()), period, true);
    issuer.history.clone_from(&history);
    issuer.index_keys[0].history.clone_from(&history);
    issuer.signing_keys.push(SigningKey {
        spki: maker.certificate().spki_der().to_vec(),
        key_use: KeyUse::Seal,
        period,
        history: history.clone(),
    });
    let root = signer("p256-root").certificate().clone();
    list.lists.push(Pointer {
        name: "yi".to_owned(),
        root,
        purposes: vec![Purpose::DocumentSigning],
        period,
        scope,
        history,
    });
    list.to_json()
}
