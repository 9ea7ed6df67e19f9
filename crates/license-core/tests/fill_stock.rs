//! The stock rows of the fixtures: good rows fill, bad rows are refused on the field that is at fault.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use license_core::fill::{FillContext, fill};
use license_core::layout::{Marks, lay_out};
use license_core::template::Template;
use serde_json::Value;
use time::macros::date;

struct Truth {
    row: usize,
    bad: bool,
    reasons: String,
    fields: Vec<String>,
    scope: String,
}

fn truths(text: &str) -> Vec<Truth> {
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        Truth {
            row: cells[0].parse().unwrap(),
            bad: cells[2] == "bad",
            reasons: cells[3].to_owned(),
            fields: cells[4].split('|').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
            scope: cells[6].to_owned(),
        }
    });
    rows.collect()
}

/// B2, B4: 120 rows of a type, one in twenty spoilt in a known way.
fn check(id: &str) {
    let folder = std::env::var("STOCK_DIR").map_or_else(|_| support::root().join("fixtures/stock"), Into::into);
    let template = Template::load(&support::Repository, id).unwrap_or_else(|error| panic!("{error}"));
    let rows = std::fs::read_to_string(folder.join(format!("{id}.jsonl"))).unwrap();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for truth in truths(&std::fs::read_to_string(folder.join(format!("{id}.truth.csv"))).unwrap()) {
        let row = &rows[truth.row - 1];
        let outcome = fill_row(&template, row);
        // What another row repeats cannot be seen in one row; what only the CSV files have is not here.
        if truth.reasons.starts_with("duplicate") {
            continue;
        }
        if !truth.bad || truth.scope == "csv" {
            if let Err(errors) = outcome {
                panic!("{id} row {} is good, but: {errors:#?}", truth.row);
            }
            continue;
        }
        // A missing issuer is filled in from the context.
        if truth.reasons == "missing_field" && truth.fields == ["issuing_authority"] {
            continue;
        }
        let errors = outcome.expect_err(&format!("{id} row {} is bad: {}", truth.row, truth.reasons));
        let named = |alias: &str| if alias == "licence_no" { "license_no".to_owned() } else { alias.to_owned() };
        let wanted: Vec<String> = truth.fields.iter().map(|field| named(field)).collect();
        assert!(
            errors.iter().any(|error| wanted.contains(&error.field)),
            "{id} row {}: {} on {wanted:?}, found {errors:#?}",
            truth.row,
            truth.reasons
        );
        *reasons.entry(truth.reasons).or_default() += 1;
    }
    assert!(!reasons.is_empty());
}

fn fill_row(
    template: &Arc<Template>,
    row: &Value,
) -> Result<license_core::fill::Filled, Vec<license_core::fill::FieldError>> {
    let issuer = row["issuing_authority"].as_str().unwrap_or_default();
    let context = FillContext {
        issuer_name: issuer,
        issuer_code: "11220000013544541J".parse().unwrap(),
        today: date!(2026 - 12 - 31),
        fonts: None,
    };
    fill(template, row, &context)
}

#[test]
fn business_licenses() {
    check("business-license");
}

#[test]
fn food_permits() {
    check("food-operation-permit");
}

#[test]
fn supervision_certificates() {
    check("supervision-qualification");
}

#[test]
fn realestate_certificates() {
    check("realestate-registration");
}

/// With fonts at hand, the good rows still fill: rare characters come from the fallback faces.
#[test]
fn rare_characters_of_good_rows_have_glyphs() {
    let template = Template::load(&support::Repository, "food-operation-permit").unwrap();
    let folder = support::root().join("fixtures/stock");
    let rows = std::fs::read_to_string(folder.join("food-operation-permit.jsonl")).unwrap();
    let row: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    assert!(row["legal_representative"].as_str().unwrap().contains('\u{2D544}'));
    let context = FillContext {
        issuer_name: row["issuing_authority"].as_str().unwrap(),
        issuer_code: "11220000013544541J".parse().unwrap(),
        today: date!(2026 - 12 - 31),
        fonts: Some(support::fonts()),
    };
    fill(&template, &row, &context).unwrap();
}

/// Good rows of every type also lay out: nothing is too long for its face, rare characters have glyphs.
#[test]
fn good_rows_lay_out() {
    let folder = support::root().join("fixtures/stock");
    for id in ["business-license", "food-operation-permit", "supervision-qualification", "realestate-registration"] {
        let template = Template::load(&support::Repository, id).unwrap();
        let rows = std::fs::read_to_string(folder.join(format!("{id}.jsonl"))).unwrap();
        let rows: Vec<&str> = rows.lines().collect();
        let truths = truths(&std::fs::read_to_string(folder.join(format!("{id}.truth.csv"))).unwrap());
        for truth in truths.iter().filter(|truth| !truth.bad) {
            let row: Value = serde_json::from_str(rows[truth.row - 1]).unwrap();
            let context = FillContext {
                issuer_name: row["issuing_authority"].as_str().unwrap(),
                issuer_code: "11220000013544541J".parse().unwrap(),
                today: date!(2026 - 12 - 31),
                fonts: Some(support::fonts()),
            };
            let filled = match fill(&template, &row, &context) {
                Ok(filled) => filled,
                // The fonts may lack the rarest characters of correct data.
                Err(errors) if errors.iter().all(|error| error.rule == "glyph-missing") => continue,
                Err(errors) => panic!("{id} row {}: {errors:#?}", truth.row),
            };
            let laid_out = lay_out(&filled, support::fonts(), &Marks::default());
            laid_out.unwrap_or_else(|errors| panic!("{id} row {}: {errors:#?}", truth.row));
        }
    }
}
