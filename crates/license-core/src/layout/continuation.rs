//! Continuation pages (附页): the whole of what the face could not hold.

use super::error::LayoutReason;
use super::fit::Fit;
use super::lines::{Line, break_lines, line};
use super::place::{Place, Placing, ascent, place, place_line};
use super::style::TextStyle;
use super::table::Grid;
use super::words::{Notes, Words};
use crate::fill::Filled;
use crate::fonts::FontLibrary;
use crate::length::{Length, Point, Rect, Size};
use crate::page::{Item, Page, PathItem, Segment, TextSource};
use crate::template::model::{Align, VAlign};

/// Most continuation pages of one document.
pub const MAX_PAGES: usize = 40;

/// Something that goes on to a continuation page.
pub(super) struct Entry {
    /// The field's label.
    pub(super) label: String,
    /// The field, for error messages.
    pub(super) field: String,
    pub(super) body: Body,
}

/// What is continued.
pub(super) enum Body {
    /// A whole value.
    Text(Words),
    /// The rows of a table from `first` on.
    Rows { grid: Grid, first: usize },
}

/// Styles of the continuation pages.
#[derive(Clone, Copy)]
pub(super) struct Styles {
    head: TextStyle,
    label: TextStyle,
    pub(super) value: TextStyle,
}

impl Styles {
    pub(super) fn resolve(filled: &Filled, notes: &mut Notes<'_>) -> Option<Styles> {
        let file = &filled.template.file;
        let Some(continuation) = &file.continuation else {
            notes.template("a text overflows, but there is no [continuation]".to_owned());
            return None;
        };
        Some(Styles {
            head: TextStyle::resolve(file, &continuation.head, None, notes)?,
            label: TextStyle::resolve(file, &continuation.label, None, notes)?,
            value: TextStyle::resolve(file, &continuation.value, None, notes)?,
        })
    }
}

/// Lays the entries out over as many pages as they need.
pub(super) fn pages(
    entries: &[Entry],
    filled: &Filled,
    styles: Styles,
    seal: Length,
    fonts: &FontLibrary,
    notes: &mut Notes<'_>,
) -> Vec<Page> {
    let seal = seal_rect(seal);
    let mut flow = Flow { pages: vec![Vec::new()], y: TOP, bottom: seal.y - GAP, fonts };
    for entry in entries {
        let mut label = Words::new(styles.label.family);
        label.push(&entry.label, TextSource::Fixed(notes.box_id.to_owned()), fonts, notes);
        flow.label(&label, &styles);
        let done = match &entry.body {
            Body::Text(words) => flow.text(words, &styles.value),
            Body::Rows { grid, first } => flow.rows(grid, *first, &styles.value),
        };
        if let Err(reason) = done {
            notes.error(Some(&entry.field), reason);
            return Vec::new();
        }
    }
    let bodies = flow.pages;
    let total = bodies.len();
    let mut pages = Vec::new();
    for (at, body) in bodies.into_iter().enumerate() {
        let mut items = head(filled, at + 1, total, &styles, fonts, notes);
        items.extend(body);
        items.extend(foot(filled, seal, &styles, fonts, notes));
        pages.push(Page { size: A4, background: None, items, seal: Some(seal) });
    }
    pages
}

struct Flow<'a> {
    pages: Vec<Vec<Item>>,
    y: Length,
    bottom: Length,
    fonts: &'a FontLibrary,
}

impl Flow<'_> {
    fn items(&mut self) -> &mut Vec<Item> {
        self.pages.last_mut().expect("there is always a page")
    }

    fn next_page(&mut self) -> Result<(), LayoutReason> {
        if self.pages.len() == MAX_PAGES {
            return Err(LayoutReason::TooManyPages { limit: MAX_PAGES });
        }
        self.pages.push(Vec::new());
        self.y = TOP;
        Ok(())
    }

    /// A label never stands alone at the foot of a page.
    fn label(&mut self, label: &Words, styles: &Styles) {
        let style = &styles.label;
        let height = style.leading_at(style.size);
        if self.y + height + styles.value.leading_at(styles.value.size) * 2 > self.bottom {
            // The limit of pages is checked where the value follows.
            let _ = self.next_page();
        }
        let rect = Rect { x: MARGIN, y: self.y, width: WIDTH, height };
        let whole = line(&label.clusters, 0..label.clusters.len(), style.size, style.tracking_at(style.size), true);
        let fit = Fit { size: style.size, lines: vec![whole] };
        let placing = Placing { rect, align: Align::Left, valign: VAlign::Top };
        let fonts = self.fonts;
        place(label, &label.clusters, &fit, style, placing, fonts, self.items());
        self.y += height;
    }

    fn text(&mut self, words: &Words, style: &TextStyle) -> Result<(), LayoutReason> {
        let size = style.size;
        let lines = break_lines(&words.clusters, size, style.tracking_at(size), WIDTH, usize::MAX - 1);
        let ascent = ascent(words, size, self.fonts);
        for line in &lines {
            if self.y + size > self.bottom {
                self.next_page()?;
            }
            let place = Place { x: MARGIN, baseline: self.y + ascent, width: WIDTH, align: Align::Justify };
            place_line(words, &words.clusters, line, size, style, place, self.items());
            self.y += style.leading_at(size);
        }
        self.y += GAP;
        Ok(())
    }

    fn rows(&mut self, grid: &Grid, first: usize, style: &TextStyle) -> Result<(), LayoutReason> {
        let size = style.size;
        let mut next = first;
        while next < grid.rows() {
            let room = Size { width: WIDTH, height: self.bottom - self.y };
            let count = grid.rows_that_fit(next, style, size, room);
            if count == 0 {
                if self.y == TOP {
                    return Err(LayoutReason::TooLong { characters: grid.characters(next), smallest: size });
                }
                self.next_page()?;
                continue;
            }
            let (corner, fonts) = (Point::new(MARGIN, self.y), self.fonts);
            let drawn = grid.draw(next, count, style, size, corner, WIDTH, fonts, self.items());
            next = drawn.next;
            self.y = drawn.bottom + GAP;
            if next < grid.rows() {
                self.next_page()?;
            }
        }
        Ok(())
    }
}

