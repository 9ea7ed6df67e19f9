//! The fonts of a license: families, fallback chains, glyphs and their widths.
//!
//! No system font is ever used. A [`FontLibrary`] reads the faces below `fonts/` of its [`Assets`](crate::assets::Assets) and unpacks each
//! one when a character first needs it: the everyday faces on first use, the rare ones perhaps never.
//!
//! ```text
//! song       Song, Supp, RareBF, RareGH, extra fonts
//! song-bold  SongBold, Supp, RareBF, RareGH, extra fonts
//! kai        Kai (Latin and digits from Song), Song, Supp, RareBF, RareGH, extra fonts
//! hei        Hei, Song, Supp, RareBF, RareGH, extra fonts
//! ```
//!
//! Which files those are says the library's [`FontSet`], whose digest a record carries: [`FontLibrary::of_set`] makes the
//! library again that a license was laid out with, whatever the fonts of today.

mod block;
mod cmap;
mod cut;
mod error;
mod face;
mod family;
mod library;
mod names;
mod pack;
mod set;
pub(crate) mod sfnt;
mod slot;
mod subset;
mod table;
mod unpack;
mod web;

pub use crate::page::FaceId;
pub use block::{block_name, is_private_use, is_radical, is_variation_selector};
pub(crate) use cut::{Assembled, Cut};
pub use error::FontError;
pub use face::Face;
pub use family::Family;
pub use library::{ExtraFont, FontLibrary};
pub use set::{FIRST_FONT_SET, FontSet, SetFace};
pub(crate) use subset::Subset;
pub use unpack::MAX_FONT_BYTES;
pub use web::{WebFont, web_fonts};
