//! A box's expression and the record's values → words.

use super::expression::{Expression, Part};
use super::words::{Notes, Words};
use crate::fill::Filled;
use crate::fonts::{Family, FontLibrary};
use crate::page::TextSource;

/// Writes out an expression. Unknown fields are mistakes of the template.
pub(super) fn compose(
    expression: &Expression,
    filled: &Filled,
    family: Family,
    fonts: &FontLibrary,
    notes: &mut Notes<'_>,
) -> Words {
    let mut words = Words::new(family);
    for part in &expression.parts {
        let fixed = || TextSource::Fixed(notes.box_id.to_owned());
        match part {
            Part::Words(text) => {
                let source = fixed();
                words.push(text, source, fonts, notes);
            }
            Part::Label(key) => match filled.label(key) {
                Some(label) => {
                    let source = fixed();
                    words.push(label, source, fonts, notes);
                }
                None => notes.template(format!("there is no field `{key}`")),
            },
            Part::Value(key, format) => match filled.template.field(key) {
                Some(field) => {
                    let text = format.write(filled.value(key), field.table.as_ref());
                    words.push(&text, TextSource::Field(key.clone()), fonts, notes);
                }
                None => notes.template(format!("there is no field `{key}`")),
            },
        }
    }
    words
}
