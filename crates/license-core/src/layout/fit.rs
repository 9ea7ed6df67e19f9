//! Finding the size at which a text fits its box, or how much of it fits at the smallest.

use super::lines::{Line, break_lines, line};
use super::style::TextStyle;
use super::words::{Cluster, Words};
use crate::length::{Length, Size};
use crate::template::model::Align;

/// Lines that fit, at one size.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) size: Length,
    pub(super) lines: Vec<Line>,
}

/// Fits the words into the room, shrinking as far as the style allows.
///
/// A last line of a few characters is avoided where a slightly smaller size needs one line less; centred lines are made
/// about equally long.
pub(super) fn fit(words: &Words, style: &TextStyle, room: Size, most: usize, align: Align) -> Option<Fit> {
    let at_size = |size: Length| {
        let most = lines_at(style, size, room.height, most);
        let lines = set(&words.clusters, style, size, room.width, most, align);
        let fits = !lines.is_empty() && lines.len() <= most && lines.iter().all(|line| line.width <= room.width);
        fits.then_some(Fit { size, lines })
    };
    let first = style.sizes().find_map(at_size)?;
    let fit = if is_orphaned(&first, room.width) {
        let near = style.sizes().filter(|&size| size < first.size && size >= first.size.scale(NEAR_SIZE));
        near.into_iter().filter_map(at_size).find(|fit| fit.lines.len() < first.lines.len()).unwrap_or(first)
    } else {
        first
    };
    Some(if align == Align::Center { balanced(fit, words, style) } else { fit })
}

/// Whether the last of several lines is short enough to look forgotten.
fn is_orphaned(fit: &Fit, width: Length) -> bool {
    fit.lines.len() > 1 && fit.lines.last().is_some_and(|line| line.width <= width.scale(ORPHAN))
}

/// The same number of lines, about equally long.
fn balanced(fit: Fit, words: &Words, style: &TextStyle) -> Fit {
    let count = fit.lines.len();
    if count < 2 {
        return fit;
    }
    let break_at = |width| break_lines(&words.clusters, fit.size, style.tracking_at(fit.size), width, count);
    let widest = fit.lines.iter().map(|line| line.width).max().unwrap_or_default();
    let (mut narrow, mut wide) = (Length::ZERO, widest);
    while (wide - narrow).um() > BALANCE_STEP {
        let middle = Length::from_um((narrow.um() + wide.um()) / 2);
        let lines = break_at(middle);
        if lines.len() <= count && lines.iter().all(|line| line.width <= middle) {
            wide = middle;
        } else {
            narrow = middle;
        }
    }
    let lines = break_at(wide);
    if lines.len() == count { Fit { lines, ..fit } } else { fit }
}

/// How many lines of a size the height holds, and the box allows (`most`, 0 for any number).
pub(super) fn lines_at(style: &TextStyle, size: Length, height: Length, most: usize) -> usize {
    if height < size {
        return 0;
    }
    let leading = style.leading_at(size).um().max(1);
    let lines = 1 + ((height - size).um() / leading) as usize;
    if most == 0 { lines } else { lines.min(most) }
}

/// As much of the words as fits at the smallest size with `mark` behind it: the clusters of both, and their lines.
///
/// The cut prefers the end of a list item in the last two lines, so that no item is shown by half.
pub(super) fn fit_part(
    words: &Words,
    mark: &[Cluster],
    style: &TextStyle,
    room: Size,
    most: usize,
) -> Option<(Vec<Cluster>, Fit)> {
    let size = style.smallest;
    let tracking = style.tracking_at(size);
    let most = lines_at(style, size, room.height, most);
    if most == 0 {
        return None;
    }
    let whole = break_lines(&words.clusters, size, tracking, room.width, most);
    let last = whole.get(most - 1)?;
    let earliest = if most >= 2 { whole[most - 2].range.start } else { last.range.start };
    let mut cuts: Vec<usize> = (earliest + 1..=last.range.end).rev().collect();
    cuts.sort_by_key(|&cut| (!ends_item(words.clusters[cut - 1].char), std::cmp::Reverse(cut)));
    cuts.push(earliest);
    // Lines above the last two stay as they are, whatever is cut below them.
    let above: Vec<Line> = whole.into_iter().filter(|line| line.range.end <= earliest).collect();
    cuts.into_iter().find_map(|cut| {
        let below = [&words.clusters[earliest..cut], mark].concat();
        let lines = break_lines(&below, size, tracking, room.width, most - above.len());
        // The mark stays whole: a break inside it counts as not fitting.
        let broken = lines.iter().any(|line| earliest + line.range.start > cut);
        if broken || above.len() + lines.len() > most {
            return None;
        }
        let clusters = [&words.clusters[..cut], mark].concat();
        let lines = above.iter().cloned().chain(lines.into_iter().map(|line| line.moved(earliest))).collect();
        Some((clusters, Fit { size, lines }))
    })
}

fn ends_item(char: char) -> bool {
    matches!(char, '；' | ';' | '。')
}

/// Spread text stands on one line; everything else is broken.
fn set(clusters: &[Cluster], style: &TextStyle, size: Length, width: Length, most: usize, align: Align) -> Vec<Line> {
    let tracking = style.tracking_at(size);
    if align != Align::Spread {
        return break_lines(clusters, size, tracking, width, most);
    }
    if clusters.iter().any(|cluster| cluster.char == '\n') {
        return Vec::new();
    }
    vec![line(clusters, 0..clusters.len(), size, Length::ZERO, false)]
}

/// A last line up to this part of the width is an orphan.
const ORPHAN: f64 = 0.2;
/// How much smaller a text may become to lose an orphan.
const NEAR_SIZE: f64 = 0.8;
const BALANCE_STEP: i32 = 200;
