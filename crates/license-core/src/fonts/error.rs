//! What can be wrong with fonts, and with a character that no font draws.

use super::block::{block_name, is_private_use};

/// An error of the font library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FontError {
    /// A font that every installation needs is not among the assets.
    #[error("font {path} is missing from the assets")]
    Missing {
        /// Path below the assets.
        path: String,
    },
    /// A packed font does not unpack.
    #[error("font {name} cannot be unpacked: {reason}")]
    Unpack {
        /// Name of the face.
        name: String,
        /// What the decoder said.
        reason: String,
    },
    /// A font is larger than the limit.
    #[error("font {name} is larger than {limit} bytes")]
    TooLarge {
        /// Name of the face.
        name: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// A file is not a usable TrueType font.
    #[error("font {name} is not a usable TrueType font: {reason}")]
    Malformed {
        /// Name of the face.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// More faces than [`crate::page::FaceId`] can number.
    #[error("more than {limit} fonts")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The file of a font is another one than a moment ago, or than the set says.
    #[error("font {name} is another file than the one that was named by its digest")]
    Changed {
        /// Name of the face.
        name: String,
    },
    /// A font set that describes no library.
    #[error("font set: {reason}")]
    Set {
        /// What is wrong.
        reason: String,
    },
    /// No font of the chain has the character.
    #[error("no font has {char:?} (U+{:04X}, {}){}", *char as u32, block_name(*char), hint(*char))]
    Unmapped {
        /// The character.
        char: char,
    },
}

fn hint(char: char) -> &'static str {
    if is_private_use(char) {
        "; the source uses a private code: map it to the standard character"
    } else {
        "; add a font that has it to the installation, or check the character"
    }
}
