//! Lines → text runs: alignment, spreading, baselines.

use super::chars::{in_word, is_space};
use super::fit::Fit;
use super::lines::Line;
use super::style::TextStyle;
use super::words::{Cluster, Words};
use crate::fonts::FontLibrary;
use crate::length::{Length, Point, Rect};
use crate::page::{Glyph, Item, TextRun};
use crate::template::model::{Align, VAlign};

/// How a block of lines stands in its rectangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placing {
    pub(super) rect: Rect,
    pub(super) align: Align,
    pub(super) valign: VAlign,
}

/// Places all lines of a fit.
pub(super) fn place(
    words: &Words,
    clusters: &[Cluster],
    fit: &Fit,
    style: &TextStyle,
    placing: Placing,
    fonts: &FontLibrary,
    items: &mut Vec<Item>,
) {
    let Placing { rect, align, valign } = placing;
    let leading = style.leading_at(fit.size);
    let count = fit.lines.len() as i32;
    let height = leading * (count - 1) + fit.size;
    let spare = rect.height - height;
    let top = rect.y
        + match valign {
            // A shrunk text keeps the middle of its first line where the full size would have it, beside its label.
            VAlign::Top => half(style.size - fit.size).min(spare).max(Length::ZERO),
            VAlign::Middle => half(spare),
            VAlign::Bottom => spare,
        };
    let ascent = ascent(words, fit.size, fonts);
    for (at, line) in fit.lines.iter().enumerate() {
        let baseline = top + leading * at as i32 + ascent;
        place_line(
            words,
            clusters,
            line,
            fit.size,
            style,
            Place { x: rect.x, baseline, width: rect.width, align },
            items,
        );
    }
}

/// Distance from the top of the em square to the baseline of a family's lead face.
pub(super) fn ascent(words: &Words, size: Length, fonts: &FontLibrary) -> Length {
    let face = fonts.lead(words.family);
    // Ideographs fill the em square between the typographic ascender and descender, whatever their sum.
    let (ascent, descent) = (i32::from(face.ascent()), i32::from(face.descent()));
    let slack = i32::from(face.units_per_em()) - (ascent - descent);
    face.at_size(ascent + slack / 2, size)
}

/// Where one line stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) x: Length,
    pub(super) baseline: Length,
    pub(super) width: Length,
    pub(super) align: Align,
}

/// Places one line, split into runs of one face and one source.
pub(super) fn place_line(
    words: &Words,
    clusters: &[Cluster],
    line: &Line,
    size: Length,
    style: &TextStyle,
    place: Place,
    items: &mut Vec<Item>,
) {
    let tracking = if place.align == Align::Spread { Length::ZERO } else { style.tracking_at(size) };
    let spare = place.width - line.width;
    let mut gaps = match place.align {
        Align::Spread => Gaps::spread(&clusters[line.inked.clone()], spare),
        Align::Justify if !line.last => Gaps::justify(&clusters[line.inked.clone()], spare),
        _ => Gaps::none(),
    };
    let mut x = place.x
        + match place.align {
            Align::Center => half(spare),
            Align::Right => spare,
            _ => Length::ZERO,
        }
        - line.lead;
    let mut run: Option<TextRun> = None;
    let mut run_source = 0;
    for at in line.range.clone() {
        let cluster = &clusters[at];
        let glyph_at = |origin: Length| Glyph { id: cluster.glyph, char: cluster.char, x: x - origin };
        match &mut run {
            Some(run) if run.face == cluster.face && run_source == cluster.source => {
                run.glyphs.push(glyph_at(run.origin.x));
            }
            other => {
                items.extend(other.take().map(Item::Text));
                run_source = cluster.source;
                *other = Some(TextRun {
                    source: words.sources[usize::from(cluster.source)].clone(),
                    face: cluster.face,
                    size,
                    color: style.color,
                    origin: Point::new(x, place.baseline),
                    glyphs: vec![glyph_at(x)],
                });
            }
        }
        x += cluster.width(size) + tracking + gaps.after(at - line.range.start);
        if let Some(next) = clusters.get(at + 1).filter(|_| at + 1 < line.range.end) {
            x += -cluster.squeezed(next, size);
        }
    }
    items.extend(run.map(Item::Text));
}

/// Room dealt out between the clusters of a line, to the last micrometre.
struct Gaps {
    /// Whether there is a gap after each cluster.
    open: Vec<bool>,
    room: i64,
    count: i64,
    given: i64,
}

impl Gaps {
    fn none() -> Gaps {
        Gaps { open: Vec::new(), room: 0, count: 0, given: 0 }
    }

    fn new(open: Vec<bool>, room: Length) -> Gaps {
        let count = open.iter().filter(|&&open| open).count() as i64;
        Gaps { open, room: i64::from(room.um()), count, given: 0 }
    }

    /// Between all characters; when there are spaces, only there. Numbers and Latin words stay together.
    fn spread(clusters: &[Cluster], room: Length) -> Gaps {
        let pairs = || clusters.windows(2);
        let spaced: Vec<bool> = pairs().map(|pair| is_space(pair[0].char) && !is_space(pair[1].char)).collect();
        if spaced.contains(&true) {
            return Gaps::new(spaced, room);
        }
        Gaps::new(pairs().map(|pair| !(in_word(pair[0].char) && in_word(pair[1].char))).collect(), room)
    }

    fn justify(clusters: &[Cluster], room: Length) -> Gaps {
        let open: Vec<bool> =
            clusters.windows(2).map(|pair| !(in_word(pair[0].char) && in_word(pair[1].char))).collect();
        Gaps::new(open, room)
    }

    fn after(&mut self, at: usize) -> Length {
        if !self.open.get(at).is_some_and(|&open| open) {
            return Length::ZERO;
        }
        self.given += 1;
        let upto = |gaps: i64| (self.room * gaps).div_euclid(self.count);
        Length::from_um((upto(self.given) - upto(self.given - 1)) as i32)
    }
}

fn half(length: Length) -> Length {
    Length::from_um(length.um().div_euclid(2))
}
