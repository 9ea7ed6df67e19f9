//! Text → QR modules (ISO/IEC 18004), and the item that stands on a page.

mod masked;

use fast_qr::{ECL, Mode, QRBuilder};

use crate::length::{Length, Rect};
use crate::page::QrItem;

/// Largest version (69 modules a side): more cannot be read at 25 mm from paper.
pub const MAX_VERSION: usize = 13;
/// Quiet zone in modules on every side, as the standard asks.
pub const QUIET_ZONE: usize = 4;
/// Most characters of the alphanumeric mode in version 13 at level M.
pub const MAX_CHARS: usize = 483;

/// The modules of a QR code of error level M.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    modules: usize,
    dark: Vec<bool>,
}

/// Why a text cannot become a QR code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// A character outside `0-9 A-Z space $ % * + - . / :` would need a less dense mode.
    #[error("character {char:?} at {position} is not in the alphanumeric set of QR codes")]
    NotAlphanumeric {
        /// The character.
        char: char,
        /// Its place, from 0.
        position: usize,
    },
    /// The text does not fit into the largest version allowed.
    #[error("{length} characters do not fit: version {MAX_VERSION} at level M holds {MAX_CHARS}")]
    TooLong {
        /// Characters of the text.
        length: usize,
    },
}

impl QrCode {
    /// Encodes as one alphanumeric segment in the smallest version that holds it.
    pub fn new(text: &str) -> Result<QrCode, QrError> {
        check(text)?;
        let code = QRBuilder::new(text).mode(Mode::Alphanumeric).ecl(ECL::M).build().map_err(|_| too_long(text))?;
        if code.size > 17 + 4 * MAX_VERSION {
            return Err(too_long(text));
        }
        let dark = (0..code.size).flat_map(|row| code[row].iter().map(|module| module.value())).collect();
        Ok(QrCode { modules: code.size, dark })
    }

    /// As [`new`](Self::new) under this mask (0 to 7) rather than the best one, which takes most of the time to find.
    pub(crate) fn with_mask(text: &str, mask: u8) -> Result<QrCode, QrError> {
        check(text)?;
        let (modules, dark) = masked::modules(text, mask).ok_or_else(|| too_long(text))?;
        Ok(QrCode { modules, dark })
    }

    /// Modules a side, without quiet zone.
    pub fn modules(&self) -> usize {
        self.modules
    }

    /// Version, 1 to 13.
    pub fn version(&self) -> usize {
        (self.modules - 17) / 4
    }

    /// Row by row, `true` is dark.
    pub fn dark(&self) -> &[bool] {
        &self.dark
    }

    /// The code on a white panel in the middle of `slot`, as large as a square there can be.
    pub fn place(&self, slot: Rect) -> QrItem {
        let side = slot.width.min(slot.height);
        let half = |room: Length| Length::from_um((room - side).um() / 2);
        let rect = Rect { x: slot.x + half(slot.width), y: slot.y + half(slot.height), width: side, height: side };
        QrItem { rect, modules: self.modules, dark: self.dark.clone() }
    }
}

fn check(text: &str) -> Result<(), QrError> {
    if let Some((position, char)) = text.chars().enumerate().find(|&(_, char)| !is_alphanumeric(char)) {
        return Err(QrError::NotAlphanumeric { char, position });
    }
    if text.len() > MAX_CHARS { Err(too_long(text)) } else { Ok(()) }
}

fn too_long(text: &str) -> QrError {
    QrError::TooLong { length: text.len() }
}

fn is_alphanumeric(char: char) -> bool {
    matches!(char, '0'..='9' | 'A'..='Z' | ' ' | '$' | '%' | '*' | '+' | '-' | '.' | '/' | ':')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn smallest_version_that_holds_the_text() {
        for (length, version) in [(1, 1), (20, 1), (21, 2), (366, 11), (367, 12), (419, 12), (420, 13), (MAX_CHARS, 13)]
        {
            let code = QrCode::new(&"A".repeat(length)).unwrap();
            assert_eq!(code.version(), version, "{length} characters");
            assert_eq!(code.dark().len(), code.modules() * code.modules());
            // Three finder patterns: dark corners, light bottom right separator is data.
            assert!(code.dark()[0] && code.dark()[code.modules() - 1]);
        }
        assert_eq!(QrCode::new(&"A".repeat(MAX_CHARS + 1)), Err(QrError::TooLong { length: MAX_CHARS + 1 }));
    }

    #[test]
    fn lower_case_is_refused_by_place() {
        assert_eq!(QrCode::new("HTTPS://a"), Err(QrError::NotAlphanumeric { char: 'a', position: 8 }));
        assert_eq!(QrCode::new("证"), Err(QrError::NotAlphanumeric { char: '证', position: 0 }));
    }

    #[test]
    fn placed_as_a_centred_square() {
        let item = QrCode::new("A").unwrap().place(Rect::from_mm([10.0, 20.0, 30.0, 24.0]));
        assert_eq!(item.rect, Rect::from_mm([13.0, 20.0, 24.0, 24.0]));
    }
}
