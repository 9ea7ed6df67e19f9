//! Fields: keys, kinds, rules, and what they say about one another.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::layout::{Expression, Format, Part};
use crate::template::Template;
use crate::template::model::{Condition, Field, FieldType, Table, TemplateFile};
use crate::template::rules::{Other, anchored};

pub(super) fn check(template: &Template, findings: &mut Findings) {
    let file = &template.file;
    names(file, findings);
    for field in &file.fields {
        let place = format!("field.{}", field.key);
        shape(field, &place, findings);
        others(template, field, &place, findings);
        drawn(file, field, &place, findings);
    }
}

/// Keys, aliases and standard keys are each unique and well formed.
fn names(file: &TemplateFile, findings: &mut Findings) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut standard: BTreeMap<&str, &str> = BTreeMap::new();
    for field in &file.fields {
        let place = format!("field.{}", field.key);
        if !is_key(&field.key) {
            findings.error("field.key", &place, "a key has lower-case letters, digits and underscores", "");
        }
        for name in std::iter::once(&field.key).chain(&field.alias) {
            if let Some(other) = seen.insert(name, &field.key) {
                let message = format!("`{name}` already names field `{other}`");
                findings.error("field.duplicate", &place, message, "keys and aliases must differ");
            }
        }
        let key = field.standard_key.as_str();
        let own = key.strip_prefix("KZ_").is_some_and(|rest| {
            !rest.is_empty()
                && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        });
        if !own && !CORE_KEYS.contains(&key) {
            let message = format!("`{key}` is no key of GB/T 36903");
            findings.error("field.standard-key", &place, message, "a core key, or KZ_ and capitals");
        }
        if let Some(other) = standard.insert(key, &field.key) {
            findings.error("field.standard-key", &place, format!("`{key}` already belongs to field `{other}`"), "");
        }
        for (place_of, label) in [("label", &field.label), ("label_en", &field.label_en)] {
            if label.trim().is_empty() {
                findings.error("field.label", &format!("{place}.{place_of}"), "empty", "");
            }
        }
    }
}

fn shape(field: &Field, place: &str, findings: &mut Findings) {
    let is = |kind| field.kind == kind;
    if is(FieldType::Enum) && field.options.is_empty() {
        findings.error("field.options", place, "an enum needs options", "");
    }
    if !is(FieldType::Enum) && (!field.options.is_empty() || field.open) {
        findings.error("field.options", place, "only an enum has options", "");
    }
    let distinct: BTreeSet<&String> = field.options.iter().collect();
    if distinct.len() != field.options.len() {
        findings.error("field.options", place, "an option stands there twice", "");
    }
    if field.options.iter().any(|option| option.trim() != option || option.is_empty()) {
        findings.error("field.options", place, "an option is empty or has blanks around it", "");
    }
    if field.min.zip(field.max).is_some_and(|(min, max)| min > max) || field.max == Some(0) {
        findings.error("field.length", place, "no value can be of this length", "");
    }
    if is(FieldType::Text) && field.max.is_none() && field.checks.is_empty() {
        findings.warning("field.length", place, "without `max` a value may be very long", "");
    }
    if !is(FieldType::Text) && (field.pattern.is_some() || field.separator.is_some()) {
        findings.error("field.pattern", place, "only text has a pattern or a separator", "");
    }
    if field.pattern.is_some() && field.pattern_description.is_none() && field.agree.is_empty() {
        findings.warning(
            "field.pattern",
            place,
            "without `pattern_description` the message cannot explain the pattern",
            "",
        );
    }
    if field.mask.is_some() && !field.sensitive {
        findings.error("field.mask", place, "a mask without `sensitive = true` is never used", "");
    }
    if !field.sensitive && field.checks.iter().any(|check| check == "cid" || check == "uscc-or-cid") {
        findings.error("field.sensitive", place, "citizen numbers must be `sensitive`", "");
    }
    match (&field.table, is(FieldType::Table)) {
        (Some(table), true) => columns(table, place, findings),
        (None, true) => findings.error("field.table", place, "a table needs [field.table]", ""),
        (Some(_), false) => findings.error("field.table", place, "[field.table] belongs to type = \"table\"", ""),
        (None, false) => {}
    }
}

fn columns(table: &Table, place: &str, findings: &mut Findings) {
    if table.columns.is_empty() || table.max_rows == 0 {
        findings.error("field.table", place, "a table without columns or rows", "");
    }
    let pattern = anchored(&table.row_pattern).ok();
    let mut seen = BTreeSet::new();
    for column in &table.columns {
        let place = format!("{place}.column.{}", column.key);
        if !is_key(&column.key) || !seen.insert(&column.key) {
            findings.error("field.table", &place, "column keys must be well formed and differ", "");
        }
        if !(column.width > 0.0 && column.width.is_finite()) {
            findings.error("field.table", &place, "the width must be positive", "");
        }
        let grouped = |pattern: &regex_lite::Regex| pattern.capture_names().flatten().any(|name| name == column.key);
        if pattern.as_ref().is_some_and(|pattern| !grouped(pattern)) {
            let message = format!("row_pattern has no group `{}`", column.key);
            findings.error("field.table", &place, message, "write (?<name>…) for every column");
        }
    }
}

