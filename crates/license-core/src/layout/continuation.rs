//! Continuation pages (附页): the whole of what the face could not hold.

use super::error::LayoutReason;
use super::fit::{Fit, fit};
use super::format::Format;
use super::lines::{break_lines, line};
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
        pages.push(Page { size: A4, background: filled.template.continuation.clone(), items, seal: Some(seal) });
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
        self.y += height + BELOW_LABEL;
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
            let drawn = grid.draw(next..next + count, style, corner, WIDTH, fonts, self.items());
            next = drawn.next;
            self.y = drawn.bottom + GAP;
            if next < grid.rows() {
                self.next_page()?;
            }
        }
        Ok(())
    }
}

/// The head: the license's name over number and 第 k 页 共 n 页, and a rule below.
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
    let fixed = TextSource::Fixed(notes.box_id.to_owned());
    let (mut items, mut right) = (Vec::new(), Vec::new());
    let title = TextStyle { size: styles.head.size.scale(TITLE_SCALE), ..styles.head };
    let name = format!("{}（附页）", file.kind.name);
    Desk { style: &title, fonts, items: &mut items }.one_line(&name, fixed.clone(), TITLE, Align::Center, notes);
    let mut set = |text: &str, source, rect, align, items: &mut Vec<Item>| {
        Desk { style: &styles.head, fonts, items }.one_line(text, source, rect, align, notes)
    };
    let third = Length::from_um(HEAD.width.um() / 3);
    let corner = Rect { x: HEAD.right() - third, width: third, ..HEAD };
    let count = set(&format!("第 {page} 页　共 {total} 页"), fixed, corner, Align::Right, &mut right);
    let rest = Rect { width: HEAD.width - count - BESIDE, ..HEAD };
    set(&number, TextSource::Field(number_key.clone()), rest, Align::Left, &mut items);
    items.append(&mut right);
    let rule = |y: Length, width: i32| {
        let path = vec![Segment::Move(Point::new(MARGIN, y)), Segment::Line(Point::new(MARGIN + WIDTH, y))];
        let stroke = Some((styles.label.color, Length::from_um(width)));
        Item::Path(PathItem { path, fill: None, stroke, alpha: 255 })
    };
    items.extend([rule(HEAD.bottom(), 350), rule(HEAD.bottom() + Length::from_um(900), 120)]);
    items
}

/// The issuer beside the seal, the date under it (骑年盖月).
fn foot(filled: &Filled, seal: Rect, styles: &Styles, fonts: &FontLibrary, notes: &mut Notes<'_>) -> Vec<Item> {
    let core = &filled.template.file.core;
    let mut items = Vec::new();
    let mut desk = Desk { style: &styles.head, fonts, items: &mut items };
    let height = styles.head.leading_at(styles.head.size);
    let middle = seal.y + Length::from_um(seal.height.um() / 2);
    let beside = Rect { x: MARGIN, y: middle - height, width: seal.x - MARGIN - BESIDE, height };
    let below = Rect { x: seal.x, y: middle + seal.height.scale(0.34), width: seal.width, height };
    for (key, format, rect, align) in
        [(&core.issuer, Format::Plain, beside, Align::Right), (&core.issued_on, Format::DateWide, below, Align::Center)]
    {
        let text = format.write(filled.value(key), None);
        desk.one_line(&text, TextSource::Field(key.clone()), rect, align, notes);
    }
    items
}

/// Where single lines of one style are set.
struct Desk<'a> {
    style: &'a TextStyle,
    fonts: &'a FontLibrary,
    items: &'a mut Vec<Item>,
}

impl Desk<'_> {
    /// Sets one line, smaller if need be, and gives its width; what does not fit is an error.
    fn one_line(&mut self, text: &str, source: TextSource, rect: Rect, align: Align, notes: &mut Notes<'_>) -> Length {
        let style = TextStyle { smallest: self.style.smallest.min(SMALLEST), ..*self.style };
        let field = match &source {
            TextSource::Field(key) => Some(key.clone()),
            TextSource::Fixed(_) => None,
        };
        let mut words = Words::new(style.family);
        words.push(text, source, self.fonts, notes);
        if words.is_blank() {
            return Length::ZERO;
        }
        let room = Size { width: rect.width, height: rect.height };
        let Some(fit) = fit(&words, &style, room, 1, align) else {
            let reason = LayoutReason::TooLong { characters: words.clusters.len(), smallest: style.smallest };
            notes.error(field.as_deref(), reason);
            return Length::ZERO;
        };
        let placing = Placing { rect, align, valign: VAlign::Middle };
        place(&words, &words.clusters, &fit, &style, placing, self.fonts, self.items);
        fit.lines.iter().map(|line| line.width).max().unwrap_or_default()
    }
}

fn seal_rect(diameter: Length) -> Rect {
    let size = Size { width: diameter, height: diameter };
    Rect::centred(Point::new(SEAL_CENTRE_X, SEAL_CENTRE_Y), size)
}

pub(crate) const A4: Size = Size { width: Length::from_um(210_000), height: Length::from_um(297_000) };
const MARGIN: Length = Length::from_um(25_000);
const WIDTH: Length = Length::from_um(160_000);
const TITLE: Rect = Rect { x: MARGIN, y: Length::from_um(23_000), width: WIDTH, height: Length::from_um(11_000) };
/// The title is so much larger than the line below it.
const TITLE_SCALE: f64 = 1.6;
const HEAD: Rect = Rect { x: MARGIN, y: Length::from_um(36_000), width: WIDTH, height: Length::from_um(7_500) };
const TOP: Length = Length::from_um(50_000);
const BELOW_LABEL: Length = Length::from_um(1_500);
const BESIDE: Length = Length::from_um(4_000);
/// Floor of readable print: 7 pt.
const SMALLEST: Length = Length::from_um(2_469);
const GAP: Length = Length::from_um(6_000);
const SEAL_CENTRE_X: Length = Length::from_um(150_000);
const SEAL_CENTRE_Y: Length = Length::from_um(252_000);
