//! What is drawn equals what was signed: the words of a license can be seen, are drawn with the glyphs of their
//! characters, in their place, and the QR code can be read. The same for OFD and PDF.
//!
//! All of this lies under the issuer's own signature: somebody inside, a faulty program, or whoever prepared the file
//! for sealing could do it. Only files that present themselves as licenses of this house are asked.
//!
//! | file | what it asks | check |
//! |---|---|---|
//! | `sight`, with `letters`, `shade`, `inside` | is a letter of the colour of its ground, covered, cut off, or too small? | `face.seen` |
//! | `glyphs`, with `weight` | does the embedded font draw the character that the text names? | `face.glyphs` |
//! | `expected` | is every letter where the record lays it out, in its size, colour and outline? | `face.place`, `face.outlines` |
//! | `shapes`, with `canvas`, `known` | are lines, areas and pictures those of the layout, and no others? | `face.shapes` |
//! | `code` | does a QR code of the index show, whole and uncovered, in its place? | `index.shown` |
//! | `of_ofd`, `of_pdf` | what a page of either format paints, in one form | |

mod canvas;
mod code;
mod expected;
mod glyphs;
mod inside;
mod known;
mod letters;
mod of_ofd;
mod of_pdf;
mod shade;
mod shapes;
mod sight;
mod weight;

pub(super) use code::check as check_code;
pub(super) use expected::check as check_expected;
pub(super) use glyphs::check as check_glyphs;
pub use known::Backgrounds;
pub(super) use known::{Followed, Known};
pub(super) use of_ofd::drawing as of_ofd;
pub(super) use of_pdf::drawing as of_pdf;
pub(super) use shapes::check as check_shapes;
pub(super) use sight::check as check_sight;

use std::sync::Arc;

use super::qr_picture::Seen;

/// What a document paints.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drawing {
    /// Pages in order.
    pub(super) sheets: Vec<Sheet>,
    /// Font files; nothing for a font that does not travel with the document.
    pub(super) fonts: Vec<Option<FontFile>>,
    /// Their names and families, where readers go by them and may take a font of their own instead.
    pub(super) font_names: Vec<(Arc<str>, Option<String>)>,
    /// Whether pages may show the seal as a part of what they paint: a field of a PDF shows on one page only.
    pub(super) repeats_seal: bool,
}

/// An embedded TrueType file, shared by all fonts that it is.
#[derive(Clone, PartialEq)]
pub(super) struct FontFile(pub(super) ofd::Part);

impl std::fmt::Debug for FontFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FontFile({} bytes)", self.0.size())
    }
}

/// What a page paints, bottom to top; millimetres from its top left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sheet {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) what: What,
    /// What of it shows at most.
    pub(super) clip: Area,
    /// 0 is nothing, 1 hides what is below.
    pub(super) alpha: f64,
    /// Cut in a way that is not followed.
    pub(super) clipped: bool,
    /// Whether it is the appearance of an annotation.
    pub(super) annotation: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Words(Words),
    Shape(Shape),
    /// A picture, the QR code that it shows, and its pixels where they are plain.
    Picture(Area, Option<Arc<Seen>>, Option<Pixels>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Words {
    pub(super) letters: Vec<Letter>,
    /// As an index into [`Drawing::fonts`].
    pub(super) font: Option<usize>,
    /// Where a step of an em to the right goes, and one upwards (millimetres, y down).
    pub(super) right: (f64, f64),
    pub(super) up: (f64, f64),
    /// What the inside of the letters is painted with; nothing when only their outlines are.
    pub(super) ink: Option<Ink>,
    /// One glyph a character, in the order of the characters.
    pub(super) regular: bool,
    /// Copies as the very text that is drawn.
    pub(super) honest: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letter {
    pub(super) char: char,
    pub(super) x: f64,
    pub(super) y: f64,
    /// The glyph, where it is not the font's own choice for the character.
    pub(super) glyph: Option<u32>,
}

/// Lines and areas.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) fill: Option<Ink>,
    pub(super) stroke: Option<(Ink, f64)>,
    pub(super) even_odd: bool,
    pub(super) path: Path,
}

/// Pixels of a picture.
#[derive(Clone, PartialEq)]
pub(super) enum Pixels {
    Pdf(std::sync::Arc<pdf_sign::Pixels>),
    /// A picture file, not decoded.
    File(ofd::Part),
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pixels::Pdf(pixels) => pixels.fmt(f),
            Pixels::File(file) => write!(f, "a file of {} bytes", file.size()),
        }
    }
}

