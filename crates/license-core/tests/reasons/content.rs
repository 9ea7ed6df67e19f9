//! What a file says about itself: record, index, metadata and face against one another. All of it signed, as an
//! issuer's faulty program would: no digest gives the contradiction away.

use license_core::verify::{INDEX_FILE, RECORD_FILE, Reason};

use super::Case;
use super::verify_support::recipe::Recipe;
use super::verify_support::{Court, good, other};
use license_core::page::{Item, Rgb, TextRun};

pub fn cases() -> Vec<Case> {
    let mut cases = record();
    cases.extend(index());
    cases.extend(metadata());
    cases.extend(face());
    cases.extend(drawn());
    cases
}

fn recipe() -> Recipe {
    Recipe::of(good())
}

fn record() -> Vec<Case> {
    let without = recipe().without_file(RECORD_FILE);
    let spaced = [good().record_json(), b"\n"].concat();
    let deep = "[".repeat(100_000).into_bytes();
    let deep_item = format!("{{\"core\":{}{}}}", "{\"a\":".repeat(50_000), "1".to_owned() + &"}".repeat(50_000));
    let contradicting = recipe().with_record(|json| json["core"]["CZZT"] = serde_json::json!(["另一个持证主体"]));
    let with = |bytes: &[u8]| recipe().with_file(RECORD_FILE, bytes).pdf();
    vec![
        Case::file("no record, OFD", without.ofd(), &[Reason::RecordMissing]),
        Case::file("no record, PDF", without.pdf(), &[Reason::RecordMissing]),
        Case::file("a blank behind the record", with(&spaced), &[Reason::RecordMalformed]),
        Case::file("a record that is no text", with(b"\xff\xfe{}"), &[Reason::RecordMalformed]),
        Case::file("an empty record", with(b""), &[Reason::RecordMalformed]),
        Case::file("a deep record", with(&deep), &[Reason::RecordMalformed]),
        Case::file("a deep value in a record", with(deep_item.as_bytes()), &[Reason::RecordMalformed]),
        Case::file("values that contradict one another", contradicting.redrawn().pdf(), &[Reason::RecordMalformed]),
    ]
}

fn index() -> Vec<Case> {
    let without = recipe().without_file(INDEX_FILE);
    let with = |bytes: &[u8]| recipe().with_file(INDEX_FILE, bytes).pdf();
    let text = good().index().to_string();
    let mut claims = good().index().token().claims().clone();
    claims.holder_kind = license_core::index::HolderKind::Person;
    let person = recipe().with_claims(&claims);
    let mut claims = good().index().token().claims().clone();
    claims.holder = "另一个人".to_owned();
    let holder = recipe().with_claims(&claims);
    vec![
        Case::file("no index, OFD", without.ofd(), &[Reason::IndexMissing]),
        Case::file("no index, PDF", without.pdf(), &[Reason::IndexMissing]),
        Case::file(
            "the index of another license",
            with(other().index().to_string().as_bytes()),
            &[Reason::IndexDiffers],
        ),
        Case::file("a holder that is no person", person.pdf(), &[Reason::IndexDiffers]),
        Case::file("another holder", holder.ofd(), &[Reason::IndexDiffers]),
        Case::file("an index that is no text", with(b"\xff\xfe"), &[Reason::TokenMalformed]),
        Case::file("the code of another system", with(b"https://www.example.com/"), &[Reason::TokenMalformed]),
        Case::file("half an index", with(&text.as_bytes()[..100]), &[Reason::TokenMalformed]),
    ]
}

fn metadata() -> Vec<Case> {
    let changed = |change: fn(&mut Vec<(String, String)>)| {
        let mut recipe = recipe();
        change(&mut recipe.metadata);
        recipe
    };
    let other_number = changed(|metadata| metadata.iter_mut().find(|(key, _)| key == "ZZBH").unwrap().1 = "1".into());
    let missing = changed(|metadata| metadata.retain(|(key, _)| key != "ZZBFRQ"));
    let more = changed(|metadata| metadata.push(("KZ_BEIZHU".into(), "一切属实".into())));
    let expect = &[Reason::MetadataDiffers];
    vec![
        Case::file("another number in the metadata, OFD", other_number.ofd(), expect),
        Case::file("another number in the metadata, PDF", other_number.pdf(), expect),
        Case::file("metadata missing, PDF", missing.pdf(), expect),
        Case::file("metadata that the record does not give, OFD", more.ofd(), expect),
        Case::file("metadata that the record does not give, PDF", more.pdf(), expect),
    ]
}

