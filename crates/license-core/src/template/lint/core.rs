//! Catalog entry, core fields, number, validity, styles.

use std::collections::BTreeSet;

use super::Findings;
use crate::fonts::Family;
use crate::id::{CreditCode, TypeCode};
use crate::page::Rgb;
use crate::record::holder_code_type;
use crate::template::model::{FieldType, TemplateFile};
use crate::template::rules::anchored;

pub(super) fn check(file: &TemplateFile, findings: &mut Findings) {
    entry(file, findings);
    core_fields(file, findings);
    number(file, findings);
    validity(file, findings);
    styles(file, findings);
}

fn entry(file: &TemplateFile, findings: &mut Findings) {
    let kind = &file.kind;
    if file.schema != SCHEMA {
        findings.error("schema", "schema", format!("version {} is not known", file.schema), "write schema = 1");
    }
    if kind.version == 0 {
        findings.error("type.version", "type.version", "versions begin with 1", "");
    }
    match kind.code.parse::<TypeCode>() {
        Err(error) => {
            let hint = "credit code of the defining authority and three digits (GB/T 36904)";
            findings.error("type.code", "type.code", format!("`{}` {error}", kind.code), hint);
        }
        Ok(code) if code.authority().as_str() != kind.defined_by.code => {
            let message = "the type code does not begin with the defining authority's code";
            findings.error("type.authority", "type.defined_by.code", message, "");
        }
        Ok(_) => {}
    }
    if let Err(error) = kind.defined_by.code.parse::<CreditCode>() {
        findings.error("type.authority", "type.defined_by.code", error.to_string(), "");
    }
    for (place, value, known) in [
        ("type.defined_by.level", &kind.defined_by.level, &LEVELS[..]),
        ("type.category", &kind.category, &CATEGORIES[..]),
    ] {
        if !known.contains(&value.as_str()) {
            findings.warning("type.word", place, format!("`{value}` is not one of {}", known.join(", ")), "");
        }
    }
    for (place, value) in [("type.name", &kind.name), ("type.name_en", &kind.name_en)] {
        if value.trim().is_empty() {
            findings.error("type.name", place, "empty", "");
        }
    }
}

fn core_fields(file: &TemplateFile, findings: &mut Findings) {
    let core = &file.core;
    let texts = [FieldType::Text, FieldType::Enum];
    let dates = [FieldType::Date];
    let wanted = [
        ("core.number", Some(&core.number), &texts[..], true),
        ("core.holder", Some(&core.holder), &texts[..], true),
        ("core.holder_code", Some(&core.holder_code), &texts[..], false),
        ("core.holder_code_type", core.holder_code_type.as_ref(), &[FieldType::Enum][..], false),
        ("core.issuer", Some(&core.issuer), &texts[..], false),
        ("core.issued_on", Some(&core.issued_on), &dates[..], true),
        ("core.valid_from", core.valid_from.as_ref(), &dates[..], false),
        ("core.valid_to", core.valid_to.as_ref(), &dates[..], false),
    ];
    for (place, key, kinds, needed) in wanted {
        let Some(key) = key else { continue };
        let Some(field) = file.fields.iter().find(|field| field.key == *key) else {
            findings.error("core.unknown-field", place, format!("there is no field `{key}`"), "");
            continue;
        };
        if !kinds.contains(&field.kind) {
            findings.error(
                "core.kind",
                place,
                format!("field `{key}` is of the wrong type"),
                "dates for dates, text for the rest",
            );
        }
        if place == "core.holder_code_type" {
            for option in field.options.iter().filter(|option| holder_code_type(option).is_none()) {
                let message = format!("`{option}` is no kind of holder code");
                findings.error("core.holder-code-type", place, message, "codes or names of GB/T 36903 Annex A");
            }
        }
        if needed && !field.required {
            findings.error("core.required", place, format!("field `{key}` must be required"), "");
        }
    }
}

