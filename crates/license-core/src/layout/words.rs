//! Characters with their glyphs: what lines are made of.

use super::chars::{is_space, squeeze};
use super::error::{LayoutError, LayoutReason, LayoutWarning};
use crate::fonts::{FaceId, Family, FontLibrary, is_variation_selector};
use crate::length::Length;
use crate::page::TextSource;

/// A character, its glyph, and which words it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    pub(super) char: char,
    pub(super) face: FaceId,
    pub(super) glyph: u16,
    /// Position in [`Words::sources`].
    pub(super) source: u16,
    advance: u16,
    units_per_em: u16,
}

/// The characters of one box in one family.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) clusters: Vec<Cluster>,
    pub(super) sources: Vec<TextSource>,
    pub(super) family: Family,
}

impl Words {
    pub(super) fn new(family: Family) -> Words {
        Words { clusters: Vec::new(), sources: Vec::new(), family }
    }

    /// Appends text; characters without a glyph become errors, variation selectors warnings.
    pub(super) fn push(&mut self, text: &str, source: TextSource, fonts: &FontLibrary, notes: &mut Notes<'_>) {
        let index = self.sources.len() as u16;
        for (position, char) in text.chars().enumerate() {
            if is_variation_selector(char) {
                notes.dropped(&source, position, char);
                continue;
            }
            if char == '\n' {
                let face = FaceId(0);
                self.clusters.push(Cluster { char, face, glyph: 0, source: index, advance: 0, units_per_em: 1 });
                continue;
            }
            let Some((face, glyph)) = fonts.lookup(self.family, char) else {
                notes.no_glyph(&source, position, char);
                continue;
            };
            let metrics = fonts.face(face);
            let (advance, units_per_em) = (metrics.advance_units(glyph), metrics.units_per_em().max(1));
            self.clusters.push(Cluster { char, face, glyph, source: index, advance, units_per_em });
        }
        self.sources.push(source);
    }

    pub(super) fn is_blank(&self) -> bool {
        self.clusters.iter().all(|cluster| is_space(cluster.char))
    }
}

impl Cluster {
    /// Width of the glyph at a size.
    pub(super) fn width(&self, size: Length) -> Length {
        let em = i64::from(self.units_per_em);
        let um = (2 * i64::from(self.advance) * i64::from(size.um()) + em) / (2 * em);
        Length::from_um(um as i32)
    }

    /// Whether the glyph fills a whole em, as ideographs and their punctuation do.
    pub(super) fn is_full_width(&self) -> bool {
        self.advance == self.units_per_em
    }

    /// What the distance to the next glyph loses when both are full-width marks.
    pub(super) fn squeezed(&self, next: &Cluster, size: Length) -> Length {
        if self.is_full_width() && next.is_full_width() && squeeze(self.char, next.char) {
            Length::from_um(size.um() / 2)
        } else {
            Length::ZERO
        }
    }
}

/// Collects what is wrong and what is odd, with the box it happened in.
pub(super) struct Notes<'a> {
    pub(super) box_id: &'a str,
    pub(super) errors: &'a mut Vec<LayoutError>,
    pub(super) warnings: &'a mut Vec<LayoutWarning>,
}

impl Notes<'_> {
    /// The same notes, for another box.
    pub(super) fn within<'b>(&'b mut self, box_id: &'b str) -> Notes<'b> {
        Notes { box_id, errors: self.errors, warnings: self.warnings }
    }

    pub(super) fn error(&mut self, field: Option<&str>, reason: LayoutReason) {
        if self.errors.len() < MAX_ERRORS {
            let error = LayoutError { field: field.map(str::to_owned), box_id: self.box_id.to_owned(), reason };
            if !self.errors.contains(&error) {
                self.errors.push(error);
            }
        }
    }

    pub(super) fn template(&mut self, fault: String) {
        self.error(None, LayoutReason::Template { fault });
    }

    fn no_glyph(&mut self, source: &TextSource, position: usize, char: char) {
        self.error(field_of(source), LayoutReason::NoGlyph { char, position });
    }

    fn dropped(&mut self, source: &TextSource, position: usize, selector: char) {
        let field = field_of(source).map(str::to_owned);
        let box_id = self.box_id.to_owned();
        self.warnings.push(LayoutWarning::VariationSelectorDropped { field, box_id, position, selector });
    }
}

fn field_of(source: &TextSource) -> Option<&str> {
    match source {
        TextSource::Field(key) => Some(key),
        TextSource::Fixed(_) => None,
    }
}

/// Enough to see what is wrong with a record.
const MAX_ERRORS: usize = 200;
