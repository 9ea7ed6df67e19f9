//! An issuer is only made of what belongs together, and issues nothing outside of its seal's and certificates' time.
#![allow(clippy::unwrap_used)]

mod verify_support;

use std::sync::Arc;

use eseal::Seal;
use license_core::fill::fill;
use license_core::id::LicenseId;
use license_core::issue::{IssueError, Issuer, Occasion, issue};
use pki::{KeyKind, SoftSigner};
use time::{Duration, OffsetDateTime};
use verify_support::{
    ADDRESS, HOUSING, ISSUED, MARKET, catalog, fonts, forge, issuer, pki_maker, printer, seal_der, signer,
};

fn role(code: &str, role: &str) -> Arc<SoftSigner> {
    signer(&format!("{code}-{role}"))
}

fn make(
    code: &str,
    seal: &[u8],
    sealing: Arc<SoftSigner>,
    document: Arc<SoftSigner>,
    index: Arc<SoftSigner>,
) -> String {
    match Issuer::new("样例市市场监督管理局", code, seal, sealing, document, index) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let seal = seal_der(MARKET);
    let [sealing, document, index] = ["seal", "document", "index"].map(|name| role(MARKET, name));
    assert_eq!(make(MARKET, &seal, sealing.clone(), document.clone(), index.clone()), "");
    let mut damaged = seal.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let stranger = pki_maker::document_signer("91340100MA2N2T1X8D", |template| template);
    let two_names = pki_maker::leaf(
        KeyKind::P256,
        pki::CertificateTemplate::document_signer(
            pki::Name::builder().organization("别的单位").organization(&format!("{MARKET}样例")).build(),
        ),
        &signer("p256-ca"),
    );
    for (name, problem, got) in [
        ("no code", "credit code", make("x", &seal, sealing.clone(), document.clone(), index.clone())),
        ("no seal", "", make(MARKET, b"", sealing.clone(), document.clone(), index.clone())),
        ("a damaged seal", "", make(MARKET, &damaged, sealing.clone(), document.clone(), index.clone())),
        (
            "another's seal",
            "not made for",
            make(MARKET, &seal_der(HOUSING), sealing.clone(), document.clone(), index.clone()),
        ),
        (
            "another's seal key",
            "not made for",
            make(MARKET, &seal, role(HOUSING, "seal"), document.clone(), index.clone()),
        ),
        (
            "another's document key",
            "not this organisation",
            make(MARKET, &seal, sealing.clone(), role(HOUSING, "document"), index.clone()),
        ),
        (
            "a stranger's document key",
            "not this organisation",
            make(MARKET, &seal, sealing.clone(), stranger, index.clone()),
        ),
        ("two organisations", "not this organisation", make(MARKET, &seal, sealing.clone(), two_names, index.clone())),
        (
            "another's index key",
            "not this organisation",
            make(MARKET, &seal, sealing.clone(), document.clone(), role(HOUSING, "index")),
        ),
        ("one key for all", "nothing else", make(MARKET, &seal, sealing.clone(), document.clone(), document.clone())),
        ("another code", "not this organisation", make(HOUSING, &seal, sealing, document, index)),
    ] {
        assert!(!got.is_empty(), "{name} was taken");
        assert!(got.contains(problem), "{name}: {got}");
    }
}

#[test]
fn nothing_is_issued_out_of_time_or_in_another_name() {
    let template = catalog().get("business-license").unwrap();
    let mut data = template.sample.clone();
    data["issuing_authority"] = issuer(MARKET).name().into();
    let code = template.file.kind.code.parse().unwrap();
    let attempt = |by: &str, of: &str, at: OffsetDateTime| {
        let context = issuer(MARKET);
        let filled = fill(template, &data, &context.fill_context(ISSUED, fonts())).unwrap();
        let id = LicenseId::new(code, of.parse().unwrap(), "2026000000001", 1).unwrap();
        let occasion = Occasion { at, address: ADDRESS, status: 1, specimen: true };
        issue(filled, id, &issuer(by), printer(), &occasion).map(|_| ())
    };
    assert!(attempt(MARKET, MARKET, ISSUED).is_ok());
    for (name, result) in [
        ("before the seal", attempt(MARKET, MARKET, ISSUED - Duration::days(400))),
        ("after the certificates", attempt(MARKET, MARKET, ISSUED + Duration::days(365 * 25))),
        ("another's identifier", attempt(MARKET, HOUSING, ISSUED)),
        ("another's license", attempt(HOUSING, HOUSING, ISSUED)),
    ] {
        assert!(matches!(result, Err(IssueError::Issuer(_))), "{name}: {result:?}");
    }
}

/// Whatever is sealed with a picture that verifiers do not look at would be refused.
#[test]
fn a_seal_that_verifiers_refuse_makes_no_issuer() {
    let [sealing, document, index] = ["seal", "document", "index"].map(|name| role(MARKET, name));
    let own = Seal::from_der(&seal_der(MARKET)).unwrap();
    let attempt = |picture: Vec<u8>| {
        let seal = forge::seal(&own, &[&*sealing], &signer("seal-maker"), |content| content.picture.data = picture);
        make(MARKET, seal.der(), sealing.clone(), document.clone(), index.clone())
    };
    let png = |width: u32, color: png::ColorType| {
        let mut data = Vec::new();
        let mut encoder = png::Encoder::new(&mut data, width, 2000);
        encoder.set_color(color);
        let bytes = vec![0; width as usize * 2000 * color.samples()];
        encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
        data
    };
    let alpha = png::ColorType::GrayscaleAlpha;
    assert_eq!(attempt(png(2000, alpha)), "");
    for (name, picture, problem) in [
        ("too many pixels", png(2001, alpha), "pixels"),
        ("an opaque ground", png(2000, png::ColorType::Rgb), "transparent"),
        ("no PNG", b"BM no bitmap".to_vec(), "no PNG"),
    ] {
        let got = attempt(picture);
        assert!(got.contains(problem), "{name}: {got}");
    }
}
