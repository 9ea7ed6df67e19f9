//! From a JSON record to checked values: every error in one answer.
//!
//! [`fill`] takes what a department sends, folds spelling variants with a warning, and checks each field and the
//! relations between them. What comes out as [`Filled`] can be laid out; what does not names every fault with its rule,
//! its place and a message in two languages.
//!
//! Rules of fields: `required`, `not-allowed`, `type`, `min-length`, `max-length`, `pattern`, `number`, `enum`,
//! `agree`, `holder-code-type`, `blank-around`, `issuer`, `list`, `control-character`, `invisible-character`, `replacement-character`,
//! `private-use`, `radical`, `glyph-missing`.
//! Rules of codes: `uscc.*`, `cid.*`, `jy.*`, `unit-no.*`, `division.*`, `organization-code.*` with the endings of
//! [`CodeError::rule`](crate::id::CodeError::rule), and `cid.age`.
//! Rules of names and other checks: `name.lost-character`, `name.mojibake`, `name.no-letters`, `phone`, `copy-no`.
//! Rules of dates: `date.format`, `date.not-real`, `date.after-today`, `date.before`, `date.after`, `date.reversed`,
//! `validity.exact`, `validity.too-long`.
//! Rules of tables: `table.rows`, `table.row`, `table.column`, `table.required`, `table.enum`, `table.max-length`.
//! Rules of the record: `type`, `unknown-field`, `duplicate-field`, `face`, `too-large`, `too-many-errors`.
//! Warnings: `fold.*` of [`Fold::rule`](crate::id::fold::Fold::rule), `division.unknown`, `alias`.

mod chars;
mod checks;
mod date;
mod error;
mod filled;
mod glyphs;
mod json;
mod limits;
mod names;
mod relations;
mod table;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use time::Date;

use crate::fonts::FontLibrary;
use crate::id::CreditCode;
use crate::mask;
use crate::record::Value;
use crate::template::Template;
use crate::template::model::{Field, Mask};
use error::Fault;

pub(crate) use date::{parse_date, print_date};
pub use error::FieldError;
pub use filled::{FieldWarning, Filled};
pub use json::{JsonFault, check_json, read_json};
pub(crate) use names::nearest;

/// What a record is checked against beside its template.
#[derive(Clone, Copy, Debug)]
pub struct FillContext<'a> {
    /// Name of the issuing authority (证照颁发机构).
    pub issuer_name: &'a str,
    /// Its credit code.
    pub issuer_code: CreditCode,
    /// The day of filling, for rules such as "not in the future".
    pub today: Date,
    /// The fonts of the installation: when given, a character that none of them has is an error.
    pub fonts: Option<&'a FontLibrary>,
}

/// Checks a record against its type. All errors come back at once, in the order of the template's fields.
pub fn fill(
    template: &Arc<Template>,
    input: &serde_json::Value,
    context: &FillContext<'_>,
) -> Result<Filled, Vec<FieldError>> {
    fill_for(template, input, context, &[])
}

