//! The templates of the repository: they load, they lint clean, their JSON Schema is current.
#![allow(clippy::unwrap_used)]

mod support;

use license_core::template::Catalog;

const TYPES: [&str; 4] =
    ["business-license", "food-operation-permit", "realestate-registration", "supervision-qualification"];

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
