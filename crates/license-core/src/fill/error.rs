//! What can be wrong with a field, as an answer to whoever sent it.

use std::fmt;

use serde::Serialize;

/// One thing wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// Field key; empty when the record as a whole is wrong.
    pub field: String,
    /// Stable code such as `required` or `uscc.check-character`; the list is in [`crate::fill`].
    pub rule: String,
    /// JSON pointer (RFC 6901) to the value in the input.
    pub pointer: String,
    /// Position of the character at fault in the value, from 1; blanks at the ends do not count.
    pub character: Option<usize>,
    /// In Chinese, with the field's label.
    pub message: String,
    /// In English.
    pub message_en: String,
    /// The beginning of the value, masked when the field is sensitive.
    pub value_excerpt: Option<String>,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{place}: {} [{}]", self.message_en, self.rule)
    }
}

impl std::error::Error for FieldError {}

/// A message in two languages, before it is known which field it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) rule: String,
    pub(super) character: Option<usize>,
    pub(super) zh: String,
    pub(super) en: String,
}

impl Fault {
    pub(super) fn new(rule: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { rule: rule.into(), character: None, zh: zh.into(), en: en.into() }
    }

    /// The same, about one character (position from 1).
    pub(super) fn at(self, character: usize) -> Fault {
        Fault { character: Some(character), ..self }
    }
}
