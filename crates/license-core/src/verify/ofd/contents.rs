//! What a license carries along: record, index, certificates, and nothing else.

use std::collections::BTreeSet;

use ofd::Facts;

use crate::verify::content::{CHAIN_FILE, INDEX_FILE, RECORD_FILE};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

const NAME: &str = "ofd.contents";

/// No attachment that viewers would offer beside the license, no file without a use, no second page of one kind.
pub(super) fn check(facts: &Facts, checks: &mut Checks) {
    let before = checks.len();
    let mut foreign = |place: &str, what: &str| checks.failed(NAME, Reason::OfdForeign, place, what);
    for attachment in &facts.attachments {
        let place = attachment.path.as_deref().unwrap_or(&attachment.name);
        if ![RECORD_FILE, INDEX_FILE, CHAIN_FILE].contains(&&*attachment.name) {
            foreign(place, "an attachment that no license has");
        } else if attachment.visible {
            foreign(place, "an attachment that viewers list");
        }
    }
    // Under the seal it is what the signer packed, and still nobody knows what for.
    for part in &facts.unreachable {
        foreign(part, "a file that nothing leads to");
    }
    for id in &facts.odd_templates {
        foreign(id, "a template that no page shows, or not where the document puts it");
    }
    for page in facts.pages.iter().filter(|page| page.area.x.0 != 0 || page.area.y.0 != 0) {
        foreign(
            page.path.as_deref().unwrap_or(&page.id),
            "a page whose corner is not at 0 0: readers differ on where it begins",
        );
    }
    for page in facts.pages.iter().filter(|page| page.text.iter().any(|run| !run.visible)) {
        foreign(
            page.path.as_deref().unwrap_or(&page.id),
            "words that are switched off or clear: other readers may show them",
        );
    }
    let shown: BTreeSet<usize> =
        facts.pages.iter().flat_map(|page| &page.pictures).filter_map(|picture| picture.image).collect();
    for (at, image) in facts.images.iter().enumerate().filter(|(at, _)| !shown.contains(at)) {
        foreign(image.path.as_deref().unwrap_or(&image.id), &format!("picture {at} that no page shows"));
    }
    let used: BTreeSet<usize> = facts.pages.iter().flat_map(|page| &page.text).filter_map(|run| run.font).collect();
    for (at, font) in facts.fonts.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        foreign(font.path.as_deref().unwrap_or(&font.id), &format!("font {at} that no word is written in"));
    }
    let others = [
        ("a document beside the license", !facts.others.is_empty()),
        ("annotations", !facts.annotations.is_empty()),
        ("actions", !facts.actions.is_empty()),
        ("custom tags", !facts.custom_tags.is_empty()),
        ("permissions", facts.permissions.is_some()),
        ("an outline", facts.outlines > 0),
        ("bookmarks", facts.bookmarks > 0),
        ("extensions", facts.extensions > 0),
    ];
    for (what, _) in others.iter().filter(|(_, there)| *there) {
        foreign("", what);
    }
    if checks.len() == before {
        checks.passed(NAME, "");
    }
}