impl Pixels {
    /// The ink at this share of width and height.
    fn at(&self, x: f64, y: f64) -> Ink {
        let Pixels::Pdf(pixels) = self else { return Ink::Other };
        pixels.at(x, y).map_or(Ink::Other, |(rgb, alpha)| Ink::Rgb(rgb, f64::from(alpha) / 255.0))
    }
}

/// A polygon on the page.
pub(super) type Polygon = Vec<(f64, f64)>;

/// Not yet taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Path {
    Ofd(ofd::PathMark),
    /// On a page of this height in points.
    Pdf(pdf_sign::PathMark, f64),
}

impl Shape {
    /// Its polygons; nothing when they cannot be told: then it may be anywhere.
    pub(super) fn polygons(&self, work: &mut Work) -> Option<Vec<Polygon>> {
        let found = match &self.path {
            Path::Ofd(path) => {
                // Reading it is work, whatever it turns out to be.
                if !work.spend(path.data_bytes() / 8) {
                    return None;
                }
                path.polygons(work.0.min(MOST_POINTS))?
            }
            Path::Pdf(path, height) => {
                let points = path.points();
                if points > work.0.min(MOST_POINTS) || !work.spend(points / 8) {
                    return None;
                }
                of_pdf::polygons(path, *height)
            }
        };
        work.spend(found.iter().map(Vec::len).sum()).then_some(found)
    }

    /// Where it begins, if that is easily told.
    fn start(&self) -> Option<(f64, f64)> {
        match &self.path {
            Path::Ofd(path) => path.start(),
            Path::Pdf(path, height) => of_pdf::start(path, *height),
        }
    }

    /// About how many bytes say where it runs.
    fn told_bytes(&self) -> usize {
        match &self.path {
            Path::Ofd(path) => path.data_bytes(),
            Path::Pdf(path, _) => path.points() * 2 * size_of::<f64>(),
        }
    }

    /// The same, with curves in pieces so short that they follow the line closely. Whether there is enough work left for
    /// that depends on what it takes alone, which is known of what was followed before.
    fn fine_polygons(&self, work: &mut Work) -> Option<Vec<Polygon>> {
        let most = MOST_POINTS;
        let found = match &self.path {
            Path::Ofd(path) => {
                if !work.spend(path.data_bytes() / 8) {
                    return None;
                }
                path.fine_polygons(canvas::CURVE_STEP, most)?
            }
            Path::Pdf(path, height) => of_pdf::fine_polygons(path, *height, most)?,
        };
        work.spend(found.iter().map(Vec::len).sum::<usize>() / 4).then_some(found)
    }
}

/// A colour with its opacity, or something that is not followed (patterns, foreign colour spaces).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ink {
    Rgb([u8; 3], f64),
    Other,
}

/// An upright box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    pub(super) const EMPTY: Area =
        Area { left: f64::INFINITY, top: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::NEG_INFINITY };

    pub(super) fn around<'a>(points: impl IntoIterator<Item = &'a (f64, f64)>) -> Area {
        points.into_iter().fold(Area::EMPTY, |area, (x, y)| Area {
            left: area.left.min(*x),
            top: area.top.min(*y),
            right: area.right.max(*x),
            bottom: area.bottom.max(*y),
        })
    }

    pub(super) fn common(&self, other: &Area) -> Area {
        Area {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub(super) fn wider(&self, by: f64) -> Area {
        Area { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    pub(super) fn width(&self) -> f64 {
        (self.right - self.left).max(0.0)
    }

    pub(super) fn height(&self) -> f64 {
        (self.bottom - self.top).max(0.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.width() <= 0.0 || self.height() <= 0.0
    }

    pub(super) fn has(&self, x: f64, y: f64) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

/// Points and lines that may still be looked at: hostile pages end in an answer, too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work(usize);

impl Work {
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

impl Work {
    /// For whatever looks at all of so many pages: what a document may take anyway, and so much for each page.
    fn of_pages(pages: usize, each: usize) -> Work {
        Work(Work::default().0 + pages.min(MOST_SHEETS) * each)
    }
}

impl Default for Work {
    /// A license of several pages takes some ten thousand.
    fn default() -> Work {
        Work(4_000_000)
    }
}

/// Points of one path; a QR code has twenty thousand.
const MOST_POINTS: usize = 400_000;
/// Pages that are looked at; licenses have few.
pub(super) const MOST_SHEETS: usize = 64;