/// As [`fill`], for the faces that are wanted, by their position in the template: the first of them is the face of
/// the result, [`Filled::on_face`] gives the others. Without any, the values choose the face.
pub fn fill_for(
    template: &Arc<Template>,
    input: &serde_json::Value,
    context: &FillContext<'_>,
    faces: &[usize],
) -> Result<Filled, Vec<FieldError>> {
    let mut filling = Filling {
        template,
        context,
        values: BTreeMap::new(),
        bad: Vec::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    if let Err(fault) = limits::check(input) {
        filling.error_of_record("", fault);
        return Err(filling.errors);
    }
    let Some(object) = input.as_object() else {
        filling.error_of_record("", Fault::new("type", "证照信息应为 JSON 对象", "a record is a JSON object"));
        return Err(filling.errors);
    };
    let given = names::resolve(&mut filling, object);
    for field in &template.file.fields {
        if let Some((pointer, raw)) = given.get(field.key.as_str()) {
            value::read(&mut filling, field, pointer, raw);
        }
    }
    relations::presence(&mut filling);
    relations::check(&mut filling);
    let known = template.file.faces.len();
    let wanted: Vec<usize> = match faces.iter().copied().filter(|face| *face < known).collect::<Vec<_>>() {
        none if none.is_empty() => relations::face(&mut filling).into_iter().collect(),
        wanted => wanted,
    };
    glyphs::check(&mut filling, &wanted);

    let Filling { values, mut errors, warnings, .. } = filling;
    if errors.len() > limits::MAX_ERRORS {
        errors.truncate(limits::MAX_ERRORS);
        errors.push(FieldError {
            field: String::new(),
            rule: "too-many-errors".to_owned(),
            pointer: String::new(),
            character: None,
            message: "错误过多，其余从略".to_owned(),
            message_en: "too many errors; the rest is left out".to_owned(),
            value_excerpt: None,
        });
    }
    match wanted.first() {
        Some(&face) if errors.is_empty() => Ok(Filled { template: Arc::clone(template), face, values, warnings }),
        _ => Err(errors),
    }
}

/// A record on its way to being filled.
struct Filling<'a> {
    template: &'a Arc<Template>,
    context: &'a FillContext<'a>,
    values: BTreeMap<String, Value>,
    /// Fields that were given but are wrong: they are not missing too.
    bad: Vec<String>,
    errors: Vec<FieldError>,
    warnings: Vec<FieldWarning>,
}

impl Filling<'_> {
    /// Notes an error of a field; `shown` is the value as far as it is known.
    fn error(&mut self, field: &Field, pointer: &str, fault: Fault, shown: Option<&str>) {
        self.bad.push(field.key.clone());
        let label = self.label(field);
        self.errors.push(FieldError {
            message: match fault.character {
                Some(at) => format!("{label}：第 {at} 个字符：{}", fault.zh),
                None => format!("{label}：{}", fault.zh),
            },
            message_en: match fault.character {
                Some(at) => format!("{}: character {at}: {}", field.label_en, fault.en),
                None => format!("{}: {}", field.label_en, fault.en),
            },
            field: field.key.clone(),
            rule: fault.rule,
            pointer: pointer.to_owned(),
            character: fault.character,
            value_excerpt: shown.map(|text| excerpt(field, text)),
        });
    }

    /// Notes an error that is about no field of the type.
    fn error_of_record(&mut self, pointer: &str, fault: Fault) {
        self.errors.push(FieldError {
            field: String::new(),
            rule: fault.rule,
            pointer: pointer.to_owned(),
            character: fault.character,
            message: fault.zh,
            message_en: fault.en,
            value_excerpt: None,
        });
    }

    fn warn(&mut self, field: &Field, fault: Fault) {
        self.warnings.push(FieldWarning {
            field: field.key.clone(),
            message: format!("{}：{}", self.label(field), fault.zh),
            message_en: format!("{}: {}", field.label_en, fault.en),
            rule: fault.rule,
        });
    }

    fn is_bad(&self, key: &str) -> bool {
        self.bad.iter().any(|bad| bad == key)
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn date(&self, key: &str) -> Option<Date> {
        match self.values.get(key)? {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    fn label(&self, field: &Field) -> String {
        let special = field.label_by.as_ref().and_then(|by| by.labels.get(self.text(&by.field)?));
        special.unwrap_or(&field.label).clone()
    }
}

/// The beginning of a value for an error message.
fn excerpt(field: &Field, text: &str) -> String {
    let start: String = text.chars().take(EXCERPT).collect();
    let shown = if field.sensitive {
        mask::apply(crate::record::mask_of(field).unwrap_or(Mask::All), &start, true)
    } else {
        start
    };
    // Control characters must not reach a terminal or a log.
    let mut out: String = shown.chars().map(|char| if char.is_control() { '\u{FFFD}' } else { char }).collect();
    if text.chars().nth(EXCERPT).is_some() {
        out.push('…');
    }
    out
}

const EXCERPT: usize = 40;
