//! One face: its boxes, lines, QR code and seal slot.

use super::Marks;
use super::compose::compose;
use super::continuation::{Body, Entry, Styles};
use super::error::{LayoutReason, LayoutWarning};
use super::expression::{Expression, Part};
use super::fit::{fit, fit_part};
use super::place::{Placing, place};
use super::style::TextStyle;
use super::table::Grid;
use super::words::{Notes, Words};
use crate::fill::Filled;
use crate::fonts::FontLibrary;
use crate::length::{Length, Point, Rect, Size};
use crate::page::{Item, Page, PathItem, Rgb, Segment, TextSource};
use crate::record::Value;
use crate::template::model::{Align, Overflow, TextBox, VAlign};

/// Words that stand where a text breaks off (续附页).
pub const CONTINUED: &str = "（续附页）";

/// Lays out the chosen face; what does not fit goes into `entries`.
pub(super) fn face(
    filled: &Filled,
    fonts: &FontLibrary,
    marks: &Marks,
    entries: &mut Vec<Entry>,
    notes: &mut Notes<'_>,
) -> Page {
    let face = filled.face();
    let mut items = Vec::new();
    for rule in &face.lines {
        match Rgb::from_hex(&rule.color) {
            Some(color) => items.push(Item::Path(straight(rule.at, rule.width, color))),
            None => notes.template(format!("line: `{}` is not a colour", rule.color)),
        }
    }
    let boxes: Vec<(&TextBox, Expression)> = face
        .boxes
        .iter()
        .filter(|area| area.when.as_ref().is_none_or(|condition| filled.holds(condition)))
        .filter_map(|area| match Expression::parse(&area.text) {
            Ok(expression) => Some((area, expression)),
            Err(error) => {
                notes.within(&area.id).template(error.to_string());
                None
            }
        })
        .collect();
    for (area, expression) in &boxes {
        let unused = expression.only_label().is_some_and(|key| !is_written(key, filled, &boxes));
        if !unused && !is_empty_frame(expression, filled) {
            let mut notes = notes.within(&area.id);
            Cell { area, expression, filled, fonts }.lay_out(&mut items, entries, &mut notes);
        }
    }
    if let Some(code) = &marks.qr {
        items.push(Item::Qr(code.place(Rect::from_mm(face.qr.at))));
    }
    let [width, height] = face.size.map(Length::from_mm);
    let background = filled.template.backgrounds.get(filled.face).cloned().flatten();
    let seal = Some(seal_rect(filled, marks, notes));
    Page { size: Size { width, height }, background, items, seal }
}

/// Diameter of the seal: of the issuer's own one, or what the slot is made for.
pub(super) fn seal_diameter(filled: &Filled, marks: &Marks) -> Length {
    marks.seal_diameter.unwrap_or(Length::from_mm(filled.face().seal.diameter))
}

fn seal_rect(filled: &Filled, marks: &Marks, notes: &mut Notes<'_>) -> Rect {
    let slot = &filled.face().seal;
    let (seal, most) = (seal_diameter(filled, marks), Length::from_mm(slot.diameter));
    if seal > most {
        notes.within("seal").error(None, LayoutReason::SealTooLarge { seal, slot: most });
    }
    let [x, y] = slot.centre.map(Length::from_mm);
    Rect::centred(Point::new(x, y), Size { width: seal, height: seal })
}

/// Whether any box of the face writes something for the field: a label with nothing beside it is left out.
fn is_written(key: &str, filled: &Filled, boxes: &[(&TextBox, Expression)]) -> bool {
    if filled.value(key).is_some() {
        return true;
    }
    let mut parts = boxes.iter().flat_map(|(_, expression)| &expression.parts);
    parts.any(|part| matches!(part, Part::Value(field, format) if field == key && format.writes_absent()))
}

/// Words around values, none of which is there: （） without its number is left out.
fn is_empty_frame(expression: &Expression, filled: &Filled) -> bool {
    let mut values = expression.parts.iter().filter_map(|part| match part {
        // A field that the type does not have is a mistake to be named, not a value that is absent.
        Part::Value(key, _) if filled.template.field(key).is_none() => Some(true),
        Part::Value(key, format) => Some(filled.value(key).is_some() || format.writes_absent()),
        _ => None,
    });
    values.next().is_some_and(|first| !first && !values.any(|written| written))
}

/// A box at work.
struct Cell<'a> {
    area: &'a TextBox,
    expression: &'a Expression,
    filled: &'a Filled,
    fonts: &'a FontLibrary,
}

