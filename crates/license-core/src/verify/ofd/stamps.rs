//! Where a seal shows: on a page, in its own size, once. And what shows a seal without being one.

use eseal::Picture;
use ofd::{Part, ProblemKind, Rect, StampFacts};

use super::seal::{PageSize, Unseen};
use super::{OfdFacts, Value, place};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Boundary and seal may differ by this share of the seal's size: vendors round.
const SIZE_TOLERANCE: f64 = 0.1;
/// Of a seal at least this share shows, unless it runs over several pages.
const LEAST_SHOWN: f64 = 0.5;
/// Two stamps that have more than this share in common lie on each other.
const MOST_SHARED: f64 = 0.5;

/// Stamps that are on no page are noted here.
pub(super) fn concerns(kind: ProblemKind) -> bool {
    kind == ProblemKind::StampWithoutPage
}

/// Every stamp, of whatever signature, is on a page.
pub(super) fn check_places(ofd: &OfdFacts, at: usize, place: &str, checks: &mut Checks) {
    const NAME: &str = "stamp.page";
    let stamps = &ofd.facts.signatures[at].stamps;
    if stamps.is_empty() {
        return checks.not_applicable(NAME, place, "there is no stamp");
    }
    let before = checks.len();
    // A clip that leaves nothing takes the stamp off every page.
    for stamp in stamps.iter().filter(|stamp| stamp.page.is_none() || shown(stamp).is_none()) {
        let page = if stamp.page_ref.is_empty() { "not named" } else { &stamp.page_ref };
        let (boundary, clip) = (told(stamp.boundary.as_ref()), told(stamp.clip.as_ref()));
        let detail = format!("stamp {}: page {page}, boundary {boundary}, clip {clip}", stamp.id);
        checks.failed(NAME, Reason::StampPage, place, detail);
    }
    pass(checks, before, NAME, place);
}

/// A box in millimetres: left, top, width, height.
fn told(rect: Option<&Rect>) -> String {
    match rect {
        Some(rect) => format!("{} {} {} {} mm", rect.x, rect.y, rect.width, rect.height),
        None => "none".to_owned(),
    }
}

/// The stamps of one seal signature; `page` is the size of a picture that is an OFD, if it was looked at.
pub(super) fn check(
    ofd: &OfdFacts,
    at: usize,
    (picture, page): (&Picture, PageSize),
    place: &str,
    checks: &mut Checks,
) {
    let stamps = &ofd.facts.signatures[at].stamps;
    if stamps.is_empty() {
        return checks.failed("stamp.shown", Reason::StampMissing, place, "");
    }
    checks.passed("stamp.shown", place);
    let before = checks.len();
    for stamp in stamps {
        let Some((share, detail)) = shown_share(ofd, stamp) else { continue };
        // Every piece of a seal over several pages must show at all.
        let enough = if stamps.len() == 1 { share >= LEAST_SHOWN } else { share > 0.0 };
        if !enough {
            checks.failed("stamp.off-page", Reason::StampOffPage, place, detail);
        }
    }
    pass(checks, before, "stamp.off-page", place);

    let before = checks.len();
    let (width, height) = (f64::from(picture.width_mm), f64::from(picture.height_mm));
    // A picture that is an OFD has a size of its own.
    if let Ok(Some((w, h))) = page
        && ((w - width).abs() > width * SIZE_TOLERANCE || (h - height).abs() > height * SIZE_TOLERANCE)
    {
        let detail = format!("the seal's picture is a page of {w} x {h} mm, the seal is {width} x {height} mm");
        checks.failed("stamp.size", Reason::StampSize, place, detail);
    }
    for (stamp, boundary) in stamps.iter().filter_map(|stamp| Some((stamp, stamp.boundary?))) {
        let (w, h) = (boundary.width.to_mm(), boundary.height.to_mm());
        if (w - width).abs() > width * SIZE_TOLERANCE || (h - height).abs() > height * SIZE_TOLERANCE {
            let detail = format!("stamp {} of {w} x {h} mm, the seal is {width} x {height} mm", stamp.id);
            checks.failed("stamp.size", Reason::StampSize, place, detail);
        }
    }
    match page {
        Err(Unseen) if checks.len() == before => {
            checks.not_possible_at("stamp.size", place, "the seal's picture was not looked at");
        }
        _ => pass(checks, before, "stamp.size", place),
    }
}

fn pass(checks: &mut Checks, before: usize, name: &'static str, place: &str) {
    if checks.len() == before {
        checks.passed(name, place);
    }
}

/// How much of the clipped stamp lies on its page.
fn shown_share(ofd: &OfdFacts, stamp: &StampFacts) -> Option<(f64, String)> {
    let shown = shown(stamp)?;
    let page = ofd.facts.pages.get(stamp.page?)?;
    let sheet = Area { x: 0.0, y: 0.0, width: page.size().width.to_mm(), height: page.size().height.to_mm() };
    let share = shown.shared(&sheet) / shown.size();
    Some((share, format!("stamp {} on page {}: {:.0} % of it on the page", stamp.id, stamp.page_ref, share * 100.0)))
}

