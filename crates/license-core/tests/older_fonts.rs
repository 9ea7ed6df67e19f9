//! A license is laid out again with the fonts it was made with: fonts were replaced since, under the same names. Whoever has
//! the old ones compares in full; whoever does not says so, and holds no difference against the file that fonts may explain.
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

mod verify_support;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use license_assets::Bundled;
use license_core::assets::Assets;
use license_core::fonts::FontLibrary;
use license_core::id::Digest;
use license_core::issue::Issued;
use license_core::length::Length;
use license_core::page::{Item, Rgb, TextRun};
use license_core::verify::{FontShelf, Outcome, Policy, Press, Reason, Report, Verdict, inspect, judge};
use serde_json::Value;
use verify_support::recipe::Recipe;
use verify_support::{Court, ISSUED, catalog, explain, fonts, good, issue_sample};

/// The fonts that ship, exchanged among one another: the same names, other outlines and widths.
struct Exchanged;

impl Assets for Exchanged {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        Bundled.read(&match path {
            "fonts/ECertSong-Regular.ttf.zst" => path.replace("Song", "Hei"),
            "fonts/ECertSong-Bold.ttf.zst" => path.replace("Song-Bold", "Kai-Regular"),
            "fonts/ECertKai-Regular.ttf.zst" => path.replace("Kai-Regular", "Song-Bold"),
            "fonts/ECertHei-Regular.ttf.zst" => path.replace("Hei", "Song"),
            _ => path.to_owned(),
        })
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

/// The fonts of today.
fn today() -> &'static FontLibrary {
    static TODAY: OnceLock<FontLibrary> = OnceLock::new();
    TODAY.get_or_init(|| FontLibrary::new(Arc::new(Exchanged)).unwrap())
}

/// A register that keeps what it issued with.
struct Shelf;

impl FontShelf for Shelf {
    fn fonts_of(&self, set: &Digest) -> Option<Arc<FontLibrary>> {
        (fonts().set().unwrap().digest() == *set).then(|| fonts().clone())
    }
}

fn judged(bytes: &[u8], shelf: Option<&dyn FontShelf>) -> Report {
    let court = Court::default();
    let press = Some(Press { catalog: catalog(), fonts: today() });
    let policy = Policy { press, font_shelf: shelf, ..court.policy() };
    judge(&inspect(bytes, &court.limits), &court.trust, &policy, court.at)
}

fn outcome(report: &Report, name: &str) -> Outcome {
    report.checks.iter().find(|check| check.name == name).map(|check| check.outcome).unwrap()
}

const CHECKS: [&str; 3] = ["face.record", "face.place", "face.outlines"];
const MISSING: Outcome = Outcome::NotDone(Reason::FaceFontsMissing);

fn genuine() -> Vec<Issued> {
    let long = |words: &str, times: usize| Value::from(words.repeat(times));
    vec![
        issue_sample("business-license", "2026000000201", ISSUED, &|_| {}),
        issue_sample("business-license", "2026000000202", ISSUED, &|data| {
            data["business_scope"] = long("技术开发、技术咨询（ABC 123）；软件开发；零售。", 60);
        }),
        issue_sample("business-license", "2026000000203", ISSUED, &|data| {
            data["legal_representative"] = "𬭬𠮷𪚥".into();
        }),
        issue_sample("food-operation-permit", "2026000000204", ISSUED, &|_| {}),
        issue_sample("realestate-registration", "2026000000205", ISSUED, &|_| {}),
        issue_sample("supervision-qualification", "2026000000206", ISSUED, &|_| {}),
    ]
}

#[test]
fn a_record_names_the_fonts_it_was_laid_out_with() {
    assert_eq!(good().record().fonts(), fonts().set().unwrap().digest());
    assert_ne!(good().record().fonts(), today().set().unwrap().digest());
    let json: Value = serde_json::from_slice(good().record_json()).unwrap();
    assert_eq!(json["fonts"], good().record().fonts().to_string());
}

