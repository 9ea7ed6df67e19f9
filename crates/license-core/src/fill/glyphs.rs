//! Whether the fonts have every character that will be drawn.

use std::collections::BTreeSet;

use super::Filling;
use super::error::Fault;
use super::limits::MAX_CHARACTER_FAULTS;
use super::relations::is_text;
use crate::fonts::{Family, FontLibrary, block_name, is_variation_selector};
use crate::layout::{Expression, Part};
use crate::record::Value;
use crate::template::model::Field;

/// Adds an error for every character of a drawn value that no font has.
pub(super) fn check(filling: &mut Filling<'_>, faces: &[usize]) {
    let Some(fonts) = filling.context.fonts else { return };
    let template = filling.template;
    for field in template.file.fields.iter().filter(|field| is_text(field) && !field.hidden) {
        let families = families(filling, faces, field);
        let mut left = MAX_CHARACTER_FAULTS;
        for (pointer, text) in texts(filling, field) {
            for fault in missing(fonts, &families, &text).into_iter().take(left) {
                left -= 1;
                filling.error(field, &pointer, fault, Some(&text));
            }
        }
    }
}

/// The families in which the chosen faces draw the field; those of all faces when none was chosen.
fn families(filling: &Filling<'_>, chosen: &[usize], field: &Field) -> BTreeSet<Family> {
    let file = &filling.template.file;
    let faces = file.faces.iter().enumerate().filter(|(at, _)| chosen.is_empty() || chosen.contains(at));
    let boxes = faces.flat_map(|(_, face)| &face.boxes);
    let drawn = boxes.filter(|shown| draws(&shown.text, &field.key));
    let styles = drawn.map(|shown| &shown.style).chain(file.continuation.iter().map(|page| &page.value));
    let families = styles.filter_map(|style| Family::from_name(&file.style.get(style)?.font));
    families.collect()
}

fn draws(text: &str, key: &str) -> bool {
    let is_value = |part: &Part| matches!(part, Part::Value(field, _) if field == key);
    Expression::parse(text).is_ok_and(|expression| expression.parts.iter().any(is_value))
}

fn texts(filling: &Filling<'_>, field: &Field) -> Vec<(String, String)> {
    let pointer = format!("/{}", field.key);
    match filling.values.get(&field.key) {
        Some(Value::Text(text)) => vec![(pointer, text.clone())],
        Some(Value::Table(rows)) => rows
            .iter()
            .enumerate()
            .flat_map(|(at, row)| {
                let pointer = &pointer;
                row.iter().map(move |(key, cell)| (format!("{pointer}/{at}/{key}"), cell.clone()))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn missing(fonts: &FontLibrary, families: &BTreeSet<Family>, text: &str) -> Vec<Fault> {
    let chars = text.chars().enumerate().filter(|(_, char)| *char != '\n' && !is_variation_selector(*char));
    let gaps = chars.filter(|(_, char)| families.iter().any(|family| fonts.lookup(*family, *char).is_none()));
    gaps.map(|(at, char)| {
        let (code, block) = (char as u32, block_name(char));
        Fault::new(
            "glyph-missing",
            format!("字库中没有“{char}”(U+{code:04X}，{block})"),
            format!("no font has {char} (U+{code:04X}, {block})"),
        )
        .at(at + 1)
    })
    .collect()
}
