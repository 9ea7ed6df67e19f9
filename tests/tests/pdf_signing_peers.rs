//! What we sign, stamp and augment, as strangers see it: the strict checker on pyHanko, poppler, qpdf, OpenSSL's `cms` and
//! `ts`, and the rules of PDF/A. Time-stamps are made by OpenSSL behind the services of the tests.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::sync::{Arc, LazyLock};

use license_assets::Bundled;
use license_core::fill::{FillContext, fill};
use license_core::fonts::FontLibrary;
use license_core::layout::{Marks, lay_out};
use license_core::length::Rect;
use license_core::pdf_signing::{
    self, ArchiveRequest, Certification, Knowledge, Level, Material, PdfPlace, PdfRequest, PdfSigningError, Shape,
};
use license_core::render::Metadata;
use license_core::render::pdf::{PdfInput, PdfRenderer, PreparedField};
use license_core::template::Catalog;
use pdf_sign::Budget;
use pki::cms::SignedData;
use pki::{
    Certificate, CertificateTemplate, DigestAlgorithm, KeyKind, Name, PrivateKey, SignatureAlgorithm, Signer as _,
    SoftSigner,
};
use pki_client::{Allow, FetchOptions, Fetcher, Http, HttpOptions, TimeStampClient, TimeStampService};
use tests::issued::scratch;
use tests::peers::{self, Said};
use tests::places::fixture;
use tests::services::{Service, Services};
use tests::{issued, pdf_a};
use time::{Duration, OffsetDateTime};

/// A license of the shipped type, not signed, with two fields that wait.
static UNSIGNED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
    let catalog = Catalog::load(&Bundled).unwrap();
    let template = catalog.get("food-operation-permit").unwrap();
    let mut data = template.sample.clone();
    data.as_object_mut().unwrap().remove(&template.file.core.issuer);
    let context = FillContext {
        issuer_name: "样例市市场监督管理局",
        issuer_code: "11340100MB1D00012R".parse().unwrap(),
        today: time::macros::date!(2026 - 11 - 23),
        fonts: Some(&fonts),
    };
    let filled = fill(template, &data, &context).unwrap();
    let document = lay_out(&filled, &fonts, &Marks::default()).unwrap();
    let field = |name: &str, x: f64| PreparedField {
        name: name.to_owned(),
        label: "年检".to_owned(),
        page: 0,
        rect: Rect::from_mm([x, 152.0, 28.0, 28.0]),
    };
    let input = PdfInput {
        metadata: Metadata { title: document.title.clone(), ..Metadata::default() },
        created: time::macros::datetime!(2026-11-20 10:00 +8),
        seed: b"a license to be signed".to_vec(),
        attachments: Vec::new(),
        signature: None,
        prepared: vec![field("Inspection2027", 95.0), field("SM2", 126.0)],
    };
    PdfRenderer::new(fonts).render(&document, &input).unwrap()
});

/// Services, and everything that asks them.
struct House {
    services: Services,
    anchors: Vec<Certificate>,
    stamps: TimeStampClient,
    fetcher: Fetcher,
}

impl House {
    fn open() -> Option<House> {
        let services = Services::start()?;
        let anchors = vec![services.authority().root.certificate().clone()];
        let stamper = TimeStampService::at(&services.url(Service::TimeStamp)).unwrap();
        let stamps = TimeStampClient::new(vec![stamper], Http::new(&HttpOptions::default()).unwrap());
        let options = FetchOptions::new(Allow::Hosts(vec![services.host().parse().unwrap()]));
        let fetcher = Fetcher::new(options).unwrap();
        Some(House { services, anchors, stamps, fetcher })
    }

    fn signer(&self) -> &SoftSigner {
        self.services.authority().member("signer")
    }

    /// Another signer under the same CA.
    fn other(&self, key: PrivateKey, serial: u8) -> SoftSigner {
        let ca = &self.services.authority().ca;
        let name = Name::builder().country("CN").common_name("另一机关").build();
        let now = now();
        let template = CertificateTemplate::document_signer(name).serial(&[0x0c, serial]);
        let template = template.valid(now - Duration::DAY, now + Duration::days(900));
        let template = template.with_crl_url(&self.services.url(Service::Crl));
        let certificate = template.issue(key.public_key(), ca).unwrap();
        SoftSigner::new(key, certificate, vec![ca.certificate().clone()]).unwrap()
    }

