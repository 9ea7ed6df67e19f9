//! Shapes on a face.

use crate::length::Rect;
use crate::template::model::SealSlot;

/// Whether every number is a number, and a width and a height are above zero.
pub(super) fn is_sane([x, y, w, h]: [f64; 4]) -> bool {
    [x, y, w, h].iter().all(|number| number.is_finite() && number.abs() < FARTHEST) && w > 0.0 && h > 0.0
}

/// Whether a round seal covers any of a box.
pub(super) fn seal_covers(seal: &SealSlot, area: &Rect) -> bool {
    let [x, y] = seal.centre;
    let nearest = |centre: f64, from: f64, to: f64| centre.clamp(from, to) - centre;
    let dx = nearest(x, area.x.mm(), area.right().mm());
    let dy = nearest(y, area.y.mm(), area.bottom().mm());
    dx.hypot(dy) < seal.diameter / 2.0
}

/// The square around a seal.
pub(super) fn seal_rect(seal: &SealSlot) -> [f64; 4] {
    let [x, y] = seal.centre;
    [x - seal.diameter / 2.0, y - seal.diameter / 2.0, seal.diameter, seal.diameter]
}

/// No page is larger than this many millimetres.
pub(super) const FARTHEST: f64 = 2000.0;
