//! The templates of the repository: they load, their samples fill and lay out on every face.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use license_core::fill::{FillContext, Filled, fill};
use license_core::layout::{Marks, lay_out};
use license_core::qr::QrCode;
use license_core::render::png::{PaintOptions, paint};
use license_core::seal_art::{SealDesign, draw};
use license_core::template::{Catalog, Template};
use serde_json::Value;
use time::macros::date;

const TYPES: [&str; 4] =
    ["business-license", "food-operation-permit", "realestate-registration", "supervision-qualification"];

fn filled(template: &Arc<Template>, record: &Value) -> Filled {
    let context = FillContext {
        issuer_name: record["issuing_authority"].as_str().unwrap(),
        issuer_code: "11220000013544541J".parse().unwrap(),
        today: date!(2026 - 11 - 01),
        fonts: Some(support::fonts()),
    };
    fill(template, record, &context).unwrap_or_else(|errors| panic!("{}: {errors:#?}", template.id()))
}

/// A1: a license type is data; four of them come with the product.
#[test]
fn the_catalog_holds_the_four_types() {
    let catalog = Catalog::load(&support::Repository).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(catalog.iter().map(|template| template.id().to_owned()).collect::<Vec<_>>(), TYPES);
    for template in catalog.iter() {
        assert_eq!(catalog.by_code(&template.file.kind.code).unwrap().id(), template.id());
        assert_eq!(template.backgrounds.iter().flatten().count(), template.file.faces.len());
    }
}

/// Paints every face with its sample into the target folder, where a person can look at it.
#[test]
fn samples_fill_and_lay_out_on_every_face() {
    let out = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("previews");
    std::fs::create_dir_all(&out).unwrap();
    for template in Catalog::load(&support::Repository).unwrap().iter() {
        let mut records = vec![template.sample.clone()];
        if template.id() == "business-license" {
            let mut main = template.sample.clone();
            main["copy_kind"] = "正本".into();
            main.as_object_mut().unwrap().remove("copy_no");
            records.push(main);
        }
        for record in records {
            let filled = filled(template, &record);
            let qr = QrCode::new(&format!("HTTPS://LICENSE.EXAMPLE/V/{}", "A".repeat(300))).unwrap();
            let marks = Marks { qr: Some(qr), specimen: true, seal_diameter: None };
            let document = lay_out(&filled, support::fonts(), &marks).unwrap_or_else(|errors| panic!("{errors:#?}"));
            assert_eq!(document.pages.len(), 1, "{} {}: the sample fits its face", template.id(), filled.face().id);
            let name = record["issuing_authority"].as_str().unwrap();
            let seal = draw(&SealDesign::new(name), support::fonts()).unwrap();
            let options = PaintOptions { seal: Some(&seal), watermark: None };
            let png = paint(&document.pages[0], support::fonts(), 110, &options).unwrap();
            std::fs::write(out.join(format!("{}-{}.png", template.id(), filled.face().id)), png).unwrap();
        }
    }
}
