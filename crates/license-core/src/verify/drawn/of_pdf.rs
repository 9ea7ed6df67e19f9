//! The pages of a PDF.

use pdf_sign::{MarkKind, PageSize, PageText, Paint, Painted};

use super::{Area, Drawing, FontFile, Ink, Letter, MOST_SHEETS, Mark, Path, Pixels, Shape, Sheet, What, Words};

/// Millimetres in a point.
const POINT: f64 = 25.4 / 72.0;

/// What the pages paint; nothing of their text is lost.
pub(in crate::verify) fn drawing(painted: Painted, sizes: &[PageSize]) -> Drawing {
    let sheets = painted.pages.into_iter().zip(sizes).take(MOST_SHEETS);
    Drawing {
        font_names: Vec::new(),
        repeats_seal: true,
        sheets: sheets.map(|(page, size)| sheet(page, size)).collect(),
        fonts: painted.fonts.into_iter().map(|file| file.map(|file| FontFile(file.into()))).collect(),
    }
}

fn sheet(page: PageText, size: &PageSize) -> Sheet {
    let height = size.height;
    let at = move |(x, y): (f64, f64)| (x * POINT, (height - y) * POINT);
    // A page that is shown turned shows its words so.
    let turned = size.rotate.rem_euclid(360) != 0;
    let marks = page.marks.into_iter().map(|mark| {
        let ink = |paint| match paint {
            Paint::Rgb(rgb) => Ink::Rgb(rgb, 1.0),
            Paint::Other => Ink::Other,
        };
        let what = match mark.kind {
            MarkKind::Text(text) => What::Words(Words {
                letters: (text.letters.iter())
                    .map(|letter| {
                        let (x, y) = at((letter.x, letter.y));
                        Letter { char: letter.char, x, y, glyph: letter.glyph.map(u32::from) }
                    })
                    .collect(),
                font: text.font,
                right: (text.right.0 * POINT, -text.right.1 * POINT),
                up: (text.up.0 * POINT, -text.up.1 * POINT),
                ink: text.fill.map(ink),
                regular: text.regular,
                honest: text.honest,
            }),
            MarkKind::Path(path) => What::Shape(Shape {
                fill: path.fill.map(ink),
                stroke: path.stroke.map(|(paint, width)| (ink(paint), width * POINT)),
                even_odd: path.even_odd,
                path: Path::Pdf(path, height),
            }),
            MarkKind::Picture(picture) => {
                let pixels = picture.pixels.filter(|_| picture.upright).map(Pixels::Pdf);
                What::Picture(area(picture.place, height), None, pixels)
            }
            _ => What::Picture(area(mark.clip, height), None, None),
        };
        Mark {
            what,
            clip: area(mark.clip, height),
            alpha: mark.alpha,
            clipped: mark.unclear || turned,
            annotation: mark.annotation,
        }
    });
    Sheet { width: size.width * POINT, height: height * POINT, marks: marks.collect() }
}

fn area([left, bottom, right, top]: [f64; 4], height: f64) -> Area {
    Area { left: left * POINT, top: (height - top) * POINT, right: right * POINT, bottom: (height - bottom) * POINT }
}

/// Polygons of a path on a page of this height.
pub(super) fn polygons(path: &pdf_sign::PathMark, height: f64) -> Vec<super::Polygon> {
    on_page(path.polygons(), height)
}

/// The same, with short pieces of curves; nothing when there are more than `limit`.
pub(super) fn fine_polygons(path: &pdf_sign::PathMark, height: f64, limit: usize) -> Option<Vec<super::Polygon>> {
    path.fine_polygons(super::canvas::CURVE_STEP / POINT, limit).map(|polygons| on_page(polygons, height))
}

/// The first of their points.
pub(super) fn start(path: &pdf_sign::PathMark, height: f64) -> Option<(f64, f64)> {
    path.start().map(|(x, y)| (x * POINT, (height - y) * POINT))
}

fn on_page(mut polygons: Vec<super::Polygon>, height: f64) -> Vec<super::Polygon> {
    for (x, y) in polygons.iter_mut().flatten() {
        (*x, *y) = (*x * POINT, (height - *y) * POINT);
    }
    polygons
}
