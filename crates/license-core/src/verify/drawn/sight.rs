//! Whether the words can be seen: each letter is looked at in some points of its square, before and after everything
//! that is painted.

use super::letters::{Letters, Square};
use super::{Area, Drawing, Ink, Mark, Sheet, What, Words, Work};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Type smaller than a point (millimetres) is not read by anyone.
const SMALLEST: f64 = 0.35;
/// Points of a letter, of sixteen, that may lie on a ground like its own colour: a rule below it, a frame beside it.
const MOST_POOR: usize = 4;
/// Points that the red ink of a seal may lie on.
const MOST_SEALED: usize = 12;
/// Work for a page; one of the smallest print over a background takes 280 000, of which the first few pages have enough.
const A_PAGE: usize = 190_000;
/// A page of small print has some thousands.
const MOST_LETTERS: usize = 20_000;

/// Every letter of every page.
pub(in crate::verify) fn check(drawing: &Drawing, checks: &mut Checks) {
    const NAME: &str = "face.seen";
    let mut work = Work::of_pages(drawing.sheets.len(), A_PAGE);
    let mut good = true;
    for (at, sheet) in drawing.sheets.iter().enumerate() {
        if let Some((hidden, why)) = hidden(sheet, &mut work) {
            good = false;
            let place = format!("page {}", at + 1);
            checks.failed(NAME, Reason::FaceHidden, place, format!("{hidden} characters: {why}"));
        }
    }
    if good {
        checks.passed(NAME, "");
    }
}

/// How many letters of a page cannot be seen, and why the first of them.
fn hidden(sheet: &Sheet, work: &mut Work) -> Option<(usize, &'static str)> {
    let mut found = (0, "");
    let mut note = |why: &'static str| {
        if found.0 == 0 {
            found.1 = why;
        }
        found.0 += 1;
    };
    let paper = Area { left: 0.0, top: 0.0, right: sheet.width, bottom: sheet.height };
    let mut squares = Vec::new();
    for (order, mark) in sheet.marks.iter().enumerate() {
        let What::Words(words) = &mark.what else { continue };
        let lone = lone_fault(words, mark);
        let shown = mark.clip.common(&paper);
        for at in (0..words.letters.len()).filter(|at| !words.letters[*at].char.is_whitespace()) {
            if let Some(why) = lone {
                note(why);
                continue;
            }
            let square = Square::new(&square(words, at), order);
            if !square.is_within(&shown) {
                note("cut off at their boundary or at the edge of the page");
                continue;
            }
            squares.push(square);
            if squares.len() > MOST_LETTERS {
                note("more letters than can be looked at");
                return Some(found);
            }
        }
    }
    let mut letters = Letters::new(&squares);
    for (order, mark) in sheet.marks.iter().enumerate() {
        let enough = match &mark.what {
            What::Words(words) => {
                letters.write(order, words.ink, mark.alpha);
                true
            }
            What::Shape(shape) => letters.shape(order, shape, mark, work),
            What::Picture(place, _, pixels) => {
                let ink = |x: f64, y: f64| {
                    let share = ((x - place.left) / place.width(), (y - place.top) / place.height());
                    pixels.as_ref().map_or(Ink::Other, |pixels| pixels.at(share.0, share.1))
                };
                letters.picture(order, &place.common(&mark.clip), mark.alpha, work, ink)
            }
        };
        if !enough {
            note("more is painted than can be looked at");
            return Some(found);
        }
    }
    for letter in letters.seen() {
        if letter.covered > 0 || letter.sealed > MOST_SEALED {
            note("covered or crossed by what is painted later");
        } else if letter.poor > MOST_POOR {
            note("of the colour of their ground");
        }
    }
    (found.0 > 0).then_some(found)
}

/// Why none of these words can be seen, whatever is around them.
fn lone_fault(words: &Words, mark: &Mark) -> Option<&'static str> {
    let upright = words.right.0 > 0.0
        && words.up.1 < 0.0
        && words.right.1.abs() < 0.05 * words.right.0
        && words.up.0.abs() < -0.05 * words.up.1;
    if mark.clipped {
        Some("cut, masked or turned in a way that is not followed")
    } else if !upright {
        Some("turned or mirrored")
    } else if words.right.0 < SMALLEST || -words.up.1 < SMALLEST {
        Some("too small to be read")
    } else {
        None
    }
}

/// What of its square a letter fills: Latin ones are as wide as their advance.
fn square(words: &Words, at: usize) -> Area {
    let letter = words.letters[at];
    let (width, height) = (words.right.0, -words.up.1);
    let room = words.letters.get(at + 1).map_or(width, |next| next.x - letter.x);
    let narrow = if letter.char.is_ascii() { 0.5 * width } else { width };
    let width = if room > 0.2 * width && room < width { room } else { narrow };
    Area {
        left: letter.x + 0.1 * width,
        top: letter.y - 0.75 * height,
        right: letter.x + 0.9 * width,
        bottom: letter.y + 0.02 * height,
    }
}
