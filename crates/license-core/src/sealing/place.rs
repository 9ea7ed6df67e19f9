//! Where a seal shows.

use ofd::{Facts, PageFacts, Rect, Size, StampAnnot, Um};

use super::error::{PrintedSize, SealingError};
use super::keyword::Keyword;
use super::straddle::Straddle;
use crate::record::Record;
use crate::template::Catalog;
use crate::verify::RECORD_FILE;

/// Where a seal shows; its size is that of its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Its top-left corner at a point of a page, counted from zero. It must lie within the page.
    TopLeft {
        /// Counted from zero.
        page: usize,
        /// From the left edge.
        x: Um,
        /// From the top edge.
        y: Um,
    },
    /// Its centre at a point of a page. It must lie within the page.
    Centre {
        /// Counted from zero.
        page: usize,
        /// From the left edge.
        x: Um,
        /// From the top edge.
        y: Um,
    },
    /// Over some words, kept within the page.
    Keyword(Keyword),
    /// Across the edges of several pages (骑缝章).
    Straddle(Straddle),
}

impl Place {
    /// By the top-left corner; pages are counted from zero.
    pub const fn top_left(page: usize, x: Um, y: Um) -> Place {
        Place::TopLeft { page, x, y }
    }

    /// The slot of the license type that this document is of: `seal`, centred on the first page.
    ///
    /// Type and face stand in the record that the document carries; `seal` says how large the seal is.
    pub fn slot(facts: &Facts, catalog: &Catalog, slot: &str, seal: &eseal::Seal) -> Result<Place, SealingError> {
        let refuse = |why: String| SealingError::NoSlot { slot: slot.to_owned(), why };
        if slot != ISSUER_SLOT {
            return Err(refuse(format!("the slot of a license type is called {ISSUER_SLOT}")));
        }
        let record = facts.attachments.iter().find(|attachment| attachment.name == RECORD_FILE);
        let record = record.and_then(|attachment| attachment.file.as_ref());
        let record = record.ok_or_else(|| refuse("the document carries no license record".to_owned()))?;
        let record = Record::from_canonical_json(record.bytes()).map_err(|error| refuse(error.to_string()))?;
        let named = record.template();
        let template = catalog.get(&named.id).ok_or_else(|| refuse(format!("no license type {}", named.id)))?;
        let (_, face) =
            template.face(record.face()).ok_or_else(|| refuse(format!("no face {} of {}", record.face(), named.id)))?;
        let size = seal_size(seal);
        let diameter = Um::from_mm(face.seal.diameter);
        if size.width > diameter || size.height > diameter {
            return Err(SealingError::LargerThanSlot { slot: slot.to_owned(), seal: PrintedSize(size), diameter });
        }
        let [x, y] = face.seal.centre.map(Um::from_mm);
        Ok(Place::Centre { page: 0, x, y })
    }

    /// The stamps of a seal of this size.
    pub(super) fn stamps(&self, pages: &[PageFacts], seal: Size) -> Result<Vec<StampAnnot>, SealingError> {
        match self {
            Place::TopLeft { page, x, y } => {
                let found = page_of(pages, *page)?;
                inside(*page, found, Rect::new(*x, *y, seal.width, seal.height)).map(|stamp| vec![stamp])
            }
            Place::Centre { page, x, y } => {
                let found = page_of(pages, *page)?;
                inside(*page, found, around(*x, *y, seal)).map(|stamp| vec![stamp])
            }
            Place::Keyword(keyword) => keyword
                .find(pages)?
                .into_iter()
                .map(|hit| {
                    let page = page_of(pages, hit.page)?;
                    let rect = kept_within(page, around(hit.x, hit.y, seal));
                    inside(hit.page, page, rect)
                })
                .collect(),
            Place::Straddle(straddle) => straddle.stamps(pages, seal),
        }
    }

    pub(super) const fn needs_text(&self) -> bool {
        matches!(self, Place::Keyword(_))
    }
}

pub(super) fn seal_size(seal: &eseal::Seal) -> Size {
    let picture = &seal.content().picture;
    let mm = |length: u32| Um::mm(i32::try_from(length).unwrap_or(i32::MAX));
    Size::new(mm(picture.width_mm), mm(picture.height_mm))
}

pub(super) fn page_of(pages: &[PageFacts], page: usize) -> Result<&PageFacts, SealingError> {
    pages.get(page).ok_or(SealingError::NoSuchPage { page: page.saturating_add(1), pages: pages.len() })
}

/// A seal that is larger than the page fits nowhere on it.
pub(super) fn fits(page: usize, facts: &PageFacts, seal: Size) -> Result<(), SealingError> {
    let size = facts.size();
    if seal.width > size.width || seal.height > size.height {
        let (seal, page_size) = (PrintedSize(seal), PrintedSize(size));
        return Err(SealingError::LargerThanPage { page: page + 1, seal, page_size });
    }
    Ok(())
}

/// Coordinates of a page begin where its PhysicalBox begins.
fn inside(page: usize, facts: &PageFacts, rect: Rect) -> Result<StampAnnot, SealingError> {
    fits(page, facts, Size::new(rect.width, rect.height))?;
    let area = facts.area;
    let within = rect.x >= area.x
        && rect.y >= area.y
        && rect.x + rect.width <= area.x + area.width
        && rect.y + rect.height <= area.y + area.height;
    if within {
        Ok(StampAnnot::new(page, rect))
    } else {
        let page_size = PrintedSize(facts.size());
        Err(SealingError::OverTheEdge { page: page + 1, x: rect.x, y: rect.y, page_size })
    }
}

fn around(x: Um, y: Um, seal: Size) -> Rect {
    Rect::new(x - Um(seal.width.0 / 2), y - Um(seal.height.0 / 2), seal.width, seal.height)
}

/// Words near the edge: the seal moves as little as it must.
fn kept_within(page: &PageFacts, rect: Rect) -> Rect {
    let keep = |at: Um, length: Um, from: Um, room: Um| at.min(from + room - length).max(from);
    Rect {
        x: keep(rect.x, rect.width, page.area.x, page.area.width),
        y: keep(rect.y, rect.height, page.area.y, page.area.height),
        ..rect
    }
}

/// What template files call the place of the issuer's seal.
const ISSUER_SLOT: &str = "seal";
