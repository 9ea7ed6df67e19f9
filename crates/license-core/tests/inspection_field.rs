//! Fields for annual inspection (年检): prepared by the license type, empty in the issued PDF, signed years later.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use license_core::assets::Assets;
use license_core::fill::fill;
use license_core::id::LicenseId;
use license_core::issue::{Issued, Occasion, SIGNATURE_FIELD, issue};
use license_core::pdf_signing::{self, PdfRequest, Shape};
use license_core::template::{Catalog, Template, lint};
use license_core::verify::{Integrity, Press, Verdict};
use pdf_sign::{Budget, ChangeKind};
use pki::Signer as _;
use verify_support::{ADDRESS, Court, ISSUED, MARKET, explain, fonts, issuer, printer, signer};

const FOOD: &str = "food-operation-permit";
const FIELDS: &str = r#"signature = [
    { name = "Inspection2027", label = "年检 2027", at = [95, 152, 28, 28] },
    { name = "Inspection2028", label = "年检 2028", at = [126, 152, 28, 28] },
]
"#;

/// The shipped types, one of them with fields for inspection.
struct WithFields(&'static str);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn locate(path: &str) -> PathBuf {
    root().join(if path.starts_with("fonts") { "assets" } else { "" }).join(path)
}

impl Assets for WithFields {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = std::fs::read(locate(path)).ok()?;
        if !path.ends_with(&format!("{FOOD}/template.toml")) {
            return Some(Cow::Owned(bytes));
        }
        let mut text = String::from_utf8(bytes).unwrap();
        let face = text.find("[[face]]").unwrap();
        let slot = face + text[face..].find("\nseal = ").unwrap() + 1;
        text.insert_str(slot, self.0);
        Some(Cow::Owned(text.into_bytes()))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(locate(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

fn issued(template: &Arc<Template>) -> Issued {
    let issuer = issuer(MARKET);
    let mut data = template.sample.clone();
    data[template.file.core.issuer.as_str()] = issuer.name().into();
    let filled = fill(template, &data, &issuer.fill_context(ISSUED, fonts())).unwrap();
    let id = LicenseId::new(template.file.kind.code.parse().unwrap(), *issuer.code(), "2026000000077", 1).unwrap();
    issue(filled, id, &issuer, printer(), &Occasion { at: ISSUED, address: ADDRESS, status: 1, specimen: true })
        .unwrap()
}

#[test]
fn fields_of_the_type_wait_in_the_issued_pdf_and_are_signed_later() {
    let catalog = Catalog::load(&WithFields(FIELDS)).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let catalog: &'static Catalog = Box::leak(Box::new(catalog));
    let license = issued(catalog.get(FOOD).unwrap());
    let facts = pdf_sign::inspect(license.pdf(), &Budget::default());
    assert_eq!(facts.flaws(), []);
    assert_eq!(facts.revisions.len(), 1, "everything is in the first revision");
    assert_eq!(facts.signatures[0].field.as_deref(), Some(SIGNATURE_FIELD));
    assert_eq!(facts.signatures[0].certifies, Some(2), "later signatures are foreseen");
    let waiting: Vec<&str> = facts.empty_fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(waiting, ["Inspection2027", "Inspection2028"]);
    let mm = |points: f64| (points * 25.4 / 72.0 * 100.0).round() / 100.0;
    let rect = facts.empty_fields[0].rect.unwrap();
    assert_eq!(rect.map(mm), [95.0, 210.0 - 180.0, 123.0, 210.0 - 152.0]);

    let press = Press { catalog, fonts: fonts() };
    let court = Court { press: Some(press), ..Court::default() };
    let report = court.judge(license.pdf());
    assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));

    let by = signer(&format!("{MARKET}-document"));
    let png = std::fs::read(root().join(format!("fixtures/pki/seals/{MARKET}.png"))).unwrap();
    let mut pdf = license.pdf().to_vec();
    for name in waiting {
        let at = ISSUED + time::Duration::days(3);
        let request = PdfRequest::by(&*by, at).in_prepared_field(name).showing(png.clone()).because("年检");
        let prepared = pdf_signing::prepare(pdf, &request).unwrap();
        let signature = by.sign(prepared.to_be_signed()).unwrap();
        pdf = prepared.finish(&signature).unwrap();
        let facts = pdf_sign::inspect(&pdf, &Budget::default());
        assert_eq!(facts.flaws(), []);
        let filled = facts.later_changes(&facts.signatures[0]).any(|(_, change)| {
            matches!(&change.kind, ChangeKind::NewSignature { field, existing_field: true, visible: true, .. } if field == name)
        });
        assert!(filled);
        let report = court.judge(&pdf);
        assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
    }
    // One more, in a field that nobody prepared, over the face: refused.
    let at = ISSUED + time::Duration::days(4);
    let rect = license_core::length::Rect::from_mm([10.0, 10.0, 30.0, 30.0]);
    let request = PdfRequest::by(&*by, at).in_new_field("More").visible_at(pdf_signing::PdfPlace { page: 0, rect });
    let refused = pdf_signing::prepare(pdf, &request);
    assert!(
        matches!(&refused, Err(pdf_signing::PdfSigningError::NotAllowed(why)) if why.contains("visible")),
        "{refused:?}"
    );
}

/// D: on a license, too, SM2 for domestic readers stands beside P-256, and both are checked.
#[test]
fn a_license_is_signed_with_sm2_beside_p256() {
    let catalog = Catalog::load(&WithFields(FIELDS)).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let catalog: &'static Catalog = Box::leak(Box::new(catalog));
    let license = issued(catalog.get(FOOD).unwrap());
    let court = Court { press: Some(Press { catalog, fonts: fonts() }), ..Court::default() };
    let by = signer(&format!("{MARKET}-seal"));
    for shape in [Shape::Gmt0010, Shape::Pades] {
        let at = ISSUED + time::Duration::HOUR;
        let request = PdfRequest::by(&*by, at).in_prepared_field("Inspection2027").shaped(shape);
        let prepared = pdf_signing::prepare(license.pdf().to_vec(), &request).unwrap();
        let signature = by.sign(prepared.to_be_signed()).unwrap();
        let pdf = prepared.finish(&signature).unwrap();
        let report = court.judge(&pdf);
        assert_eq!(report.verdict, Verdict::Passed, "{shape:?} {}", explain(&report));
        assert_eq!(report.signatures.len(), 2);
        assert!(report.signatures.iter().all(|signature| signature.integrity == Integrity::Intact));
        let mut changed = pdf;
        let at = changed.len() - 700;
        changed[at] ^= 1;
        assert_ne!(court.judge(&changed).verdict, Verdict::Passed, "{shape:?}");
    }
}

#[test]
fn a_type_without_fields_is_certified_as_final() {
    let catalog = Catalog::load(&WithFields("")).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let facts = pdf_sign::inspect(issued(catalog.get(FOOD).unwrap()).pdf(), &Budget::default());
    assert_eq!((facts.signatures[0].certifies, facts.empty_fields.len()), (Some(1), 0));
}

#[test]
fn fields_in_the_wrong_place_are_found_by_the_linter() {
    let codes = |fields: &'static str| -> Vec<String> {
        let template = Template::read(&WithFields(fields), FOOD).unwrap();
        let found = lint(&template, fonts()).into_iter().filter(|finding| finding.code.starts_with("signature"));
        found.map(|finding| finding.code.to_owned()).collect()
    };
    assert!(codes(FIELDS).is_empty());
    let field = |name: &str, at: &str| -> &'static str {
        format!("signature = [{{ name = \"{name}\", label = \"年检\", at = {at} }}]\n").leak()
    };
    let good = "[95, 152, 28, 28]";
    for (name, at, code) in [
        ("Seal1", good, "signature.name"),
        ("年检", good, "signature.name"),
        ("a.b", good, "signature.name"),
        ("A", "[290, 160, 30, 30]", "signature.off-page"),
        ("A", "[120, 160, 0, 30]", "signature.size"),
        ("A", "[28, 155, 25, 25]", "signature.overlap"),
        ("A", "[225, 150, 20, 20]", "signature.overlap"),
    ] {
        assert!(codes(field(name, at)).contains(&code.to_owned()), "{name} {at}");
    }
}