/// No seal twice in one place, by one signature or by two.
pub(super) fn check_overlaps(ofd: &OfdFacts, checks: &mut Checks) {
    const NAME: &str = "stamp.repeated";
    let seals = ofd.facts.signatures.iter().zip(&ofd.signatures).filter_map(|(signature, value)| match value {
        Value::Seal(seal, _) => Some((signature, seal.seal().der())),
        _ => None,
    });
    let all: Vec<_> = seals
        .flat_map(|(signature, seal)| signature.stamps.iter().map(move |stamp| (signature, seal, stamp)))
        .filter_map(|(signature, seal, stamp)| Some((signature, seal, stamp, stamp.page?, shown(stamp)?)))
        .take(MOST_STAMPS)
        .collect();
    let before = checks.len();
    // Readers that file stamps by their id show one of the two.
    for signature in &ofd.facts.signatures {
        let stamps = || signature.stamps.iter().take(MOST_STAMPS);
        let repeated = |(at, stamp): &(usize, &StampFacts)| {
            !stamp.id.is_empty() && stamps().take(*at).any(|other| other.id == stamp.id)
        };
        if let Some((_, stamp)) = stamps().enumerate().find(repeated) {
            let detail = format!("two stamps have the id {}", stamp.id);
            checks.failed(NAME, Reason::StampRepeated, place(signature), detail);
        }
    }
    for (nth, (signature, seal, stamp, page, area)) in all.iter().enumerate() {
        // A signature that is listed twice is told by the check of the list.
        let twin = all[..nth].iter().find(|(owner, other_seal, _, other_page, other)| {
            (std::ptr::eq(*owner, *signature) || owner.path != signature.path)
                && other_page == page
                && other_seal == seal
                && area.shared(other) > area.size().min(other.size()) * MOST_SHARED
        });
        if let Some((_, _, other, ..)) = twin {
            let detail = format!("stamps {} and {} lie on each other", other.id, stamp.id);
            checks.failed(NAME, Reason::StampRepeated, place(signature), detail);
        }
    }
    if checks.len() == before {
        match all.is_empty() {
            true => checks.not_applicable(NAME, "", "no seal shows"),
            false => checks.passed(NAME, ""),
        }
    }
}

/// A picture of the page that is, byte for byte, the picture of a seal of this file: a seal drawn like any picture, and
/// to be mistaken for a sealing.
pub(super) fn check_painted(ofd: &OfdFacts, checks: &mut Checks) {
    const NAME: &str = "stamp.painted";
    let pictures: Vec<&[u8]> = (ofd.signatures.iter())
        .filter_map(|value| match value {
            Value::Seal(seal, _) => Some(seal.seal().content().picture.data.as_slice()),
            _ => None,
        })
        .collect();
    if pictures.is_empty() {
        return checks.not_applicable(NAME, "", "there is no seal whose picture could be painted");
    }
    let before = checks.len();
    let images =
        ofd.facts.images.iter().filter(|image| {
            image.file.as_ref().is_some_and(|file| pictures.iter().any(|picture| is_file(file, picture)))
        });
    for image in images {
        let place = image.path.clone().unwrap_or_else(|| format!("image {}", image.id));
        checks.failed(NAME, Reason::StampPainted, place, "this is the picture of a seal in this file");
    }
    pass(checks, before, NAME, "");
}

/// Whether a part has these bytes; those of another length are not opened.
fn is_file(part: &Part, bytes: &[u8]) -> bool {
    part.size() == bytes.len() && *part.open() == *bytes
}

/// The part of a stamp that its clip leaves; the clip counts from the corner of the boundary.
pub(super) fn shown(stamp: &StampFacts) -> Option<Area> {
    let whole = Area::of(&stamp.boundary?);
    let area = match stamp.clip.as_ref().map(Area::of) {
        Some(clip) => {
            let moved = Area { x: whole.x + clip.x, y: whole.y + clip.y, ..clip };
            whole.intersection(&moved)
        }
        None => whole,
    };
    (area.size() > 0.0).then_some(area)
}

/// A rectangle in millimetres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    fn of(rect: &Rect) -> Area {
        Area { x: rect.x.to_mm(), y: rect.y.to_mm(), width: rect.width.to_mm(), height: rect.height.to_mm() }
    }

    pub(super) fn size(&self) -> f64 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    pub(super) fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Whether its middle is no farther than this from a point.
    pub(super) fn is_around(&self, (x, y): (f64, f64), tolerance: f64) -> bool {
        let own = self.middle();
        (own.0 - x).abs() <= tolerance && (own.1 - y).abs() <= tolerance
    }

    fn intersection(&self, other: &Area) -> Area {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        Area { x, y, width: right - x, height: bottom - y }
    }

    pub(super) fn shared(&self, other: &Area) -> f64 {
        self.intersection(other).size()
    }
}

/// More stamps than this are not held against each other.
const MOST_STAMPS: usize = 512;
