//! The sample: it fills, it fits on every face, and so would the longest values the fields allow.

use std::sync::Arc;

use serde_json::Value as Json;
use time::Date;

use super::Findings;
use crate::fill::{FillContext, Filled, fill, parse_date};
use crate::fonts::FontLibrary;
use crate::layout::{LayoutReason, Marks, lay_out};
use crate::record::Value;
use crate::template::Template;
use crate::template::model::{Face, Field, FieldType};

pub(super) fn check(template: &Template, fonts: &FontLibrary, findings: &mut Findings) {
    if template.sample.is_null() {
        return;
    }
    let template = Arc::new(template.clone());
    let before = findings.0.len();
    filled(&template, &template.sample, fonts, "sample.json", findings);
    if findings.0.len() > before {
        return;
    }
    for (at, face) in template.file.faces.iter().enumerate() {
        let place = format!("face.{}", face.id);
        let Some(filled) =
            filled(&template, &for_face(&template, face), fonts, &format!("sample.json for {place}"), findings)
        else {
            continue;
        };
        if filled.face != at {
            let message = "the sample, changed to meet its `when`, takes another face";
            findings.warning("sample.face", &place, message, "");
            continue;
        }
        layout(&filled, fonts, &place, findings);
        labels(&filled, fonts, &place, findings);
        capacity(&filled, fonts, &place, findings);
    }
}

fn filled(
    template: &Arc<Template>,
    sample: &Json,
    fonts: &FontLibrary,
    place: &str,
    findings: &mut Findings,
) -> Option<Filled> {
    let core = &template.file.core;
    let issuer = sample.get(&core.issuer).and_then(Json::as_str).unwrap_or("样例市样例局");
    // The linter has no clock: the sample's own day is as good as any.
    let own_day = sample.get(&core.issued_on).and_then(Json::as_str).and_then(|text| parse_date(text).ok());
    let code = template.file.kind.defined_by.code.parse().ok()?;
    let context =
        FillContext { issuer_name: issuer, issuer_code: code, today: own_day.unwrap_or(Date::MAX), fonts: Some(fonts) };
    match fill(template, sample, &context) {
        Ok(filled) => {
            for warning in &filled.warnings {
                findings.warning("sample.warning", place, format!("{}: {}", warning.field, warning.message_en), "");
            }
            Some(filled)
        }
        Err(errors) => {
            for error in errors {
                findings.error("sample.refused", place, error.to_string(), "");
            }
            None
        }
    }
}

/// The sample with the values that a face asks for.
fn for_face(template: &Template, face: &Face) -> Json {
    let mut sample = template.sample.clone();
    let (Some(object), Some(condition)) = (sample.as_object_mut(), &face.when) else { return sample };
    if let Some(value) = condition.is.first() {
        object.insert(condition.field.clone(), Json::from(value.as_str()));
    }
    for field in &template.file.fields {
        let absent = field
            .absent_when
            .as_ref()
            .is_some_and(|condition| condition.holds(object.get(&condition.field).and_then(Json::as_str)));
        if absent {
            object.remove(&field.key);
        }
    }
    sample
}

fn layout(filled: &Filled, fonts: &FontLibrary, place: &str, findings: &mut Findings) {
    for error in lay_out(filled, fonts, &Marks::default()).err().unwrap_or_default() {
        let place = format!("{place}.box.{}", error.box_id);
        findings.error("sample.layout", &place, error.message_en(), "make the box larger, or let it continue");
    }
}

/// Whether the labels fit that stand there for other values.
fn labels(filled: &Filled, fonts: &FontLibrary, place: &str, findings: &mut Findings) {
    for by in filled.template.file.fields.iter().filter_map(|field| field.label_by.as_ref()) {
        for value in by.labels.keys() {
            let mut other = filled.clone();
            other.values.insert(by.field.clone(), Value::Text(value.clone()));
            for error in lay_out(&other, fonts, &Marks::default()).err().unwrap_or_default() {
                if let (None, LayoutReason::TooLong { .. }) = (&error.field, &error.reason) {
                    let place = format!("{place}.box.{}", error.box_id);
                    let message = format!("the label for `{value}` does not fit");
                    findings.error("box.label", &place, message, "a smaller min_size, or a wider box");
                }
            }
        }
    }
}

/// Whether the longest value each field allows would fit, or continue.
fn capacity(filled: &Filled, fonts: &FontLibrary, place: &str, findings: &mut Findings) {
    for field in &filled.template.file.fields {
        let Some(longest) = longest(field) else { continue };
        if !filled.values.contains_key(&field.key) {
            continue;
        }
        let mut full = filled.clone();
        full.values.insert(field.key.clone(), Value::Text(longest));
        for error in lay_out(&full, fonts, &Marks::default()).err().unwrap_or_default() {
            if let LayoutReason::TooLong { characters, .. } = error.reason {
                let place = format!("{place}.box.{}", error.box_id);
                let message = format!("the longest value of `{}` ({characters} characters) does not fit", field.key);
                findings.warning(
                    "box.capacity",
                    &place,
                    message,
                    "overflow = \"continue\", a larger box, or a smaller max",
                );
            }
        }
    }
}

fn longest(field: &Field) -> Option<String> {
    let code = field.checks.iter().any(|check| check != "name");
    match field.kind {
        FieldType::Enum => field.options.iter().max_by_key(|option| option.chars().count()).cloned(),
        FieldType::Text if !code => Some("国".repeat(field.max?.min(MOST))),
        _ => None,
    }
}

/// Longer texts than this go on to another page anyway.
const MOST: usize = 3000;