/// The head line: title, number, 附页 第 k 页 共 n 页, and a rule below.
fn head(
    filled: &Filled,
    page: usize,
    total: usize,
    styles: &Styles,
    fonts: &FontLibrary,
    notes: &mut Notes<'_>,
) -> Vec<Item> {
    let file = &filled.template.file;
    let number_key = &file.core.number;
    let number = filled.text(number_key).unwrap_or_default().to_owned();
    let mut items = Vec::new();
    let fixed = TextSource::Fixed(notes.box_id.to_owned());
    for (text, source, align) in [
        (file.kind.name.clone(), fixed.clone(), Align::Left),
        (number, TextSource::Field(number_key.clone()), Align::Center),
        (format!("附页 第 {page} 页 共 {total} 页"), fixed, Align::Right),
    ] {
        one_line(&text, source, &styles.head, HEAD, align, fonts, notes, &mut items);
    }
    let y = HEAD.bottom();
    let path = vec![Segment::Move(Point::new(MARGIN, y)), Segment::Line(Point::new(MARGIN + WIDTH, y))];
    let stroke = Some((styles.head.color, Length::from_um(200)));
    items.push(Item::Path(PathItem { path, fill: None, stroke, alpha: 255 }));
    items
}

/// Issuer and date under the seal.
fn foot(filled: &Filled, seal: Rect, styles: &Styles, fonts: &FontLibrary, notes: &mut Notes<'_>) -> Vec<Item> {
    let core = &filled.template.file.core;
    let mut items = Vec::new();
    let height = styles.head.leading_at(styles.head.size);
    let mut y = seal.y + Length::from_um(seal.height.um() / 2) + height;
    for key in [&core.issuer, &core.issued_on] {
        let text = match filled.date(key) {
            Some(_) => super::format::Format::DateWide.write(filled.value(key), None),
            None => super::format::Format::Plain.write(filled.value(key), None),
        };
        let width = Length::from_mm(90.0);
        let x = seal.x + Length::from_um((seal.width - width).um() / 2);
        let right = (MARGIN + WIDTH - x).min(width);
        let rect = Rect { x, y, width: right, height };
        one_line(&text, TextSource::Field(key.clone()), &styles.head, rect, Align::Center, fonts, notes, &mut items);
        y += height;
    }
    items
}

#[allow(clippy::too_many_arguments, reason = "one call, one line of text")]
fn one_line(
    text: &str,
    source: TextSource,
    style: &TextStyle,
    rect: Rect,
    align: Align,
    fonts: &FontLibrary,
    notes: &mut Notes<'_>,
    items: &mut Vec<Item>,
) {
    let mut words = Words::new(style.family);
    words.push(text, source, fonts, notes);
    let count = words.clusters.len();
    let whole = |size| -> Line { line(&words.clusters, 0..count, size, style.tracking_at(size), true) };
    let fits = style.sizes().find(|&size| whole(size).width <= rect.width).unwrap_or(style.smallest);
    let fit = Fit { size: fits, lines: vec![whole(fits)] };
    place(&words, &words.clusters, &fit, style, Placing { rect, align, valign: VAlign::Middle }, fonts, items);
}

fn seal_rect(diameter: Length) -> Rect {
    let size = Size { width: diameter, height: diameter };
    Rect::centred(Point::new(SEAL_CENTRE_X, SEAL_CENTRE_Y), size)
}

const A4: Size = Size { width: Length::from_um(210_000), height: Length::from_um(297_000) };
const MARGIN: Length = Length::from_um(25_000);
const WIDTH: Length = Length::from_um(160_000);
const HEAD: Rect = Rect { x: MARGIN, y: Length::from_um(18_000), width: WIDTH, height: Length::from_um(8_000) };
const TOP: Length = Length::from_um(34_000);
const GAP: Length = Length::from_um(6_000);
const SEAL_CENTRE_X: Length = Length::from_um(150_000);
const SEAL_CENTRE_Y: Length = Length::from_um(252_000);
