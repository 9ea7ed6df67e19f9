//! The result of filling.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::record::Value;
use crate::template::Template;
use crate::template::model::{Condition, Face};

/// A record that passed every check of its type: what layout draws.
#[derive(Clone, PartialEq)]
pub struct Filled {
    /// The type.
    pub template: Arc<Template>,
    /// Position of the chosen face in `template.file.faces`.
    pub face: usize,
    /// Value by field key; optional fields without a value are absent.
    pub values: BTreeMap<String, Value>,
    /// What was put right on the way, and what looks odd.
    pub warnings: Vec<FieldWarning>,
}

impl Filled {
    /// The chosen face.
    pub fn face(&self) -> &Face {
        &self.template.file.faces[self.face]
    }

    /// The same values for another face of the type; `None` when it has no such face.
    pub fn on_face(&self, face: usize) -> Option<Filled> {
        (face < self.template.file.faces.len()).then(|| Filled { face, ..self.clone() })
    }

    /// The value of a field.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// The text of a text or enum field.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The date of a date field.
    pub fn date(&self, key: &str) -> Option<time::Date> {
        match self.values.get(key)? {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The label of a field as it stands on the face: by another field's value where the template says so.
    pub fn label(&self, key: &str) -> Option<&str> {
        let field = self.template.field(key)?;
        let special = field.label_by.as_ref().and_then(|by| by.labels.get(self.text(&by.field)?));
        Some(special.unwrap_or(&field.label))
    }

    /// Whether a condition of the template holds for these values.
    pub fn holds(&self, condition: &Condition) -> bool {
        condition.holds(self.text(&condition.field))
    }
}

impl fmt::Debug for Filled {
    /// Names the fields but not their values: they are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled")
            .field("template", &self.template.id())
            .field("face", &self.face().id)
            .field("fields", &self.values.keys().collect::<Vec<_>>())
            .field("warnings", &self.warnings)
            .finish()
    }
}

/// Something put right or worth a look; never a reason to refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldWarning {
    /// Field key.
    pub field: String,
    /// Stable code such as `fold.full-width` or `division.unknown`.
    pub rule: String,
    /// In Chinese.
    pub message: String,
    /// In English.
    pub message_en: String,
}