    fn token(&self, digest: &pki::Digest) -> Vec<u8> {
        self.stamps.stamp(digest, &mut random()).unwrap().der().to_vec()
    }

    fn signed(&self, pdf: Vec<u8>, request: &PdfRequest<'_>, by: &SoftSigner) -> Vec<u8> {
        let prepared = pdf_signing::prepare(pdf, request).unwrap();
        let signature = by.sign(prepared.to_be_signed()).unwrap();
        prepared.finish(&signature).unwrap()
    }

    fn stamped(&self, pdf: Vec<u8>, request: PdfRequest<'_>, by: &SoftSigner) -> Vec<u8> {
        let prepared = pdf_signing::prepare(pdf, &request.with_time_stamp()).unwrap();
        let signature = by.sign(prepared.to_be_signed()).unwrap();
        let unstamped = prepared.signed(&signature).unwrap();
        let token = self.token(unstamped.stamp_request(DigestAlgorithm::Sha256).digest());
        unstamped.with_token(&token).unwrap()
    }

    /// Asks for everything that is missing, and puts it in.
    fn kept(&self, pdf: Vec<u8>) -> Vec<u8> {
        let knowledge = Knowledge::new(&self.anchors, now());
        let mut material = Material::new();
        let needs = pdf_signing::needs(&pdf, &knowledge, &material).unwrap();
        material.gather(&needs, &self.fetcher.question());
        let knowledge = Knowledge::new(&self.anchors, now());
        pdf_signing::augment_lt(pdf, &knowledge, &material).unwrap()
    }

    fn archived(&self, pdf: Vec<u8>) -> Vec<u8> {
        let knowledge = Knowledge::new(&self.anchors, now());
        let prepared = pdf_signing::prepare_archive(pdf, &ArchiveRequest::new(&knowledge)).unwrap();
        let token = self.token(prepared.imprint());
        prepared.with_token(&token).unwrap()
    }

    /// The strict checker, revocation as a hard failure.
    fn strictly(&self, pdf: &[u8], level: &str, more: &[&str]) -> Option<Said> {
        let file = scratch(pdf, ".pdf");
        let root = self.services.folder().join("root.pem");
        let mut args = vec!["--trust", root.to_str().unwrap(), "--require-level", level];
        args.extend(more);
        peers::check_pdf_signature(file.path(), args)
    }

    #[track_caller]
    fn valid(&self, what: &str, pdf: &[u8], level: &str, more: &[&str]) {
        let Some(said) = self.strictly(pdf, level, more) else { return };
        let good = said.ok() && said.text().contains("DOC verdict=VALID");
        assert!(good, "{what}: {}{}", said.text(), said.err);
    }

