//! The pages of an OFD.

use std::sync::Arc;

use ofd::{MarkKind, PageFacts, Paint, Rect};

use super::{Area, Drawing, FontFile, Ink, Letter, MOST_SHEETS, Mark, Path, Pixels, Shape, Sheet, What, Words};
use crate::verify::qr_picture::Seen;

/// What the pages paint; `codes` are the QR codes by the picture that shows them. The facts must be those of
/// [`ofd::inspect_painted`].
pub(in crate::verify) fn drawing(facts: &ofd::Facts, codes: &[(usize, Seen)]) -> Drawing {
    // A picture may stand in many places.
    let codes: Vec<(usize, Arc<Seen>)> = codes.iter().map(|(image, seen)| (*image, Arc::new(seen.clone()))).collect();
    Drawing {
        font_names: facts.fonts.iter().map(|font| (font.name.clone(), font.family.clone())).collect(),
        repeats_seal: false,
        sheets: facts.pages.iter().take(MOST_SHEETS).map(|page| sheet(facts, page, &codes)).collect(),
        fonts: facts.fonts.iter().map(|font| Some(FontFile(font.file.clone()?))).collect(),
    }
}

fn sheet(facts: &ofd::Facts, page: &PageFacts, codes: &[(usize, Arc<Seen>)]) -> Sheet {
    let marks = page.marks.iter().filter_map(|mark| {
        let what = match &mark.kind {
            MarkKind::Text(text) => What::Words(words(page, text)?),
            MarkKind::Path(path) => What::Shape(Shape {
                fill: path.fill.map(ink),
                stroke: path.stroke.map(|(paint, width)| (ink(paint), width)),
                even_odd: path.even_odd,
                path: Path::Ofd(path.clone()),
            }),
            MarkKind::Picture(at) => {
                let picture = page.pictures.get(*at)?;
                let code = picture.image.and_then(|image| codes.iter().find(|(known, _)| *known == image));
                let file = picture.image.and_then(|image| facts.images.get(image)?.file.clone());
                let seen = code.map(|(_, seen)| Arc::clone(seen));
                What::Picture(area(&picture.placement), seen, file.map(Pixels::File))
            }
        };
        Some(Mark {
            what,
            clip: area(&mark.clip),
            alpha: f64::from(mark.alpha) / 255.0,
            clipped: mark.clipped,
            annotation: mark.source == ofd::Source::Annotation,
        })
    });
    Sheet { width: page.size().width.to_mm(), height: page.size().height.to_mm(), marks: marks.collect() }
}

fn words(page: &PageFacts, text: &ofd::TextMark) -> Option<Words> {
    let run = page.text.get(text.run)?;
    let size = run.size.to_mm();
    let [a, b, c, d] = text.linear;
    let glyphs = text.glyphs.iter().copied().chain(std::iter::repeat(None));
    let letters = run.text.chars().zip(&run.origins).zip(glyphs);
    Some(Words {
        letters: letters.map(|((char, (x, y)), glyph)| Letter { char, x: x.to_mm(), y: y.to_mm(), glyph }).collect(),
        font: run.font,
        right: (a * size, b * size),
        up: (-c * size, -d * size),
        // A line around letters may be as wide as they are.
        ink: text.fill.filter(|_| text.stroke.is_none()).map(ink),
        regular: text.regular,
        honest: true,
    })
}

fn ink(paint: Paint) -> Ink {
    match paint {
        Paint::Rgb(rgb, alpha) => Ink::Rgb(rgb, f64::from(alpha) / 255.0),
        Paint::Other => Ink::Other,
    }
}

fn area(rect: &Rect) -> Area {
    let (left, top) = (rect.x.to_mm(), rect.y.to_mm());
    Area { left, top, right: left + rect.width.to_mm(), bottom: top + rect.height.to_mm() }
}
