//! What cannot be laid out, in words for the officer and for the log.

use std::fmt;

use crate::fonts::{FontError, block_name};
use crate::length::Length;

/// A text or a character that cannot stand on the page, or a mistake in the template that layout ran into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayoutError {
    /// The field the text comes from; none for fixed words.
    pub field: Option<String>,
    /// The box of the face (or `continuation`).
    pub box_id: String,
    /// What is wrong.
    pub reason: LayoutReason,
}

/// Why something cannot be laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutReason {
    /// No font of the chain has the character.
    NoGlyph {
        /// The character.
        char: char,
        /// Its place in the drawn value, in characters from 0.
        position: usize,
    },
    /// The text is too long for the box, even at the smallest size.
    TooLong {
        /// Characters of the text.
        characters: usize,
        /// The smallest size tried.
        smallest: Length,
    },
    /// The seal is larger than its slot.
    SealTooLarge {
        /// Diameter of the seal.
        seal: Length,
        /// Diameter the slot is made for.
        slot: Length,
    },
    /// More continuation pages than a document may have.
    TooManyPages {
        /// The limit.
        limit: usize,
    },
    /// The template asks for something it does not define (a lint finds these beforehand).
    Template {
        /// What, in English.
        fault: String,
    },
}

impl LayoutError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self.reason {
            LayoutReason::NoGlyph { .. } => "layout.no-glyph",
            LayoutReason::TooLong { .. } => "layout.too-long",
            LayoutReason::SealTooLarge { .. } => "layout.seal-too-large",
            LayoutReason::TooManyPages { .. } => "layout.too-many-pages",
            LayoutReason::Template { .. } => "layout.template",
        }
    }

    /// In Chinese.
    pub fn message(&self) -> String {
        let place = match &self.field {
            Some(field) => format!("字段 {field}（版面框 {}）", self.box_id),
            None => format!("版面框 {}", self.box_id),
        };
        match &self.reason {
            LayoutReason::NoGlyph { char, position } => format!(
                "{place}第 {} 个字“{char}”（U+{:04X}，{}）在所有字库中都没有：请核对该字，或为系统添加含有该字的字库",
                position + 1,
                *char as u32,
                block_name(*char)
            ),
            LayoutReason::TooLong { characters, smallest } => {
                format!("{place}的内容有 {characters} 个字，用最小字号 {} 磅也放不下", points(*smallest))
            }
            LayoutReason::SealTooLarge { seal, slot } => {
                format!("{place}：印章直径 {} 毫米，超过印章位的 {} 毫米", seal.mm(), slot.mm())
            }
            LayoutReason::TooManyPages { limit } => format!("{place}：附页超过 {limit} 页"),
            LayoutReason::Template { fault } => format!("{place}：模板有误：{fault}"),
        }
    }

    /// In English.
    pub fn message_en(&self) -> String {
        let place = match &self.field {
            Some(field) => format!("field {field} (box {})", self.box_id),
            None => format!("box {}", self.box_id),
        };
        match &self.reason {
            LayoutReason::NoGlyph { char, position } => {
                format!("{place}, character {}: {}", position + 1, FontError::Unmapped { char: *char })
            }
            LayoutReason::TooLong { characters, smallest } => {
                format!("{place}: {characters} characters do not fit even at {} pt", points(*smallest))
            }
            LayoutReason::SealTooLarge { seal, slot } => {
                format!("{place}: the seal of {} mm is larger than its slot of {} mm", seal.mm(), slot.mm())
            }
            LayoutReason::TooManyPages { limit } => format!("{place}: more than {limit} continuation pages"),
            LayoutReason::Template { fault } => format!("{place}: the template is wrong: {fault}"),
        }
    }
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for LayoutError {}

/// Points with at most one decimal.
fn points(size: Length) -> f64 {
    (size.pt() * 10.0).round() / 10.0
}

/// Something layout left out or changed; never a reason to refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutWarning {
    /// A variation selector was dropped: the character before it is drawn in its usual form.
    VariationSelectorDropped {
        /// The field, or none for fixed words.
        field: Option<String>,
        /// The box.
        box_id: String,
        /// Place in the drawn value, in characters from 0.
        position: usize,
        /// The selector.
        selector: char,
    },
    /// A text went on to a continuation page.
    Continued {
        /// The field, or none for fixed words.
        field: Option<String>,
        /// The box.
        box_id: String,
    },
}

impl fmt::Display for LayoutWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |field: &Option<String>, box_id: &String| match field {
            Some(field) => format!("field {field} (box {box_id})"),
            None => format!("box {box_id}"),
        };
        match self {
            LayoutWarning::VariationSelectorDropped { field, box_id, position, selector } => write!(
                f,
                "{}, character {}: variation selector U+{:04X} is not drawn",
                place(field, box_id),
                position + 1,
                *selector as u32
            ),
            LayoutWarning::Continued { field, box_id } => {
                write!(f, "{} continues on an extra page", place(field, box_id))
            }
        }
    }
}