fn face() -> Vec<Case> {
    let digit = || recipe().drawing('壹', '贰');
    let mut more_pages = recipe();
    more_pages.document.pages.push(more_pages.document.pages[0].clone());
    let domicile = recipe().with_record(|json| {
        let items = json["items"].as_array_mut().unwrap();
        items.iter_mut().find(|item| item["key"] == "domicile").unwrap()["value"] = "样例市别处".into();
    });
    let older = recipe().with_record(|json| {
        json["template"]["digest"] = "0".repeat(64).into();
    });
    // A register elsewhere has the fonts: a difference may come from those at hand.
    let other_fonts = || {
        let mut recipe = recipe().with_record(|json| json["fonts"] = "0".repeat(64).into()).redrawn();
        for item in &mut recipe.document.pages[0].items {
            if let Item::Text(run) = item {
                run.origin.y += license_core::length::Length::from_mm(2.0);
            }
        }
        recipe
    };
    let blind = || Court { press: None, ..Court::default() };
    vec![
        Case::file("other fonts, OFD", other_fonts().ofd(), &[Reason::FaceFontsMissing]),
        Case::file("other fonts, PDF", other_fonts().pdf(), &[Reason::FaceFontsMissing]),
        Case::file("another amount drawn, OFD", digit().ofd(), &[Reason::FaceDiffers]),
        Case::file("another amount drawn, PDF", digit().pdf(), &[Reason::FaceDiffers]),
        Case::file("a page more, OFD", more_pages.ofd(), &[Reason::FaceDiffers]),
        Case::file("a page more, PDF", more_pages.pdf(), &[Reason::FaceDiffers]),
        Case::file("a record that differs from the face", domicile.ofd(), &[Reason::IndexDiffers, Reason::FaceDiffers]),
        Case::file("another edition of the template", older.redrawn().pdf(), &[Reason::FaceNotCompared]),
        Case::file("no templates here, OFD", good().ofd(), &[Reason::FaceNotCompared]).before(blind()),
        Case::file("no templates here, PDF", good().pdf(), &[Reason::FaceNotCompared]).before(blind()),
    ]
}

/// The words agree, and the eye sees others.
fn drawn() -> Vec<Case> {
    let with = |change: &dyn Fn(&mut TextRun)| {
        let mut recipe = recipe();
        let runs = recipe.document.pages[0].items.iter_mut().filter_map(|item| match item {
            Item::Text(run) => Some(run),
            _ => None,
        });
        runs.filter(|run| run.text().contains('壹')).for_each(change);
        recipe
    };
    let white = || with(&|run| run.color = Rgb::WHITE);
    let glyphs = || {
        with(&|run| {
            let ids: Vec<u16> = run.glyphs.iter().map(|glyph| glyph.id).collect();
            run.glyphs.iter_mut().zip(ids.iter().rev()).for_each(|(glyph, id)| glyph.id = *id);
        })
    };
    let code = || {
        let mut recipe = recipe();
        recipe.document.pages[0].items.retain(|item| !matches!(item, Item::Qr(_)));
        recipe
    };
    let blind = || Court { press: None, ..Court::default() };
    let not_compared = Reason::FaceNotCompared;
    vec![
        Case::file("white words, OFD", white().ofd(), &[Reason::FaceHidden, Reason::FaceDiffers]),
        Case::file("white words, PDF", white().pdf(), &[Reason::FaceHidden, Reason::FaceDiffers]),
        Case::file("glyphs of other characters, PDF", glyphs().pdf(), &[Reason::FaceGlyphs]),
        Case::file("no QR code, PDF", code().pdf(), &[Reason::IndexNotShown]),
        Case::file("no QR code, no templates here, PDF", code().pdf(), &[Reason::IndexNotShown, not_compared])
            .before(blind()),
        Case::file("white words, no templates here, PDF", white().pdf(), &[Reason::FaceHidden, not_compared])
            .before(blind()),
        Case::file("white words, no templates here, OFD", white().ofd(), &[Reason::FaceHidden, not_compared])
            .before(blind()),
        Case::file("glyphs of other characters, OFD", glyphs().ofd(), &[Reason::FaceGlyphs]),
        Case::file("no QR code, OFD", code().ofd(), &[Reason::IndexNotShown]),
        Case::file("no QR code, no templates here, OFD", code().ofd(), &[Reason::IndexNotShown, not_compared])
            .before(blind()),
    ]
}