    /// Revocation lists as files, for levels at which the PDF does not carry them.
    fn lists(&self) -> [tempfile::NamedTempFile; 2] {
        let authority = self.services.authority();
        let now = now();
        [&authority.root, &authority.ca].map(|by| {
            let list = pki::CrlTemplate::new(7, now - Duration::MINUTE, now + Duration::days(7)).issue(by).unwrap();
            scratch(list.der(), ".crl")
        })
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc().replace_nanosecond(0).unwrap()
}

fn random() -> getrandom::rand_core::UnwrapErr<getrandom::SysRng> {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

fn seal() -> Vec<u8> {
    std::fs::read(fixture("pki/seals/11340100MB1D00012R.png")).unwrap()
}

/// qpdf has no complaint, poppler finds so many valid signatures, our own reader no flaw, and PDF/A holds.
#[track_caller]
fn sound(what: &str, pdf: &[u8], signatures: usize) {
    let facts = pdf_sign::inspect(pdf, &Budget::default());
    assert_eq!(facts.flaws(), [], "{what}");
    assert_eq!(facts.unused, [0; 0], "{what}");
    assert_eq!(facts.signatures.len(), signatures, "{what}");
    // Poppler lists document time-stamps, and judges none.
    let signatures = facts.signatures.iter().filter(|signature| !signature.is_doc_timestamp()).count();
    pdf_a::check(what, pdf);
    let file = scratch(pdf, ".pdf");
    if let Some(said) = peers::qpdf_check(file.path()) {
        assert!(said.ok() && !said.text().contains("WARNING"), "{what}: {}{}", said.text(), said.err);
    }
    if let Some(said) = peers::pdfsig(file.path()) {
        let valid = said.text().matches("- Signature Validation: Signature is Valid.").count();
        assert_eq!(valid, signatures, "{what}: {}", said.text());
    }
}

/// OpenSSL on every signature and token of the file.
#[track_caller]
fn openssl_agrees(house: &House, what: &str, pdf: &[u8]) {
    let root = house.services.folder().join("root.pem");
    let ca = house.services.folder().join("ssl/ca.pem");
    let (root, ca) = (root.to_str().unwrap(), ca.to_str().unwrap());
    let path = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
    let facts = pdf_sign::inspect(pdf, &Budget::default());
    for signature in &facts.signatures {
        let der = signature.der().unwrap();
        let ranges = signature.signed_bytes(pdf).unwrap().concat();
        let holds = |token: &[u8], stamped: &[u8]| {
            let token = scratch(token, ".tst");
            let digest = DigestAlgorithm::Sha256.digest(stamped).to_string();
            let said = peers::openssl(
                &[
                    "ts",
                    "-verify",
                    "-token_in",
                    "-in",
                    &path(&token),
                    "-digest",
                    &digest,
                    "-CAfile",
                    root,
                    "-untrusted",
                    ca,
                ],
                b"",
            );
            let said = said.unwrap();
            assert!(said.ok(), "{what}: {} {}", said.text(), said.err);
        };
        if signature.is_doc_timestamp() {
            holds(der, &ranges);
            continue;
        }
        let (value, content) = (scratch(der, ".cms"), scratch(&ranges, ".bin"));
        let (value, content) = (path(&value), path(&content));
        let args = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", &value, "-content", &content];
        let trust = ["-CAfile", root, "-purpose", "any", "-out", "/dev/null"];
        let Some(said) = peers::openssl(&[&args[..], &trust].concat(), b"") else { return };
        assert!(said.ok(), "{what}: {}", said.err);
        let signed = SignedData::from_der(der).unwrap();
        for attribute in &signed.signers[0].unsigned_attributes {
            attribute.values.iter().for_each(|token| holds(token, &signed.signers[0].signature));
        }
    }
}

#[test]
fn every_level_from_b_b_to_b_lta() {
    let Some(house) = House::open() else { return };
    let by = house.signer();
    let place = PdfPlace { page: 0, rect: Rect::from_mm([215.0, 139.0, 42.0, 42.0]) };
    let request = || {
        let request = PdfRequest::by(by, now()).in_new_field("Seal1").visible_at(place).showing(seal());
        request.certifying(Certification::Final).named("样例市某局").because("颁发电子证照")
    };
    let lists = house.lists();
    let [root_list, ca_list] = [0, 1].map(|at| lists[at].path().to_str().unwrap());
    let with_lists = ["--revocation", "hard-fail", "--crl", root_list, "--crl", ca_list];
    let hard = ["--revocation", "hard-fail"];

    let plain = house.signed(UNSIGNED.clone(), &request(), by);
    sound("B-B", &plain, 1);
    openssl_agrees(&house, "B-B", &plain);
    house.valid("B-B", &plain, "B-B", &with_lists);

    let stamped = house.stamped(UNSIGNED.clone(), request(), by);
    sound("B-T", &stamped, 1);
    openssl_agrees(&house, "B-T", &stamped);
    house.valid("B-T", &stamped, "B-T", &with_lists);

    let kept = house.kept(stamped);
    sound("B-LT", &kept, 1);
    house.valid("B-LT", &kept, "B-LT", &hard);

    let archived = house.archived(kept);
    sound("B-LTA", &archived, 2);
    openssl_agrees(&house, "B-LTA", &archived);
    house.valid("B-LTA", &archived, "B-LTA", &hard);
    let knowledge = Knowledge::new(&house.anchors, now());
    assert_eq!(pdf_signing::level(&archived, &knowledge).unwrap(), Level::Lta);

    // Once more, as a renewal after years would do it.
    let renewed = house.archived(house.kept(archived));
    sound("renewed", &renewed, 3);
    openssl_agrees(&house, "renewed", &renewed);
    house.valid("renewed", &renewed, "B-LTA", &hard);
}

#[test]
fn a_license_as_the_office_issues_it_is_stamped_and_archived() {
    let Some(house) = House::open() else { return };
    // The license's own CA is the deployment's; the stamps come from the services'.
    let license = issued::named("food");
    let root = std::fs::read(fixture("pki/trust/root-p256.pem")).unwrap();
    let root = Certificate::from_pem(&String::from_utf8(root).unwrap()).unwrap();
    let anchors = [house.anchors.clone(), vec![root]].concat();
    let at = now();
    let knowledge = Knowledge::new(&anchors, at);
    let prepared = pdf_signing::prepare_archive(license.pdf.clone(), &ArchiveRequest::new(&knowledge)).unwrap();
    let token = house.token(prepared.imprint());
    let stamped = prepared.with_token(&token).unwrap();
    sound("a license with a document time-stamp", &stamped, 2);
    assert!(stamped.starts_with(&license.pdf));
}

#[test]
fn two_signers_and_an_annual_inspection_in_a_prepared_field() {
    let Some(house) = House::open() else { return };
    let by = house.signer();
    let first = PdfRequest::by(by, now()).in_new_field("Issuer").certifying(Certification::Filling);
    let pdf = house.stamped(UNSIGNED.clone(), first, by);
    let inspector = house.other(PrivateKey::generate(KeyKind::P256, &mut random()).unwrap(), 1);
    let second = PdfRequest::by(&inspector, now()).in_prepared_field("Inspection2027").showing(seal()).because("年检");
    let pdf = house.stamped(pdf, second, &inspector);
    sound("inspected", &pdf, 2);
    openssl_agrees(&house, "inspected", &pdf);
    let lists = house.lists();
    let [root_list, ca_list] = [0, 1].map(|at| lists[at].path().to_str().unwrap());
    let hard = ["--revocation", "hard-fail", "--crl", root_list, "--crl", ca_list];
    house.valid("inspected", &pdf, "B-T", &hard);
    let archived = house.archived(house.kept(pdf));
    sound("inspected, archived", &archived, 3);
    house.valid("inspected, archived", &archived, "B-LTA", &["--revocation", "hard-fail"]);

    // Two approvals one after the other, in a file that nobody certified.
    let pdf = house.signed(UNSIGNED.clone(), &PdfRequest::by(by, now()).in_new_field("One"), by);
    let pdf = house.signed(pdf, &PdfRequest::by(&inspector, now()).in_new_field("Two"), &inspector);
    sound("two approvals", &pdf, 2);
    house.valid("two approvals", &pdf, "B-B", &hard);
}

#[test]
fn rsa_3072_and_ed25519() {
    let Some(house) = House::open() else { return };
    let make = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"];
    let pem = String::from_utf8(peers::openssl(&make, b"").unwrap().out).unwrap();
    let rsa = || PrivateKey::from_pkcs8_pem(&pem).unwrap();
    let keys = [
        ("RSA-3072", rsa(), true),
        ("RSA-3072, SHA-512", rsa().with_algorithm(SignatureAlgorithm::RSA_PKCS1_SHA512).unwrap(), true),
        ("RSA-3072, PSS", rsa().with_algorithm(SignatureAlgorithm::RSA_PSS_SHA256).unwrap(), true),
        ("P-384", PrivateKey::generate(KeyKind::P384, &mut random()).unwrap(), true),
        // Neither poppler 22 nor OpenSSL 3.0 know Ed25519 in CMS.
        ("Ed25519", PrivateKey::generate(KeyKind::Ed25519, &mut random()).unwrap(), false),
    ];
    let lists = house.lists();
    let [root_list, ca_list] = [0, 1].map(|at| lists[at].path().to_str().unwrap());
    let hard = ["--revocation", "hard-fail", "--crl", root_list, "--crl", ca_list];
    for (serial, (what, key, everywhere)) in (10..).zip(keys) {
        let by = house.other(key, serial);
        let pdf = house.stamped(UNSIGNED.clone(), PdfRequest::by(&by, now()).certifying(Certification::Final), &by);
        house.valid(what, &pdf, "B-T", &hard);
        if everywhere {
            sound(what, &pdf, 1);
            openssl_agrees(&house, what, &pdf);
        }
        let archived = house.archived(house.kept(pdf));
        house.valid(what, &archived, "B-LTA", &["--revocation", "hard-fail"]);
    }
}

/// SM2 for domestic readers, beside P-256 on the same file. pyHanko knows no SM2: it must accept the other signature, and
/// the update that brought this one.
#[test]
fn sm2_beside_p256_leaves_the_international_signature_valid() {
    let Some(house) = House::open() else { return };
    let by = house.signer();
    let first = PdfRequest::by(by, now()).in_new_field("Issuer").certifying(Certification::Filling);
    let pdf = house.signed(UNSIGNED.clone(), &first, by);
    let domestic = house.other(PrivateKey::generate(KeyKind::Sm2, &mut random()).unwrap(), 30);
    for shape in [Shape::Gmt0010, Shape::Pades] {
        let second = PdfRequest::by(&domestic, now()).in_prepared_field("SM2").showing(seal()).shaped(shape);
        let both = house.signed(pdf.clone(), &second, &domestic);
        let facts = pdf_sign::inspect(&both, &Budget::default());
        assert_eq!(facts.flaws(), []);
        pdf_a::check("SM2", &both);
        let signed = SignedData::from_der(facts.signatures[1].der().unwrap()).unwrap();
        let ranges = facts.signatures[1].signed_bytes(&both).unwrap().concat();
        assert!(signed.verify(0, &DigestAlgorithm::Sm3.digest(&ranges)).passed());
        if let Some(said) = house.strictly(&both, "B-B", &["--json", "--revocation", "none"]) {
            let told: serde_json::Value = serde_json::from_str(&said.text()).unwrap();
            let of = |field: &str| {
                let all = told["signatures"].as_array().unwrap();
                all.iter().find(|signature| signature["field"] == field).cloned()
            };
            let issuer = of("Issuer").unwrap();
            assert_eq!((&issuer["verdict"], &issuer["reasons"]), (&"VALID".into(), &serde_json::json!([])), "{issuer}");
        }
    }
}

#[test]
fn revoked_and_unanswered() {
    let Some(house) = House::open() else { return };
    let by = house.signer();
    let pdf = house.stamped(UNSIGNED.clone(), PdfRequest::by(by, now()), by);
    house.services.authority().revoke("signer", now() - Duration::HOUR);
    let knowledge = Knowledge::new(&house.anchors, now());
    let mut material = Material::new();
    let needs = pdf_signing::needs(&pdf, &knowledge, &material).unwrap();
    assert!(needs.statuses.iter().all(|status| !status.crl_urls.is_empty()), "{needs}");
    material.gather(&needs, &house.fetcher.question());
    let refused = pdf_signing::augment_lt(pdf.clone(), &Knowledge::new(&house.anchors, now()), &material);
    assert!(matches!(refused, Err(PdfSigningError::Path { .. })), "{:?}", refused.map(|pdf| pdf.len()));
    // Nobody answers: what is missing is told.
    house.services.play(Service::Crl, tests::services::Fault::Status(503, None));
    house.services.play(Service::Ocsp, tests::services::Fault::Status(503, None));
    let options = FetchOptions::new(Allow::Hosts(vec![house.services.host().parse().unwrap()]));
    let fetcher = Fetcher::new(options).unwrap();
    let mut material = Material::new();
    material.gather(&needs, &fetcher.question());
    let refused = pdf_signing::augment_lt(pdf, &Knowledge::new(&house.anchors, now()), &material);
    assert!(matches!(refused, Err(PdfSigningError::Incomplete(_))), "{:?}", refused.map(|pdf| pdf.len()));
}
