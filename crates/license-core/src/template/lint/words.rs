//! Whether the fonts have every character of the fixed words.

use super::Findings;
use crate::fonts::{Family, FontLibrary, block_name};
use crate::layout::{Expression, Part};
use crate::template::Template;
use crate::template::model::Field;

pub(super) fn check(template: &Template, fonts: &FontLibrary, findings: &mut Findings) {
    let file = &template.file;
    for face in &file.faces {
        for shown in &face.boxes {
            let place = format!("face.{}.box.{}", face.id, shown.id);
            let family = file.style.get(&shown.style).and_then(|style| Family::from_name(&style.font));
            let (Ok(expression), Some(family)) = (Expression::parse(&shown.text), family) else { continue };
            for part in &expression.parts {
                match part {
                    Part::Words(words) => missing(words, family, &place, fonts, findings),
                    Part::Label(key) => {
                        for label in template.field(key).map(labels).unwrap_or_default() {
                            missing(label, family, &place, fonts, findings);
                        }
                    }
                    Part::Value(key, _) => {
                        for word in template.field(key).map(own_words).unwrap_or_default() {
                            missing(word, family, &place, fonts, findings);
                        }
                    }
                }
            }
        }
    }
    let head = file.continuation.as_ref().and_then(|page| file.style.get(&page.head));
    if let Some(family) = head.and_then(|style| Family::from_name(&style.font)) {
        missing(&file.kind.name, family, "continuation.head", fonts, findings);
    }
}

/// Every label a field may have.
fn labels(field: &Field) -> Vec<&str> {
    let special = field.label_by.iter().flat_map(|by| by.labels.values());
    std::iter::once(&field.label).chain(special).map(String::as_str).collect()
}

/// Words of the template that stand among the values: options, heads of columns.
fn own_words(field: &Field) -> Vec<&str> {
    let columns = field.table.iter().flat_map(|table| &table.columns);
    let cells = columns.flat_map(|column| std::iter::once(&column.label).chain(&column.options));
    field.options.iter().chain(cells).map(String::as_str).collect()
}

fn missing(text: &str, family: Family, place: &str, fonts: &FontLibrary, findings: &mut Findings) {
    for char in text.chars().filter(|char| !char.is_control() && fonts.lookup(family, *char).is_none()) {
        let message = format!("no font has {char} (U+{:04X}, {})", char as u32, block_name(char));
        findings.error("glyph.missing", place, message, "write it otherwise, or add a font");
    }
}
