//! A seal across the edges of several pages (骑缝章): fanned out, the pages show it whole; apart, each shows a slice.

use ofd::{PageFacts, Rect, Size, StampAnnot, Um};

use super::error::{PrintedSize, SealingError};
use super::place::page_of;

/// At which edge the pages are fanned out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Edge {
    /// The right one: the first page shows the left slice.
    #[default]
    Right,
    /// The left one: the first page shows the right slice.
    Left,
}

/// A seal across pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Straddle {
    /// At which edge.
    pub edge: Edge,
    /// Its upper end, from the top of each page; in the middle of the lowest page when absent.
    pub y: Option<Um>,
    /// First and last page, counted from zero; all of them when absent.
    pub pages: Option<(usize, usize)>,
    /// Most pages that share one seal; further pages get another whole one. As many as leave slices of
    /// [`Straddle::NARROWEST`] when absent.
    pub pages_a_seal: Option<usize>,
}

impl Straddle {
    /// No slice is narrower, unless asked for: what is less cannot be compared by eye.
    pub const NARROWEST: Um = Um(2_000);

    /// Across the right edge of all pages.
    pub const fn right() -> Straddle {
        Straddle { edge: Edge::Right, y: None, pages: None, pages_a_seal: None }
    }

    /// One stamp for each page, with a clip.
    pub(super) fn stamps(&self, pages: &[PageFacts], seal: Size) -> Result<Vec<StampAnnot>, SealingError> {
        let (first, last) = self.pages.unwrap_or((0, pages.len().saturating_sub(1)));
        page_of(pages, last)?;
        let count = (last + 1).saturating_sub(first);
        if count < 2 {
            return Err(SealingError::NothingToStraddle { pages: count });
        }
        let narrowest = (seal.width.0 / Self::NARROWEST.0.max(1)).max(2) as usize;
        let most = self.pages_a_seal.unwrap_or(narrowest).clamp(2, count);
        // Even groups: none is left with a single page, which would show the whole seal.
        let groups = count.div_ceil(most).min(count / 2).max(1);
        let y = match self.y {
            Some(y) => y,
            // Fanned out, all pages lie with their upper edges together: the lowest one decides.
            None => {
                let lowest = pages[first..=last].iter().map(|page| page.area).min_by_key(|area| area.height);
                let area = lowest.unwrap_or_default();
                area.y + Um((area.height.0 - seal.height.0).max(0) / 2)
            }
        };
        let mut stamps = Vec::with_capacity(count);
        for group in 0..groups {
            let (from, to) = (first + count * group / groups, first + count * (group + 1) / groups);
            for page in from..to {
                stamps.push(self.stamp(pages, page, (page - from, to - from), seal, y)?);
            }
        }
        Ok(stamps)
    }

    fn stamp(
        &self,
        pages: &[PageFacts],
        page: usize,
        (slice, slices): (usize, usize),
        seal: Size,
        y: Um,
    ) -> Result<StampAnnot, SealingError> {
        let area = page_of(pages, page)?.area;
        // Edges rather than widths are divided, so that the slices add up to the seal.
        let cut = |i: usize| Um((i64::from(seal.width.0) * i as i64 / slices as i64) as i32);
        let (x, from, to) = match self.edge {
            Edge::Right => (area.x + area.width - cut(slice + 1), cut(slice), cut(slice + 1)),
            Edge::Left => {
                let (from, to) = (cut(slices - slice - 1), cut(slices - slice));
                (area.x - from, from, to)
            }
        };
        let boundary = Rect::new(x, y, seal.width, seal.height);
        let (page_size, shown) = (PrintedSize(Size::new(area.width, area.height)), to - from);
        if seal.height > area.height || shown > area.width {
            return Err(SealingError::LargerThanPage { page: page + 1, seal: PrintedSize(seal), page_size });
        }
        if y < area.y || y + seal.height > area.y + area.height {
            return Err(SealingError::OverTheEdge { page: page + 1, x, y, page_size });
        }
        Ok(StampAnnot { page, boundary, clip: Some(Rect::new(from, Um::ZERO, shown, seal.height)) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pages(count: usize) -> Vec<PageFacts> {
        vec![PageFacts { area: Rect::mm(0, 0, 210, 297), ..PageFacts::default() }; count]
    }

    /// Whatever the number of pages and the edge: slices lie at the edge and add up to whole seals.
    #[test]
    fn slices_add_up() {
        let seal = Size::new(Um(41_999), Um::mm(42));
        for count in 2..=120 {
            for edge in [Edge::Right, Edge::Left] {
                let straddle = Straddle { edge, ..Straddle::right() };
                let stamps = straddle.stamps(&pages(count), seal).unwrap();
                assert_eq!(stamps.iter().map(|stamp| stamp.page).collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
                let mut total = 0;
                for stamp in &stamps {
                    let clip = stamp.clip.unwrap();
                    let shown = (stamp.boundary.x + clip.x, stamp.boundary.x + clip.x + clip.width);
                    match edge {
                        Edge::Right => assert_eq!(shown.1, Um::mm(210)),
                        Edge::Left => assert_eq!(shown.0, Um::ZERO),
                    }
                    assert!(clip.width >= Um(1_900) && clip.width < seal.width, "{count}: {clip:?}");
                    total += clip.width.0;
                }
                assert_eq!(total % seal.width.0, 0, "{count} pages");
            }
        }
    }

    #[test]
    fn groups_and_ranges() {
        let seal = Size::new(Um::mm(42), Um::mm(42));
        let straddle = Straddle { pages_a_seal: Some(3), pages: Some((1, 7)), ..Straddle::right() };
        let stamps = straddle.stamps(&pages(9), seal).unwrap();
        assert_eq!(stamps.len(), 7);
        let whole: i32 = stamps.iter().map(|stamp| stamp.clip.unwrap().width.0).sum();
        assert_eq!(whole, 3 * 42_000);
        assert_eq!(stamps[0].boundary.y, Um(127_500), "in the middle of the page");
        let error = |straddle: Straddle, count| straddle.stamps(&pages(count), seal).unwrap_err();
        assert!(matches!(error(Straddle::right(), 1), SealingError::NothingToStraddle { pages: 1 }));
        assert!(matches!(error(Straddle::right(), 0), SealingError::NoSuchPage { .. }));
        let far = Straddle { pages: Some((0, 9)), ..Straddle::right() };
        assert!(matches!(error(far, 3), SealingError::NoSuchPage { page: 10, pages: 3 }));
        let low = Straddle { y: Some(Um::mm(280)), ..Straddle::right() };
        assert!(matches!(error(low, 3), SealingError::OverTheEdge { page: 1, .. }));
    }
}
