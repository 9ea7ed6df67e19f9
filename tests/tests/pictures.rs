//! The comparison of rasters: blind to smoothing, not to letters.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::fs;

use tests::peers::ofd_png;
use tests::pictures::compare;
use tests::places::fixture;

#[test]
fn the_same_page_at_two_resolutions_is_the_same_picture() {
    let page = fs::read(fixture("peers/glyph-ids.ofd")).unwrap();
    let apart = compare(&ofd_png(&page, 1, 150), &ofd_png(&page, 1, 211), 120.0, &[]);
    assert!(apart.mean < 1.0 && apart.worst < 60.0, "{apart:?}");
}

#[test]
fn a_missing_line_of_text_is_seen_unless_it_is_masked() {
    let page = ofd_png(&fs::read(fixture("peers/glyph-ids.ofd")).unwrap(), 1, 100);
    let mut without = image::load_from_memory(&page).unwrap().into_rgba8();
    let ground = *without.get_pixel(2, 2);
    let (width, height) = without.dimensions();
    for (_, y, pixel) in without.enumerate_pixels_mut() {
        if y < height / 5 {
            *pixel = ground;
        }
    }
    let mut png = Vec::new();
    without.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    assert!(width > 400);
    let apart = compare(&page, &png, 120.0, &[]);
    assert!(apart.worst > 60.0 && apart.at.1 < 200, "{apart:?}");
    let masked = compare(&page, &png, 120.0, &[[0, 0, 1000, 210]]);
    assert!(masked.worst < 1.0, "{masked:?}");
}
