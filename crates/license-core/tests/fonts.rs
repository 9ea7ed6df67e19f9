//! The font library over the fonts that ship.
#![allow(clippy::unwrap_used)]

mod support;

use std::borrow::Cow;
use std::sync::Arc;

use license_core::assets::Assets;
use license_core::fonts::{ExtraFont, FIRST_FONT_SET, Family, FontError, FontLibrary, FontSet, web_fonts};
use license_core::id::Digest;
use license_core::length::{Length, Point};
use license_core::page::Segment;
use support::{Repository, fonts};

fn face_of(fonts: &FontLibrary, family: Family, char: char) -> &str {
    let (face, glyph) = fonts.lookup(family, char).unwrap_or_else(|| panic!("{char:?} has no glyph"));
    assert_ne!(glyph, 0);
    fonts.face(face).name()
}

#[test]
fn families_fall_back_along_their_chain() {
    for (family, char, face) in [
        (Family::Song, '名', "ECertSong-Regular"),
        (Family::SongBold, '营', "ECertSong-Bold"),
        (Family::Kai, '有', "ECertKai-Regular"),
        (Family::Kai, '9', "ECertSong-Regular"),
        (Family::Kai, '·', "ECertKai-Regular"),
        (Family::Hei, '样', "ECertHei-Regular"),
        (Family::Kai, '龘', "ECertSongSupp-Regular"),
        (Family::Kai, '“', "ECertSong-Regular"),
        // 𬭬 (Extension E) is in the table of common standard characters, so the everyday faces have it.
        (Family::Kai, '\u{2CB6C}', "ECertKai-Regular"),
        (Family::Hei, '\u{2CB6C}', "ECertHei-Regular"),
        (Family::Kai, '\u{20547}', "ECertRareBF-Regular"),
        (Family::Kai, '\u{30000}', "ECertRareGH-Regular"),
    ] {
        assert_eq!(face_of(fonts(), family, char), face, "{char}");
    }
}

#[test]
fn a_character_no_font_has_is_an_error_with_block_and_way_out() {
    let error = fonts().glyph(Family::Kai, '\u{2EBF0}').unwrap_err();
    assert_eq!(error, FontError::Unmapped { char: '\u{2EBF0}' });
    let text = error.to_string();
    assert!(text.contains("U+2EBF0") && text.contains("CJK Extension I") && text.contains("add a font"), "{text}");
    assert!(fonts().glyph(Family::Kai, '\u{E000}').unwrap_err().to_string().contains("private code"));
    assert!(!fonts().covers('\u{2EBF0}') && fonts().covers('证'));
}

#[test]
fn faces_are_unpacked_only_when_a_character_asks() {
    let fonts = FontLibrary::new(Arc::new(Repository)).unwrap();
    let unpacked = || fonts.faces().filter(|face| face.2).map(|face| face.1.to_owned()).collect::<Vec<_>>();
    assert_eq!(unpacked(), ["ECertSong-Regular"]);
    for char in "样例市示范区市场监督管理局（2024年3月5日）ABC".chars() {
        fonts.lookup(Family::Kai, char).unwrap();
    }
    assert_eq!(unpacked(), ["ECertSong-Regular", "ECertKai-Regular"]);
    fonts.lookup(Family::Kai, '龘').unwrap();
    assert_eq!(unpacked(), ["ECertSong-Regular", "ECertKai-Regular", "ECertSongSupp-Regular"]);
    assert!(fonts.lookup(Family::Kai, '\u{1F600}').is_none());
    assert!(!unpacked().contains(&"ECertRareBF-Regular".to_owned()), "an emoji does not wake the rare fonts");
    fonts.lookup(Family::Kai, '\u{20547}').unwrap();
    assert!(unpacked().contains(&"ECertRareBF-Regular".to_owned()));
    assert!(!unpacked().contains(&"ECertRareGH-Regular".to_owned()));
    assert!(fonts.damaged().is_empty());
}