impl Cell<'_> {
    fn lay_out(&self, items: &mut Vec<Item>, entries: &mut Vec<Entry>, notes: &mut Notes<'_>) {
        let file = &self.filled.template.file;
        let Some(style) = TextStyle::resolve(file, &self.area.style, Some(self.area), notes) else { return };
        if let Some((key, Value::Table(rows))) =
            self.expression.only_value().and_then(|key| Some((key, self.filled.value(key)?)))
        {
            return self.table(key, rows, &style, items, entries, notes);
        }
        let words = compose(self.expression, self.filled, style.family, self.fonts, notes);
        if words.is_blank() {
            return;
        }
        let rect = Rect::from_mm(self.area.at);
        let room = Size { width: rect.width, height: rect.height };
        let placing = Placing { rect, align: self.area.align, valign: self.area.valign };
        if let Some(fit) = fit(&words, &style, room, self.area.lines, self.area.align) {
            return place(&words, &words.clusters, &fit, &style, placing, self.fonts, items);
        }
        let continued = self.area.overflow == Overflow::Continue && self.area.align != Align::Spread;
        let part = self.expression.first_value().filter(|_| continued).and_then(|key| {
            let (marked, mark) = self.with_mark(&words, notes);
            let (clusters, fit) = fit_part(&words, &mark, &style, room, self.area.lines)?;
            place(&marked, &clusters, &fit, &style, placing, self.fonts, items);
            Some(key)
        });
        match part {
            Some(key) => {
                let Some(styles) = Styles::resolve(self.filled, notes) else { return };
                let whole = compose(self.expression, self.filled, styles.value.family, self.fonts, notes);
                self.go_on(key, Body::Text(whole), entries, notes);
            }
            None => {
                let characters = words.clusters.len();
                let reason = LayoutReason::TooLong { characters, smallest: style.smallest };
                notes.error(self.expression.first_value(), reason);
            }
        }
    }

    fn table(
        &self,
        key: &str,
        rows: &[std::collections::BTreeMap<String, String>],
        style: &TextStyle,
        items: &mut Vec<Item>,
        entries: &mut Vec<Entry>,
        notes: &mut Notes<'_>,
    ) {
        let Some(table) = self.filled.template.field(key).and_then(|field| field.table.as_ref()) else {
            return notes.template(format!("field `{key}` has no table"));
        };
        let grid = Grid::new(key, table, rows, style.family, self.fonts, notes);
        if rows.is_empty() || table.columns.is_empty() {
            return;
        }
        let rect = Rect::from_mm(self.area.at);
        let room = Size { width: rect.width, height: rect.height };
        let corner = Point::new(rect.x, rect.y);
        if let Some(size) = grid.fit(style, room) {
            let style = TextStyle { size, ..*style };
            grid.draw(0..rows.len(), &style, corner, rect.width, self.fonts, items);
            return;
        }
        let size = style.smallest;
        // The mark must be found: it keeps the size that the box is made for, however small the rows had to become.
        let mark_size = style.size;
        let note = Grid::line_height(mark_size);
        let fitting = Size { height: room.height - note, ..room };
        let count = grid.rows_that_fit(0, style, size, fitting);
        if self.area.overflow != Overflow::Continue || count == 0 {
            let characters = (0..grid.rows()).map(|row| grid.characters(row)).sum();
            return notes.error(Some(key), LayoutReason::TooLong { characters, smallest: size });
        }
        let style = &TextStyle { size, ..*style };
        let drawn = grid.draw(0..count, style, corner, rect.width, self.fonts, items);
        let (marked, mark) = self.with_mark(&Words::new(style.family), notes);
        let line = super::lines::line(&mark, 0..mark.len(), mark_size, Length::ZERO, true);
        let below = Rect { x: rect.x, y: drawn.bottom, width: rect.width, height: note };
        let placing = Placing { rect: below, align: Align::Right, valign: VAlign::Middle };
        place(
            &marked,
            &mark,
            &super::fit::Fit { size: mark_size, lines: vec![line] },
            style,
            placing,
            self.fonts,
            items,
        );

        let Some(styles) = Styles::resolve(self.filled, notes) else { return };
        let grid = Grid::new(key, table, rows, styles.value.family, self.fonts, notes);
        self.go_on(key, Body::Rows { grid, first: drawn.next }, entries, notes);
    }

    /// The words with （续附页） among their sources, and the clusters of that mark.
    fn with_mark(&self, words: &Words, notes: &mut Notes<'_>) -> (Words, Vec<super::words::Cluster>) {
        let mut marked = words.clone();
        let from = marked.clusters.len();
        marked.push(CONTINUED, TextSource::Fixed(self.area.id.clone()), self.fonts, notes);
        let mark = marked.clusters[from..].to_vec();
        (marked, mark)
    }

    fn go_on(&self, key: &str, body: Body, entries: &mut Vec<Entry>, notes: &mut Notes<'_>) {
        let label = self.filled.label(key).unwrap_or(key).to_owned();
        notes.warnings.push(LayoutWarning::Continued { field: Some(key.to_owned()), box_id: self.area.id.clone() });
        entries.push(Entry { label, field: key.to_owned(), body });
    }
}

fn straight([x1, y1, x2, y2]: [f64; 4], width: f64, color: Rgb) -> PathItem {
    let point = |x, y| Point::new(Length::from_mm(x), Length::from_mm(y));
    let path = vec![Segment::Move(point(x1, y1)), Segment::Line(point(x2, y2))];
    PathItem { path, fill: None, stroke: Some((color, Length::from_mm(width))), alpha: 255 }
}
