//! Characters → lines: greedy filling under the rules of [`super::chars`].

use std::ops::Range;

use super::chars::{blank_left, blank_right, is_space, may_break, never_first, never_last};
use super::words::Cluster;
use crate::length::Length;

/// A line: which clusters, how wide, and whether the text ended here by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Clusters of the line, hanging spaces included, a line feed excluded.
    pub(super) range: Range<usize>,
    /// Clusters without hanging spaces at the end.
    pub(super) inked: Range<usize>,
    /// Width of the ink: of the inked clusters without the empty half of a mark at either end.
    pub(super) width: Length,
    /// How far the first glyph stands left of the line's edge, because its left half is empty.
    pub(super) lead: Length,
    /// Last line of a paragraph: not justified.
    pub(super) last: bool,
}

impl Line {
    /// The same line of a text with so many clusters before it.
    pub(super) fn moved(self, by: usize) -> Line {
        let shift = |range: Range<usize>| range.start + by..range.end + by;
        Line { range: shift(self.range), inked: shift(self.inked), ..self }
    }
}

/// Breaks clusters into lines of at most `room`; gives up (returning what it has) after `most` lines and one more.
pub(super) fn break_lines(
    clusters: &[Cluster],
    size: Length,
    tracking: Length,
    room: Length,
    most: usize,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < clusters.len() && lines.len() <= most {
        let end = line_end(clusters, start, size, tracking, room);
        let feed = clusters.get(end).is_some_and(|cluster| cluster.char == '\n');
        let last = feed || end == clusters.len();
        lines.push(line(clusters, start..end, size, tracking, last));
        start = if feed { end + 1 } else { end };
    }
    lines
}

/// One line over the given clusters, measured.
pub(super) fn line(clusters: &[Cluster], range: Range<usize>, size: Length, tracking: Length, last: bool) -> Line {
    let mut end = range.end;
    while end > range.start && is_space(clusters[end - 1].char) {
        end -= 1;
    }
    let inked = range.start..end;
    let ink = &clusters[inked.clone()];
    let lead = ink.first().map_or(Length::ZERO, |first| lead(first, size));
    let tail = ink.last().map_or(Length::ZERO, |last| tail(last, size));
    let width = natural_width(ink, size, tracking) - lead - tail;
    Line { range, inked, width, lead, last }
}

/// The empty left half of an opening mark; at the start of a line it stands outside.
fn lead(cluster: &Cluster, size: Length) -> Length {
    if cluster.is_full_width() && blank_left(cluster.char) { Length::from_um(size.um() / 2) } else { Length::ZERO }
}

/// The empty right half of a closing mark; at the end of a line it stands outside.
fn tail(cluster: &Cluster, size: Length) -> Length {
    if cluster.is_full_width() && blank_right(cluster.char) { Length::from_um(size.um() / 2) } else { Length::ZERO }
}

/// Width of clusters on one line: glyphs, letter spacing between them, squeezed marks.
pub(super) fn natural_width(clusters: &[Cluster], size: Length, tracking: Length) -> Length {
    let mut width = Length::ZERO;
    for (at, cluster) in clusters.iter().enumerate() {
        width += match clusters.get(at + 1) {
            Some(next) => cluster.width(size) + tracking - cluster.squeezed(next, size),
            None => cluster.width(size),
        };
    }
    width
}

fn line_end(clusters: &[Cluster], start: usize, size: Length, tracking: Length, room: Length) -> usize {
    let mut width = -lead(&clusters[start], size);
    let mut good = None;
    for at in start..clusters.len() {
        let cluster = &clusters[at];
        if cluster.char == '\n' {
            return at;
        }
        if at > start && may_break(clusters[at - 1].char, cluster.char) {
            good = Some(at);
        }
        let ink = cluster.width(size) - tail(cluster, size);
        if !is_space(cluster.char) && width + ink > room {
            return good.unwrap_or_else(|| forced_end(clusters, start, at));
        }
        width += cluster.width(size) + tracking;
        if let Some(next) = clusters.get(at + 1) {
            width += -cluster.squeezed(next, size);
        }
    }
    clusters.len()
}

/// Where to break a run that is longer than a whole line: as late as the marks allow, at least one cluster.
fn forced_end(clusters: &[Cluster], start: usize, overflow: usize) -> usize {
    let mut end = overflow.max(start + 1);
    while end > start + 1 && (never_first(clusters[end].char) || never_last(clusters[end - 1].char)) {
        end -= 1;
    }
    if end == start + 1 { overflow.max(start + 1) } else { end }
}
