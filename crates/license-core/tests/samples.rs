//! Every face of every type that ships, laid out from its sample and compared with a readable snapshot.
//!
//! `BLESS=1` writes the snapshots anew; `PREVIEW=FOLDER` leaves a PNG of each page there to be looked at.
#![allow(clippy::unwrap_used)]

mod support;

use license_core::length::Rect;
use license_core::page::Item;
use license_core::render::png::{PaintOptions, Painter};
use license_core::seal_art::{SealDesign, draw};
use support::samples::samples;
use support::sheet::{describe, runs};
use support::{fonts, root};

#[test]
fn layouts_are_as_blessed() {
    let folder = root().join("crates/license-core/tests/ref/layout");
    let bless = std::env::var_os("BLESS").is_some();
    for (name, _, document) in samples() {
        let (file, got) = (folder.join(format!("{name}.txt")), describe(&document));
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &got).unwrap();
        }
        let blessed = std::fs::read_to_string(&file).unwrap_or_default();
        for (line, (got, blessed)) in got.lines().zip(blessed.lines()).enumerate() {
            assert_eq!(got, blessed, "{name} line {}; BLESS=1 accepts the change", line + 1);
        }
        assert_eq!(got.lines().count(), blessed.lines().count(), "{name}; BLESS=1 accepts the change");
    }
}

#[test]
fn samples_stand_inside_the_safe_area_on_one_page() {
    for (name, filled, document) in samples() {
        assert_eq!(document.pages.len(), if name.ends_with("continued") { 3 } else { 1 }, "{name}");
        let page = &document.pages[0];
        assert!(page.background.is_some(), "{name}");
        let safe = Rect::from_mm(filled.face().safe_area.unwrap());
        for run in runs(page) {
            let last = run.glyphs.last().unwrap();
            let ink = Rect {
                x: run.origin.x,
                y: run.origin.y - run.size.scale(0.88),
                width: last.x + run.size.scale(0.5),
                height: run.size,
            };
            assert!(safe.contains(&ink), "{name}: {} stands at {ink:?} outside {safe:?}", run.text());
            assert!(run.glyphs.iter().all(|glyph| glyph.id != 0), "{name}: .notdef");
        }
        assert!(page.items.iter().any(|item| matches!(item, Item::Qr(_))));
    }
}

#[test]
fn previews() {
    let painter = Painter::new();
    for (name, filled, document) in samples() {
        let issuer = filled.text(&filled.template.file.core.issuer).unwrap();
        let seal = draw(&SealDesign::new(issuer), fonts()).unwrap();
        let options = PaintOptions { seal: Some(&seal), watermark: None };
        for (at, page) in document.pages.iter().enumerate() {
            let dpi = if std::env::var_os("PREVIEW").is_some() { 110 } else { 40 };
            let picture = painter.paint(page, fonts(), dpi, &options).unwrap();
            assert_eq!(picture, painter.paint(page, fonts(), dpi, &options).unwrap(), "{name}: same input, same bytes");
            if let Some(folder) = std::env::var_os("PREVIEW") {
                let file = format!("{name}-{}.png", at + 1);
                std::fs::write(std::path::Path::new(&folder).join(file), picture).unwrap();
            }
        }
    }
}