#[test]
fn with_its_own_fonts_an_old_license_is_compared_in_full() {
    for issued in genuine() {
        for bytes in [issued.ofd(), issued.pdf()] {
            let report = judged(bytes, Some(&Shelf));
            assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
            for name in CHECKS {
                assert_eq!(outcome(&report, name), Outcome::Passed, "{name}: {}", explain(&report));
            }
        }
    }
}

#[test]
fn without_them_what_fonts_may_explain_is_left_open() {
    for issued in genuine() {
        for bytes in [issued.ofd(), issued.pdf()] {
            let report = judged(bytes, None);
            assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
            // Where the words go on to the next page depends on their widths, and then no letter has a counterpart.
            let left_open = if outcome(&report, "face.record") == MISSING { "face.record" } else { "face.outlines" };
            let check = report.checks.iter().find(|check| check.name == left_open).unwrap();
            assert_eq!(check.outcome, MISSING, "{}", explain(&report));
            assert!(check.detail.contains(&issued.record().fonts().to_string()), "{}", check.detail);
        }
    }
}

fn changed(change: &dyn Fn(&mut TextRun)) -> Recipe {
    let mut recipe = Recipe::bare(good());
    let runs = recipe.document.pages[0].items.iter_mut().filter_map(|item| match item {
        Item::Text(run) => Some(run),
        _ => None,
    });
    runs.filter(|run| run.text().contains('壹')).for_each(change);
    recipe
}

/// Facts that no font explains are faults with any fonts; the others with the license's own.
#[test]
fn no_font_explains_other_words_colours_or_what_cannot_be_seen() {
    let moved = changed(&|run| run.origin.y += Length::from_mm(30.0));
    let larger = changed(&|run| run.size = run.size.scale(1.3));
    let grey = changed(&|run| run.color = Rgb(120, 120, 120));
    let white = changed(&|run| run.color = Rgb::WHITE);
    let other = Recipe::bare(good()).drawing('壹', '贰');
    let fails = |report: &Report, reason: Reason| {
        report.verdict == Verdict::Failed && report.reasons().any(|found| found == reason)
    };
    for (name, recipe, reason, always) in [
        ("words elsewhere", moved, Reason::FaceDiffers, false),
        ("larger words", larger, Reason::FaceDiffers, false),
        ("grey words", grey, Reason::FaceDiffers, true),
        ("white words", white, Reason::FaceHidden, true),
        ("another amount", other, Reason::FaceDiffers, true),
    ] {
        for bytes in [recipe.ofd(), recipe.pdf()] {
            let report = judged(&bytes, Some(&Shelf));
            assert!(fails(&report, reason), "{name}: {}", explain(&report));
            let report = judged(&bytes, None);
            assert_eq!(fails(&report, reason), always, "{name}: {}", explain(&report));
            assert!(always || outcome(&report, "face.place") == MISSING, "{name}: {}", explain(&report));
        }
    }
}

/// A damaged font among those at hand explains as much as a missing one.
#[test]
fn a_damaged_font_is_no_evidence_against_a_file() {
    struct Damaged;
    impl Assets for Damaged {
        fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
            let bytes = Bundled.read(path)?;
            if path.contains("Kai") { Some(Cow::Borrowed(b"damaged")) } else { Some(bytes) }
        }
        fn list(&self, folder: &str) -> Vec<String> {
            Bundled.list(folder)
        }
        fn digest(&self, path: &str) -> Option<Digest> {
            Bundled.digest(path)
        }
    }
    let library = FontLibrary::new(Arc::new(Damaged)).unwrap();
    let court = Court::default();
    let policy = Policy { press: Some(Press { catalog: catalog(), fonts: &library }), ..court.policy() };
    let report = judge(&inspect(good().ofd(), &court.limits), &court.trust, &policy, court.at);
    assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
    assert_eq!(outcome(&report, "face.outlines"), MISSING, "{}", explain(&report));
    assert_eq!(library.damaged().len(), 1);
}
