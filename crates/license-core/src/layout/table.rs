//! Tables: a header row and rows of wrapped cells between lines.

use std::ops::Range;

use super::fit::Fit;
use super::lines::break_lines;
use super::place::{Placing, place};
use super::style::TextStyle;
use super::words::{Notes, Words};
use crate::fonts::{Family, FontLibrary};
use crate::length::{Length, Point, Rect, Size};
use crate::page::{Item, PathItem, Rgb, Segment, TextSource};
use crate::template::model::{Align, Table, VAlign};

/// A table with its words, before any size is chosen.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    shares: Vec<f64>,
    header: Vec<Words>,
    rows: Vec<Vec<Words>>,
}

/// How far a table got.
pub(super) struct Drawn {
    /// First row that was not drawn.
    pub(super) next: usize,
    /// Lower edge.
    pub(super) bottom: Length,
}

impl Grid {
    /// The words of a table field. The header is set in Song, as labels are.
    pub(super) fn new(
        key: &str,
        table: &Table,
        rows: &[std::collections::BTreeMap<String, String>],
        family: Family,
        fonts: &FontLibrary,
        notes: &mut Notes<'_>,
    ) -> Grid {
        let header_family = if family == Family::Kai { Family::Song } else { family };
        let mut header = Vec::new();
        for column in &table.columns {
            let mut words = Words::new(header_family);
            words.push(&column.label, TextSource::Fixed(notes.box_id.to_owned()), fonts, notes);
            header.push(words);
        }
        let mut grid = Grid { shares: shares(table, notes), header, rows: Vec::new() };
        for row in rows {
            let mut cells = Vec::new();
            for column in &table.columns {
                let mut words = Words::new(family);
                let text = row.get(&column.key).map_or("", String::as_str);
                words.push(text, TextSource::Field(key.to_owned()), fonts, notes);
                cells.push(words);
            }
            grid.rows.push(cells);
        }
        grid
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Characters of a row.
    pub(super) fn characters(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |cells| cells.iter().map(|cell| cell.clusters.len()).sum())
    }

    /// The largest size at which the whole table fits.
    pub(super) fn fit(&self, style: &TextStyle, room: Size) -> Option<Length> {
        style.sizes().find(|&size| {
            let heights = (0..self.rows.len()).map(|row| self.height(&self.rows[row], style, size, room.width));
            self.header_height(style, size, room.width) + heights.sum() <= room.height
        })
    }

    /// How many rows from `first` on fit below a header into the height.
    pub(super) fn rows_that_fit(&self, first: usize, style: &TextStyle, size: Length, room: Size) -> usize {
        let mut left = room.height - self.header_height(style, size, room.width);
        let mut count = 0;
        for row in &self.rows[first.min(self.rows.len())..] {
            left = left - self.height(row, style, size, room.width);
            if left < Length::ZERO {
                break;
            }
            count += 1;
        }
        count
    }

    /// Height of a row of one line.
    pub(super) fn line_height(size: Length) -> Length {
        size + padding(size) * 2
    }

    /// Draws the header and some rows at the style's full size, from `corner` down.
    pub(super) fn draw(
        &self,
        rows: Range<usize>,
        style: &TextStyle,
        corner: Point,
        width: Length,
        fonts: &FontLibrary,
        items: &mut Vec<Item>,
    ) -> Drawn {
        let (first, count, size) = (rows.start, rows.len(), style.size);
        let columns = self.widths(width);
        let next = (first + count).min(self.rows.len());
        let mut y = corner.y;
        let mut rules = vec![y];
        let drawn = &self.rows[first.min(next)..next];
        // A column whose cells all fit on one line is centred, one that wraps is set left.
        let alone: Vec<bool> = (0..columns.len())
            .map(|column| {
                drawn
                    .iter()
                    .filter_map(|row| row.get(column))
                    .all(|cell| self.lines(cell, style, size, columns[column]) <= 1)
            })
            .collect();
        for (at, cells) in std::iter::once(&self.header).chain(drawn).enumerate() {
            let height = self.height(cells, style, size, width);
            let mut x = corner.x;
            for ((cell, &column), &alone) in cells.iter().zip(&columns).zip(&alone) {
                let inner = Rect { x: x + padding(size), y, width: inner_width(column, size), height };
                let align = if at == 0 || alone { Align::Center } else { Align::Left };
                let lines = break_lines(&cell.clusters, size, style.tracking_at(size), inner.width, usize::MAX - 1);
                place(
                    cell,
                    &cell.clusters,
                    &Fit { size, lines },
                    style,
                    Placing { rect: inner, align, valign: VAlign::Middle },
                    fonts,
                    items,
                );
                x += column;
            }
            y += height;
            rules.push(y);
        }
        items.push(Item::Path(frame(corner, &columns, &rules, width, style.color)));
        Drawn { next, bottom: y }
    }

    fn header_height(&self, style: &TextStyle, size: Length, width: Length) -> Length {
        self.height(&self.header, style, size, width)
    }

    fn height(&self, cells: &[Words], style: &TextStyle, size: Length, width: Length) -> Length {
        let columns = self.widths(width);
        let lines = cells.iter().zip(&columns).map(|(cell, &column)| self.lines(cell, style, size, column)).max();
        Grid::line_height(size) + style.leading_at(size) * (lines.unwrap_or(1).max(1) as i32 - 1)
    }

    fn lines(&self, cell: &Words, style: &TextStyle, size: Length, column: Length) -> usize {
        break_lines(&cell.clusters, size, style.tracking_at(size), inner_width(column, size), usize::MAX - 1).len()
    }

    fn widths(&self, width: Length) -> Vec<Length> {
        let mut left = Length::ZERO;
        let mut sum = 0.0;
        self.shares
            .iter()
            .map(|share| {
                sum += share;
                let right = width.scale(sum.min(1.0));
                let column = right - left;
                left = right;
                column
            })
            .collect()
    }
}

/// Widths as parts of one.
fn shares(table: &Table, notes: &mut Notes<'_>) -> Vec<f64> {
    let total: f64 = table.columns.iter().map(|column| column.width).sum();
    if table.columns.is_empty() || table.columns.iter().any(|column| !(column.width > 0.0 && column.width < 1e6)) {
        notes.template("a table needs columns with positive widths".to_owned());
        return vec![1.0 / table.columns.len().max(1) as f64; table.columns.len()];
    }
    table.columns.iter().map(|column| column.width / total).collect()
}

fn padding(size: Length) -> Length {
    size.scale(0.32)
}

fn inner_width(column: Length, size: Length) -> Length {
    (column - padding(size) * 2).max(Length::from_um(1))
}

fn frame(corner: Point, columns: &[Length], rules: &[Length], width: Length, color: Rgb) -> PathItem {
    let (top, bottom) = (corner.y, rules.last().copied().unwrap_or(corner.y));
    let mut path = Vec::new();
    for &y in rules {
        path.push(Segment::Move(Point::new(corner.x, y)));
        path.push(Segment::Line(Point::new(corner.x + width, y)));
    }
    let mut x = corner.x;
    for column in std::iter::once(Length::ZERO).chain(columns.iter().copied()) {
        x += column;
        path.push(Segment::Move(Point::new(x, top)));
        path.push(Segment::Line(Point::new(x, bottom)));
    }
    PathItem { path, fill: None, stroke: Some((soften(color), RULE)), alpha: 255 }
}

/// Half way to white: lines must not shout down the words.
fn soften(Rgb(r, g, b): Rgb) -> Rgb {
    let half = |part: u8| 128 + part / 2;
    Rgb(half(r), half(g), half(b))
}

const RULE: Length = Length::from_um(150);