/// What the field says about other fields.
fn others(template: &Template, field: &Field, place: &str, findings: &mut Findings) {
    let file = &template.file;
    for (name, condition) in [("required_when", &field.required_when), ("absent_when", &field.absent_when)] {
        if let Some(condition) = condition {
            self::condition(file, condition, &format!("{place}.{name}"), findings);
        }
    }
    if field.required && (field.required_when.is_some() || field.absent_when.is_some()) {
        findings.error("field.required", place, "a required field needs no condition, and may have none", "");
    }
    if let Some(by) = &field.label_by {
        let values = by.labels.keys().cloned().collect();
        condition(file, &Condition { field: by.field.clone(), is: values }, &format!("{place}.label_by"), findings);
    }
    let relations = template.rules().relations(&field.key);
    if !relations.is_empty() && field.kind != FieldType::Date {
        findings.error("field.relation", place, "only dates have relations", "");
    }
    for relation in relations {
        let Other::Field(key) = &relation.other else { continue };
        if !template.field(key).is_some_and(|other| other.kind == FieldType::Date) {
            findings.error("field.relation", place, format!("there is no date field `{key}`"), "");
        }
    }
    for agreement in &field.agree {
        let place = format!("{place}.agree");
        let rules = template.rules();
        let is_number = file.core.number == field.key;
        let patterns = [rules.pattern(&field.key), rules.number().filter(|_| is_number)];
        let known =
            patterns.into_iter().flatten().any(|p| p.capture_names().flatten().any(|name| name == agreement.group));
        if !known {
            let message = format!("no pattern of the field has a group `{}`", agreement.group);
            findings.error("field.agree", &place, message, "write (?<name>…) in the pattern");
        }
        match template.field(&agreement.field) {
            None => findings.error("field.unknown", &place, format!("there is no field `{}`", agreement.field), ""),
            Some(other) if agreement.by.is_empty() && other.kind == FieldType::Enum => {
                findings.warning("field.agree", &place, "an enum is compared as a whole; `by` is missing", "");
            }
            Some(other) => {
                let values = agreement.by.keys().cloned().collect();
                condition(file, &Condition { field: other.key.clone(), is: values }, &place, findings);
            }
        }
    }
}

/// A condition names a field that can have its values.
pub(super) fn condition(file: &TemplateFile, condition: &Condition, place: &str, findings: &mut Findings) {
    let Some(field) = file.fields.iter().find(|field| field.key == condition.field) else {
        findings.error("field.unknown", place, format!("there is no field `{}`", condition.field), "");
        return;
    };
    match field.kind {
        FieldType::Enum if !field.open => {
            for value in condition.is.iter().filter(|value| !field.options.contains(value)) {
                findings.error("condition.value", place, format!("`{value}` is no option of `{}`", field.key), "");
            }
        }
        FieldType::Enum | FieldType::Text => {}
        _ if condition.is.is_empty() => {}
        _ => findings.error("condition.kind", place, format!("`{}` is neither text nor enum", field.key), ""),
    }
}

/// Every field stands on some face, or says that it does not.
fn drawn(file: &TemplateFile, field: &Field, place: &str, findings: &mut Findings) {
    let boxes = file.faces.iter().flat_map(|face| &face.boxes);
    let parts: Vec<Part> =
        boxes.filter_map(|shown| Expression::parse(&shown.text).ok()).flat_map(|text| text.parts).collect();
    let formats = parts.iter().filter_map(|part| match part {
        Part::Value(key, format) if *key == field.key => Some(format),
        _ => None,
    });
    let formats: Vec<&Format> = formats.collect();
    if formats.is_empty() && !field.hidden {
        findings.error("field.never-drawn", place, "no face draws this field", "draw it, or write hidden = true");
    }
    if !formats.is_empty() && field.hidden {
        findings.error("field.drawn", place, "a hidden field is drawn", "");
    }
    let personal = field.checks.iter().any(|check| check == "cid" || check == "uscc-or-cid");
    if personal && formats.iter().any(|format| **format != Format::MaskId) {
        let hint = format!("write {{{}:mask-id}}", field.key);
        findings.error("field.personal-number", place, "a citizen number would print in full", &hint);
    }
    for format in formats {
        if format.is_for_dates() && field.kind != FieldType::Date {
            findings.error("box.format", place, "a date format on a field that is no date", "");
        }
    }
}

pub(super) fn is_key(key: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase()) && key.bytes().all(good)
}

/// Keys of GB/T 36903 that a field may feed.
const CORE_KEYS: [&str; 14] = [
    "ZZMC",
    "ZZBH",
    "ZZBFJG",
    "ZZBFJGDM",
    "ZZBFJGJB",
    "ZZBFRQ",
    "CZZT",
    "CZZTDM",
    "CZZTDMLX",
    "CZZTDMLXDM",
    "ZZYXQQSRQ",
    "ZZYXQJZRQ",
    "ZZBGSJ",
    "ZZBGYY",
];