#[test]
fn widths_and_outlines() {
    let size = Length::from_pt(12.0);
    let (id, glyph) = fonts().lookup(Family::Song, '国').unwrap();
    let face = fonts().face(id);
    assert_eq!(face.advance(glyph, size), size, "a full-width character is an em wide");
    let outline = face.outline(glyph, size, Point::default());
    assert!(matches!(outline[0], Segment::Move(_)) && outline.contains(&Segment::Close));
    for segment in outline {
        if let Segment::Line(point) | Segment::Move(point) | Segment::Cubic(_, _, point) = segment {
            assert!(point.x.um() >= 0 && point.x <= size && point.y.um() < 1000 && point.y.um() > -size.um());
        }
    }
    let (id, space) = fonts().lookup(Family::Song, ' ').unwrap();
    assert!(fonts().face(id).outline(space, size, Point::default()).is_empty());
}

#[test]
fn a_department_font_stands_at_the_end_of_every_chain() {
    struct Everyday;
    impl Assets for Everyday {
        fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
            Repository.read(path)
        }
        fn list(&self, folder: &str) -> Vec<String> {
            Repository
                .list(folder)
                .into_iter()
                .filter(|name| !name.contains("Supp") && !name.contains("Rare"))
                .collect()
        }
    }
    let without = FontLibrary::new(Arc::new(Everyday)).unwrap();
    assert!(without.lookup(Family::Kai, '龘').is_none(), "fallback fonts may be left out");
    let data = Repository.read("fonts/ECertSongSupp-Regular.ttf.zst").unwrap().into_owned().into();
    let extra = vec![ExtraFont { name: "Department".into(), data }];
    let with = FontLibrary::with_extra(Arc::new(Everyday), extra).unwrap();
    for family in Family::ALL {
        assert_eq!(face_of(&with, family, '龘'), "Department");
    }
}

#[test]
fn broken_fonts_are_refused_by_name() {
    let extra = |data: &[u8]| vec![ExtraFont { name: "Own".into(), data: data.into() }];
    let error = FontLibrary::with_extra(Arc::new(Repository), extra(b"not a font")).unwrap_err();
    assert!(matches!(&error, FontError::Malformed { name, .. } if name == "Own"), "{error}");
    let packed = Repository.read("fonts/ECertHei-Regular.ttf.zst").unwrap();
    let error = FontLibrary::with_extra(Arc::new(Repository), extra(&packed[..packed.len() / 2])).unwrap_err();
    assert!(matches!(error, FontError::Unpack { .. } | FontError::Malformed { .. }), "{error}");

    struct Nothing;
    impl Assets for Nothing {
        fn read(&self, _: &str) -> Option<Cow<'static, [u8]>> {
            None
        }
        fn list(&self, _: &str) -> Vec<String> {
            Vec::new()
        }
    }
    let error = FontLibrary::new(Arc::new(Nothing)).unwrap_err();
    assert_eq!(error, FontError::Missing { path: "fonts/ECertSong-Regular.ttf.zst".into() });
}

/// Records from before sets had names were made with these fonts. When a font changes, the constant stays and this test goes.
#[test]
fn the_fonts_that_ship_are_the_first_set() {
    assert_eq!(fonts().set().unwrap().digest(), FIRST_FONT_SET, "{}", fonts().set().unwrap().text());
}

/// Font files by digest, as a register keeps them; one of them may be damaged or gone.
struct Kept {
    damaged: Option<(Digest, Option<Vec<u8>>)>,
}