fn number(file: &TemplateFile, findings: &mut Findings) {
    let rule = &file.number;
    // A pattern that does not compile was named among the problems of the file.
    if anchored(&rule.pattern).is_ok_and(|pattern| !pattern.is_match(&rule.example)) {
        let message = format!("the example `{}` does not match the pattern", rule.example);
        findings.error("number.example", "number.example", message, "");
    }
    if rule.description.trim().is_empty() {
        findings.warning(
            "number.description",
            "number.description",
            "empty: error messages will not explain the rule",
            "",
        );
    }
}

fn validity(file: &TemplateFile, findings: &mut Findings) {
    let rule = &file.validity;
    let place = "validity";
    if rule.max_years == Some(0) || rule.exact_years == Some(0) {
        findings.error("validity", place, "no license holds for 0 years", "");
    }
    if rule.max_years.is_some() && rule.exact_years.is_some() {
        findings.warning("validity", place, "max_years says nothing beside exact_years", "");
    }
    let end = file.core.valid_to.as_ref().and_then(|key| file.fields.iter().find(|field| field.key == *key));
    match end {
        None if !rule.long_term || rule.max_years.is_some() || rule.exact_years.is_some() => {
            findings.error(
                "validity",
                place,
                "a limited validity needs core.valid_to",
                "name the field, or write long_term = true",
            );
        }
        Some(end) if rule.long_term && end.required => {
            findings.error("validity", place, format!("long_term allows no end, but `{}` is required", end.key), "");
        }
        _ => {}
    }
}

fn styles(file: &TemplateFile, findings: &mut Findings) {
    let boxes = || file.faces.iter().flat_map(|face| &face.boxes);
    let mut used: BTreeSet<&str> = boxes().map(|shown| shown.style.as_str()).collect();
    if let Some(page) = &file.continuation {
        let names = [("head", &page.head), ("label", &page.label), ("value", &page.value)];
        for (place, name) in names {
            used.insert(name);
            if !file.style.contains_key(name) {
                findings.error(
                    "style.unknown",
                    &format!("continuation.{place}"),
                    format!("there is no style `{name}`"),
                    "",
                );
            }
        }
    }
    for (name, style) in &file.style {
        let place = format!("style.{name}");
        if Family::from_name(&style.font).is_none() {
            let known = Family::ALL.map(Family::name).join(", ");
            findings.error(
                "style.font",
                &place,
                format!("there is no font `{}`", style.font),
                &format!("one of {known}"),
            );
        }
        sizes(&place, style.size, style.min_size.unwrap_or(style.size), findings);
        if style.color.as_deref().is_some_and(|color| Rgb::from_hex(color).is_none()) {
            findings.error("style.color", &place, "the colour is not #RRGGBB", "");
        }
        if !style.leading.is_none_or(|leading| (0.8..=5.0).contains(&leading))
            || !(-0.2..=10.0).contains(&style.tracking)
        {
            findings.error(
                "style.spacing",
                &place,
                "leading or tracking is out of range",
                "leading 0.8 to 5, tracking -0.2 to 10 em",
            );
        }
        if !used.contains(name.as_str()) {
            findings.warning("style.unused", &place, "no box uses this style", "");
        }
    }
}

/// Sizes in points: sane, the smaller one not larger, nothing too small to read.
pub(super) fn sizes(place: &str, size: f64, smallest: f64, findings: &mut Findings) {
    if !(MIN_SIZE..=MAX_SIZE).contains(&size) || !(MIN_SIZE..=MAX_SIZE).contains(&smallest) {
        let hint = format!("{MIN_SIZE} to {MAX_SIZE} points");
        findings.error("size.impossible", place, format!("sizes {size} and {smallest} points are not possible"), &hint);
    } else if smallest > size {
        findings.error("size.impossible", place, format!("the smallest size {smallest} is above the size {size}"), "");
    } else if smallest < READABLE {
        findings.warning(
            "size.small",
            place,
            format!("{smallest} points are below the {READABLE} of readable print"),
            "",
        );
    }
}

const SCHEMA: u32 = 1;
const LEVELS: [&str; 4] = ["国家级", "省级", "市级", "县级"];
const CATEGORIES: [&str; 6] = ["证照执照", "证明文件", "批文批复", "鉴定报告", "办事结果", "其他"];
const MIN_SIZE: f64 = 4.0;
const MAX_SIZE: f64 = 200.0;
const READABLE: f64 = 7.0;
