//! `pdf_attack_bases FOLDER`: makes the licenses and the trust list of the PDF attack corpus anew, as the product of today
//! issues them.
//!
//! They are committed and seldom remade: the attacks start from them and do not change with every template or font.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use attacks::keys::{HOUSING, HOUSING_NAME, MARKET, MARKET_NAME, SEALED, Who};
use attacks::pdf::keys::PdfKeys;
use attacks::picture::seal_picture;
use attacks::seal::SealSpec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use license_assets::Bundled;
use license_core::fill::fill;
use license_core::fonts::FontLibrary;
use license_core::id::LicenseId;
use license_core::issue::{Issuer, Occasion, Printer, issue};
use license_core::template::{Catalog, Template};
use license_core::trust::TrustList;
use pki::Signer as _;
use serde_json::json;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: pdf_attack_bases FOLDER");
        return ExitCode::from(2);
    };
    let keys = PdfKeys::new();
    let catalog = Catalog::load(&Bundled).expect("the bundled templates are sound");
    let template = catalog.get("food-operation-permit").expect("it is bundled");
    let files = [
        ("trust/root.pem", keys.root.certificate().to_pem().into_bytes()),
        ("trust/ca.pem", keys.ca.certificate().to_pem().into_bytes()),
        ("trust/trust-list.json", trust_list(&keys)),
        ("base/food-operation-permit.template", template.archive().expect("a template can be kept")),
        ("base/license.pdf", license(&keys, template, "JY23501020001232", "样例市颀颀面馆", "2026000000001")),
        ("base/license-other.pdf", license(&keys, template, "JY23501020001249", "样例市另一家面馆", "2026000000002")),
    ];
    for (name, bytes) in files {
        let path = Path::new(&folder).join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
        if let Err(error) = written {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn license(keys: &PdfKeys, template: &Arc<Template>, number: &str, operator: &str, serial: &str) -> Vec<u8> {
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).expect("the bundled fonts are sound"));
    let seals = attacks::keys::Keys::new();
    let seal = SealSpec::new("34010000000001", MARKET_NAME, &[&seals.market], &seal_picture(0)).made_by(&seals.maker);
    let issuer =
        Issuer::new(MARKET_NAME, MARKET, &seal, seals.market.clone(), keys.market.clone(), keys.market_index.clone());
    let issuer = issuer.expect("seal and keys belong together");
    let mut data = template.sample.clone();
    data["issuing_authority"] = MARKET_NAME.into();
    data["license_no"] = number.into();
    data["operator_name"] = operator.into();
    let filled = fill(template, &data, &issuer.fill_context(SEALED, &fonts)).expect("the sample is good");
    let code = template.file.kind.code.parse().expect("a type code");
    let id = LicenseId::new(code, *issuer.code(), serial, 1).expect("a serial number");
    let occasion = Occasion { at: SEALED, address: "HTTPS://LICENSE.EXAMPLE.GOV.CN/V/", status: 1, specimen: false };
    let issued = issue(filled, id, &issuer, &Printer::new(fonts), &occasion).expect("it can be issued");
    issued.pdf().to_vec()
}

fn trust_list(keys: &PdfKeys) -> Vec<u8> {
    let issuer = |code: &str, name: &str, kind: &str, index: &Who| {
        let spki = STANDARD.encode(index.certificate().spki_der());
        json!({ "code": code, "name": name, "types": [kind], "index_keys": [{ "spki": spki, "period": {} }] })
    };
    let list = json!({
        "schema": 1,
        "sequence": 1,
        "operator": "攻击样本 ATTACK CORPUS TEST ONLY",
        "issued_at": "2026-01-01T00:00:00Z",
        "next_update": "2046-01-01T00:00:00Z",
        "anchors": [{
            "name": "攻击样本根证书 PDF TEST ONLY",
            "certificate": STANDARD.encode(keys.root.certificate().der()),
            "purposes": ["document-signing", "seal-making", "time-stamping"],
            "period": {},
        }],
        "authorities": [STANDARD.encode(keys.ca.certificate().der())],
        "issuers": [
            issuer(MARKET, MARKET_NAME, "11100000MB0143028R900", &keys.market_index),
            issuer(HOUSING, HOUSING_NAME, "11100000000013338W900", &keys.market_index),
        ],
    });
    TrustList::from_json(list.to_string().as_bytes()).expect("a list like this one is read").to_json()
}
