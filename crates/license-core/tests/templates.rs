//! The templates of the repository: they load, they lint clean, their JSON Schema is current.
#![allow(clippy::unwrap_used)]

mod support;

use license_core::template::{Catalog, json_schema, lint};

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

#[test]
fn the_shipped_templates_lint_clean() {
    let catalog = Catalog::load(&support::Repository).unwrap();
    let all = catalog.iter().flat_map(|template| {
        lint(template, support::fonts()).into_iter().map(|finding| format!("{}: {finding}", template.id()))
    });
    assert_eq!(all.collect::<Vec<_>>(), Vec::<String>::new());
}

/// `BLESS=1` writes the file anew.
#[test]
fn the_committed_schema_is_current() {
    let file = support::root().join("docs/formats/template.schema.json");
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, json_schema()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), json_schema(), "BLESS=1 accepts the change");
}

/// What TOML editors check must hold for our own templates: every key of theirs is in the schema.
#[test]
fn the_schema_knows_every_key_of_the_shipped_templates() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    for id in TYPES {
        let path = support::root().join("templates").join(id).join("template.toml");
        let file: toml::Value = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for key in file.as_table().unwrap().keys() {
            assert!(schema["properties"].get(key).is_some(), "{id}: {key}");
        }
        for field in file["field"].as_array().unwrap() {
            for key in field.as_table().unwrap().keys() {
                assert!(schema["$defs"]["Field"]["properties"].get(key).is_some(), "{id}: field.{key}");
            }
        }
    }
}
