//! The samples of all types, laid out.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

use std::sync::Arc;

use license_core::fill::{FillContext, Filled, fill};
use license_core::layout::{Marks, lay_out};
use license_core::page::Document;
use license_core::qr::QrCode;
use license_core::record::Value;
use license_core::template::{Catalog, Template};

use super::{Repository, fonts};

/// The sample of a type, changed so that this face is taken.
fn sample(template: &Arc<Template>, face: usize) -> Filled {
    let mut record = template.sample.clone();
    let object = record.as_object_mut().unwrap();
    if let Some(condition) = &template.file.faces[face].when {
        object.insert(condition.field.clone(), condition.is[0].clone().into());
    }
    for field in &template.file.fields {
        let absent = field.absent_when.as_ref();
        if absent.is_some_and(|when| when.holds(object.get(&when.field).and_then(|value| value.as_str()))) {
            object.remove(&field.key);
        }
    }
    let issuer = object[&template.file.core.issuer].as_str().unwrap().to_owned();
    let context = FillContext {
        issuer_name: &issuer,
        issuer_code: "11100000MB0143028R".parse().unwrap(),
        today: time::macros::date!(2026 - 01 - 01),
        fonts: Some(fonts()),
    };
    let filled = fill(template, &record, &context).unwrap_or_else(|errors| panic!("{}: {errors:#?}", template.id()));
    assert_eq!(filled.face, face, "{}", template.id());
    filled
}

pub fn marks() -> Marks {
    let token = "HTTPS://ZZ.EXAMPLE.CN/V/".to_owned() + &"2C3QUDGLX5YK".repeat(27);
    Marks { qr: Some(QrCode::new(&token).unwrap()), specimen: true, seal_diameter: None }
}

/// The business license with a scope that needs an extra page.
fn long_sample(catalog: &Catalog) -> (String, Filled, Document) {
    let mut filled = sample(catalog.get("business-license").unwrap(), 1);
    let scope = filled.text("business_scope").unwrap().repeat(14);
    filled.values.insert("business_scope".into(), Value::Text(scope));
    let document = lay_out(&filled, fonts(), &marks()).unwrap();
    ("business-license-continued".into(), filled, document)
}

/// Name, record and pages of every face, and of one license that needs extra pages.
pub fn samples() -> Vec<(String, Filled, Document)> {
    let catalog = Catalog::load(&Repository).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert!(catalog.iter().len() >= 4);
    let faces = catalog.iter().flat_map(|template| (0..template.file.faces.len()).map(move |face| (template, face)));
    let long = long_sample(&catalog);
    faces
        .map(|(template, face)| {
            let filled = sample(template, face);
            let name = format!("{}-{}", template.id(), filled.face().id);
            let document = lay_out(&filled, fonts(), &marks()).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
            (name, filled, document)
        })
        .chain([long])
        .collect()
}
