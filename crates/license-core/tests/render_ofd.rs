//! Pages → OFD: what a reader finds, and fonts that work in any program.
#![allow(clippy::unwrap_used)]

mod render_support;

use license_core::page::Item;
use license_core::render::RenderError;
use license_core::render::ofd::{OfdInput, OfdRenderer};
use ofd::{Budget, Package};
use render_support::{NAME, attachments, document, fonts, metadata};
use time::macros::date;

fn input() -> OfdInput {
    OfdInput {
        metadata: metadata(),
        doc_id: "0123456789abcdef0123456789abcdef".into(),
        created: date!(2026 - 11 - 21),
        attachments: attachments(),
    }
}

fn font_files(package: &Package) -> Vec<(String, Vec<u8>)> {
    package
        .parts()
        .filter(|(name, _)| name.ends_with(".ttf"))
        .map(|(name, part)| (name.to_owned(), part.bytes().to_vec()))
        .collect()
}

#[test]
fn same_input_same_bytes_also_with_a_warm_cache() {
    let renderer = OfdRenderer::new(fonts());
    let zip = |renderer: &OfdRenderer, serial| renderer.render(&document(serial), &input()).unwrap().to_zip().unwrap();
    let first = zip(&renderer, 1);
    zip(&renderer, 2);
    assert!(first == zip(&renderer, 1));
    assert!(first == zip(&OfdRenderer::new(fonts()), 1));
}

#[test]
fn an_a4_license_is_small() {
    let package = OfdRenderer::new(fonts()).render(&document(1), &input()).unwrap();
    let zip = package.to_zip().unwrap();
    eprintln!("{} bytes", zip.len());
    if let Ok(folder) = std::env::var("KEEP_PICTURES") {
        std::fs::write(format!("{folder}/render.ofd"), &zip).unwrap();
        for (name, bytes) in font_files(&package) {
            std::fs::write(format!("{folder}/{}", name.replace('/', "_")), bytes).unwrap();
        }
    }
    assert!(zip.len() <= 110_000, "{} bytes leave no room for the seal", zip.len());
}

#[test]
fn a_reader_finds_every_run_at_its_place() {
    let document = document(1);
    let zip = OfdRenderer::new(fonts()).render(&document, &input()).unwrap().to_zip().unwrap();
    let facts = ofd::inspect_bytes(&zip, &Budget::default()).unwrap();
    assert_eq!(facts.problems, []);
    assert_eq!(facts.unreachable, Vec::<String>::new());
    assert_eq!(facts.pages.len(), 2);
    for (page, found) in document.pages.iter().zip(&facts.pages) {
        let mut runs = found.text.iter();
        for item in &page.items {
            let Item::Text(run) = item else { continue };
            let mut text = String::new();
            let first = runs.next().unwrap();
            assert_eq!((first.x.0, first.y.0, first.size.0), (run.origin.x.um(), run.origin.y.um(), run.size.um()));
            assert!(first.glyphs.is_empty(), "the character map is enough");
            text.push_str(&first.text);
            while text.chars().count() < run.glyphs.len() {
                text.push_str(&runs.next().unwrap().text);
            }
            assert_eq!(text, run.text());
        }
        assert!(runs.next().is_none());
    }
    assert_eq!(facts.custom_data("CYRMC"), Some(NAME));
    assert_eq!(facts.attachments.len(), 2);
}

#[test]
fn fonts_keep_the_tables_of_gb_t_42133_and_find_glyphs_by_character() {
    let document = document(1);
    let package = OfdRenderer::new(fonts()).render(&document, &input()).unwrap();
    let files = font_files(&package);
    assert!(files.len() >= 5);
    let mut found = std::collections::BTreeSet::new();
    for (name, bytes) in &files {
        let raw = ttf_parser::RawFace::parse(bytes, 0).unwrap();
        for tag in [b"cmap", b"glyf", b"loca", b"head", b"hhea", b"hmtx", b"maxp", b"name", b"OS/2", b"post"] {
            assert!(raw.table(ttf_parser::Tag::from_bytes(tag)).is_some(), "{name}: {}", String::from_utf8_lossy(tag));
        }
        let face = ttf_parser::Face::parse(bytes, 0).unwrap();
        for subtable in face.tables().cmap.unwrap().subtables {
            subtable.codepoints(|code| {
                if let Some(char) = char::from_u32(code) {
                    found.extend(face.glyph_index(char).map(|_| char));
                }
            });
        }
    }
    for item in document.pages.iter().flat_map(|page| &page.items) {
        let Item::Text(run) = item else { continue };
        assert!(run.glyphs.iter().all(|glyph| found.contains(&glyph.char)), "{}", run.text());
    }
}

#[test]
fn two_fonts_never_share_a_name() {
    let zip = OfdRenderer::new(fonts()).render(&document(1), &input()).unwrap().to_zip().unwrap();
    let facts = ofd::inspect_bytes(&zip, &Budget::default()).unwrap();
    for name in [
        |font: &ofd::FontFacts| Some(font.name.to_string()),
        |font: &ofd::FontFacts| font.family.as_deref().map(str::to_owned),
    ] {
        let mut names: Vec<String> = facts.fonts.iter().filter_map(name).collect();
        assert_eq!(names.len(), facts.fonts.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), facts.fonts.len());
    }
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let renderer = OfdRenderer::new(fonts());
    let fails = |change: &dyn Fn(&mut OfdInput)| {
        let mut input = input();
        change(&mut input);
        renderer.render(&document(1), &input).unwrap_err()
    };
    assert_eq!(fails(&|input| input.metadata.custom[0].0 = "a b".into()), RenderError::Name { name: "a b".into() });
    assert_eq!(fails(&|input| input.metadata.custom[0].1 = "\u{0}".into()), RenderError::Text { name: "ZZMC".into() });
    assert_eq!(
        fails(&|input| input.attachments[0].name = "../x.json".into()),
        RenderError::Name { name: "../x.json".into() }
    );
    assert!(matches!(fails(&|input| input.doc_id = "short".into()), RenderError::Package { .. }));
    let mut empty = document(1);
    empty.pages.clear();
    assert_eq!(renderer.render(&empty, &input()).unwrap_err(), RenderError::NoPages);
}