impl Assets for Kept {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let digest: Digest = path.strip_prefix("fonts/").unwrap().parse().unwrap();
        match &self.damaged {
            Some((damaged, bytes)) if *damaged == digest => bytes.clone().map(Cow::Owned),
            _ => fonts().file(&digest).map(|bytes| Cow::Owned(bytes.into_owned())),
        }
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn a_set_gives_its_library_back() {
    let set = fonts().set().unwrap();
    let kept: Arc<dyn Assets> = Arc::new(Kept { damaged: None });
    let again = FontSet::parse(set.text().as_bytes()).unwrap();
    let library = FontLibrary::of_set(again, &[], &kept).unwrap();
    assert_eq!(library.set().unwrap(), set);
    let unpacked = |library: &FontLibrary| library.faces().filter(|face| face.2).count();
    assert_eq!(unpacked(&library), 1, "the others wait for a character");
    for family in Family::ALL {
        for char in "样例市场2024年A·“龘𠕇\u{20547}\u{30000}\u{2EBF0}".chars() {
            assert_eq!(library.lookup(family, char), fonts().lookup(family, char), "{char}");
        }
    }
    assert!(library.damaged().is_empty());
    // What a library at hand has is not read again.
    let nothing: Arc<dyn Assets> = Arc::new(Kept { damaged: Some((set.faces()[0].digest, None)) });
    let known = [Arc::new(library)];
    let shared = FontLibrary::of_set(set.clone(), &known, &nothing).unwrap();
    assert!(std::ptr::eq(shared.lead(Family::Song), known[0].lead(Family::Song)));
}

#[test]
fn a_kept_font_that_is_not_what_its_digest_says_is_no_font() {
    let set = fonts().set().unwrap();
    let (song, kai) = (set.faces()[0].digest, set.faces()[2].digest);
    let other = fonts().file(&song).map(Cow::into_owned);
    for bytes in [None, other] {
        let files = |damaged| -> Arc<dyn Assets> { Arc::new(Kept { damaged: Some((damaged, bytes.clone())) }) };
        let library = FontLibrary::of_set(set.clone(), &[], &files(kai)).unwrap();
        assert_ne!(library.lookup(Family::Kai, '名'), fonts().lookup(Family::Kai, '名'));
        assert_eq!(library.damaged().len(), 1, "who compares with it can know");
        if bytes.is_none() {
            assert!(FontLibrary::of_set(set.clone(), &[], &files(song)).is_err());
        }
    }
}

/// A file that changes after its digest was told is not the file that was named.
#[test]
fn a_font_replaced_while_in_use_is_noticed() {
    struct Replaced(std::sync::atomic::AtomicBool);
    impl Assets for Replaced {
        fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
            let path = match self.0.load(std::sync::atomic::Ordering::SeqCst) {
                true => path.replace("Kai", "Hei"),
                false => path.to_owned(),
            };
            Repository.read(&path).map(|bytes| Cow::Owned(bytes.into_owned()))
        }
        fn list(&self, folder: &str) -> Vec<String> {
            Repository.list(folder)
        }
    }
    let assets = Arc::new(Replaced(false.into()));
    let library = FontLibrary::new(assets.clone()).unwrap();
    let set = library.set().unwrap().clone();
    assets.0.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(library.file(&set.faces()[2].digest), None);
    library.lookup(Family::Kai, '名');
    assert!(matches!(&library.damaged()[..], [FontError::Changed { name }] if name == "ECertKai-Regular"));
    assert_ne!(FontLibrary::new(assets).unwrap().set().unwrap().digest(), set.digest());
}

#[test]
fn a_font_for_a_page_stands_alone_and_has_every_character() {
    let text = "真实有效 Genuine —— 有效期：2024年3月5日·核验，𠕇𰀀龘";
    let fonts_of = |text: &str| web_fonts(fonts(), text);
    let made = fonts_of(text);
    let names: Vec<&str> = made.iter().map(|font| font.face(fonts()).name()).collect();
    assert_eq!(names, ["ECertHei-Regular", "ECertSongSupp-Regular", "ECertRareBF-Regular", "ECertRareGH-Regular"]);
    for font in &made {
        let file = font.file(fonts()).unwrap();
        let parsed = ttf_parser::Face::parse(&file, 0).unwrap();
        let face = font.face(fonts());
        for char in font.chars() {
            let glyph = parsed.glyph_index(char).unwrap_or_else(|| panic!("{char:?} is missing"));
            let original = face.glyph(char).unwrap();
            assert_eq!(parsed.glyph_hor_advance(glyph), Some(face.advance_units(original)), "{char:?}");
            assert!(parsed.glyph_bounding_box(glyph).is_some(), "{char:?} draws nothing");
        }
        assert_eq!(parsed.glyph_index('A'), None, "ASCII is every device's own");
        assert!(file.len() < 4000 + 400 * font.chars().len(), "{} bytes", file.len());
        assert_eq!(file, font.file(fonts()).unwrap());
    }
    let mut chars: Vec<char> = made.iter().flat_map(|font| font.chars()).collect();
    chars.sort_unstable();
    let mut expected: Vec<char> = text.chars().filter(|char| !char.is_ascii()).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(chars, expected);
    let backwards: String = text.chars().rev().collect();
    assert_eq!(fonts_of(&backwards), made, "the order of the characters is nothing");
    assert_eq!(fonts_of("plain ASCII \u{2EBF0}\u{E000}"), []);
}
