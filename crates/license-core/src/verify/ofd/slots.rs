//! Where the seals of a license stand: the issuer's in the place that the template keeps for it, whole; those of others
//! not over it, and none over the QR code.

use ofd::StampFacts;

use super::stamps::{Area, shown};
use super::{OfdFacts, place};
use crate::length::{Length, Rect};
use crate::page::{Document, Item};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

const NAME: &str = "stamp.slot";
/// How far (millimetres) the middle of a stamp may be from the middle of its slot.
const TOLERANCE: f64 = 1.5;
/// Of the issuer's stamp a later one may cover this share: it may touch it.
const MOST_COVERED: f64 = 0.25;

/// `by_issuer` tells which signatures are the issuer's and hold; without the layout only what needs none is asked.
pub(in crate::verify) fn check_slots(
    ofd: &OfdFacts,
    by_issuer: &[bool],
    layout: Option<&Document>,
    checks: &mut Checks,
) {
    let Some(issuers) = by_issuer.iter().position(|by_issuer| *by_issuer) else {
        return checks.not_possible_at(NAME, "", "no seal is known to be the issuer's");
    };
    let Some(signature) = ofd.facts.signatures.get(issuers) else { return };
    let at = place(signature);
    let before = checks.len();
    let mut wrong = |place: &str, why: String| checks.failed(NAME, Reason::StampSlot, place, why);
    let own: Vec<(usize, Area)> =
        signature.stamps.iter().filter_map(|stamp| Some((stamp.page?, shown(stamp)?))).collect();
    for stamp in signature.stamps.iter().filter(|stamp| stamp.clip.is_some()) {
        wrong(&at, format!("of stamp {} only a part shows", stamp.id));
    }
    if let Some(layout) = layout {
        issuers_own(&signature.stamps, &own, layout, &mut |why| wrong(&at, why));
    }
    for (nth, signature) in ofd.facts.signatures.iter().enumerate() {
        let at = place(signature);
        for stamp in &signature.stamps {
            let (Some(page), Some(area)) = (stamp.page, shown(stamp)) else { continue };
            let codes = layout.and_then(|layout| layout.pages.get(page)).into_iter().flat_map(|page| &page.items);
            let mut codes = codes.filter_map(|item| match item {
                Item::Qr(code) => Some(of(code.rect)),
                _ => None,
            });
            if codes.any(|code| area.shared(&code) > 0.0) {
                wrong(&at, format!("stamp {} lies on the QR code", stamp.id));
            }
            let covers = |(on, own): &(usize, Area)| *on == page && area.shared(own) > own.size() * MOST_COVERED;
            if nth != issuers && own.iter().any(covers) {
                wrong(&at, format!("stamp {} covers the issuer's", stamp.id));
            }
        }
    }
    if checks.len() > before {
        return;
    }
    match layout {
        Some(_) => checks.passed(NAME, at),
        None => {
            checks.not_possible_at(NAME, at, "the record was not laid out again: where the seal belongs is not known")
        }
    }
}

/// One stamp in each slot, and none elsewhere.
fn issuers_own(stamps: &[StampFacts], shown: &[(usize, Area)], layout: &Document, wrong: &mut dyn FnMut(String)) {
    let slots: Vec<(usize, Area)> =
        layout.pages.iter().enumerate().filter_map(|(page, found)| Some((page, of(found.seal?)))).collect();
    for (page, slot) in &slots {
        let lies = |(on, area): &&(usize, Area)| on == page && area.is_around(slot.middle(), TOLERANCE);
        if shown.iter().filter(lies).count() != 1 {
            wrong(format!("the issuer's seal is not in its place on page {}", page + 1));
        }
    }
    if stamps.len() > slots.len() {
        wrong(format!("{} stamps, and places for {}", stamps.len(), slots.len()));
    }
}

fn of(rect: Rect) -> Area {
    let mm = |length: Length| length.mm();
    Area { x: mm(rect.x), y: mm(rect.y), width: mm(rect.width), height: mm(rect.height) }
}
