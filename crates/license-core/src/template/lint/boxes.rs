//! Boxes: their words, their place, and what they collide with.

use std::collections::BTreeSet;

use super::core::sizes;
use super::faces::{is_id, safe_area};
use super::geometry::{is_sane, seal_covers};
use super::{Findings, fields};
use crate::layout::{Expression, Part};
use crate::length::Rect;
use crate::template::model::{Align, Condition, Face, FieldType, Overflow, TemplateFile, TextBox};

pub(super) fn check(file: &TemplateFile, face: &Face, place: &str, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for shown in &face.boxes {
        let place = format!("{place}.box.{}", shown.id);
        if !is_id(&shown.id) || !seen.insert(&shown.id) {
            findings.error(
                "box.id",
                &place,
                "box ids must be well formed and differ",
                "lower-case letters, digits, hyphens",
            );
        }
        words(file, shown, &place, findings);
        style(file, shown, &place, findings);
        area(face, shown, &place, findings);
        if let Some(condition) = &shown.when {
            fields::condition(file, condition, &format!("{place}.when"), findings);
        }
    }
    overlaps(face, place, findings);
}

fn words(file: &TemplateFile, shown: &TextBox, place: &str, findings: &mut Findings) {
    let expression = match Expression::parse(&shown.text) {
        Ok(expression) => expression,
        Err(error) => return findings.error("box.text", place, error.to_string(), ""),
    };
    if expression.parts.is_empty() {
        findings.warning("box.text", place, "the box has no text", "");
    }
    for key in expression.fields() {
        if !file.fields.iter().any(|field| field.key == key) {
            findings.error("box.unknown-field", place, format!("there is no field `{key}`"), &near(file, key));
        }
    }
    let tables = expression.parts.iter().filter(|part| {
        let is_table = |key: &str| file.fields.iter().any(|field| field.key == key && field.kind == FieldType::Table);
        matches!(part, Part::Value(key, _) if is_table(key))
    });
    if tables.count() > 0 && expression.only_value().is_none() {
        findings.warning(
            "box.table",
            place,
            "a table beside other words is drawn as one text",
            "give the table a box of its own",
        );
    }
    if shown.overflow == Overflow::Continue {
        if file.continuation.is_none() {
            findings.error("box.overflow", place, "overflow = \"continue\" needs [continuation]", "");
        }
        if shown.align == Align::Spread || expression.first_value().is_none() {
            findings.error("box.overflow", place, "only values that are not spread can continue on another page", "");
        }
    }
}

fn near(file: &TemplateFile, key: &str) -> String {
    match crate::fill::nearest(file.fields.iter().map(|field| field.key.as_str()), key) {
        Some(known) => format!("did you mean `{known}`"),
        None => String::new(),
    }
}

fn style(file: &TemplateFile, shown: &TextBox, place: &str, findings: &mut Findings) {
    let Some(style) = file.style.get(&shown.style) else {
        findings.error("style.unknown", place, format!("there is no style `{}`", shown.style), "");
        return;
    };
    if shown.size.is_some() || shown.min_size.is_some() {
        let size = shown.size.unwrap_or(style.size);
        // The style's own limit gives way to a box that is set smaller.
        let smallest = shown.min_size.unwrap_or_else(|| style.min_size.unwrap_or(size).min(size));
        sizes(place, size, smallest, findings);
    }
}

fn area(face: &Face, shown: &TextBox, place: &str, findings: &mut Findings) {
    if !is_sane(shown.at) {
        findings.error("box.size", place, format!("{:?} is no box", shown.at), "x, y, width and height in mm");
        return;
    }
    let area = Rect::from_mm(shown.at);
    let page = Rect::from_mm([0.0, 0.0, face.size[0], face.size[1]]);
    if !page.contains(&area) {
        findings.error("box.off-page", place, "the box leaves the page", "");
    } else if !safe_area(face).contains(&area) {
        findings.error("box.off-page", place, "the box leaves the safe area", "");
    }
    if area.overlaps(&Rect::from_mm(face.qr.at)) {
        findings.error("qr.overlap", place, "the box lies over the QR code", "");
    }
    if !shown.under_seal && seal_covers(&face.seal, &area) {
        let hint = "move it, or write under_seal = true for the date and organ lines that the seal may cover";
        findings.error("seal.covers", place, "the seal would cover the box", hint);
    }
    if face.emblem.as_ref().is_some_and(|slot| is_sane(slot.at) && area.overlaps(&Rect::from_mm(slot.at))) {
        findings.warning("emblem.overlap", place, "the box lies over the place of the emblem", "");
    }
}

fn overlaps(face: &Face, place: &str, findings: &mut Findings) {
    for (at, one) in face.boxes.iter().enumerate() {
        for other in &face.boxes[at + 1..] {
            let both = is_sane(one.at) && is_sane(other.at);
            if both && !exclude(&one.when, &other.when) && Rect::from_mm(one.at).overlaps(&Rect::from_mm(other.at)) {
                let message = format!("`{}` and `{}` lie over one another", one.id, other.id);
                findings.error("box.overlap", &format!("{place}.box.{}", one.id), message, "");
            }
        }
    }
}

/// Whether two conditions can never hold together.
fn exclude(one: &Option<Condition>, other: &Option<Condition>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.field == other.field && !one.is.iter().any(|value| other.is.contains(value)),
        _ => false,
    }
}
