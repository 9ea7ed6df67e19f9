//! The same picture whoever paints it: our PNG, the PDF by poppler, the OFD by ofd-core; and the comparison itself, which
//! has to be blind to smoothing, not to letters.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::fs;

use tests::issued::{self, License};
use tests::peers::{ofd_files, ofd_painted_text, ofd_png, pdftoppm, zbarimg};
use tests::pictures::{Distance, Mask, compare, compare_cells};
use tests::places::fixture;

/// Fine enough that half a millimetre holds several dots.
const DPI: u32 = 150;

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

/// Cells of a millimetre: a letter fills several, the smoothing of a line not one.
const CELL_MM: f64 = 1.0;

fn apart(ours: &[u8], theirs: &[u8], width_mm: f64, masks: &[Mask]) -> Distance {
    compare_cells(ours, theirs, width_mm, CELL_MM, masks)
}

/// Renderers smooth thin lines and place letters to the nearest dot in their own ways, and no more than that.
fn is_same(apart: &Distance) -> bool {
    apart.mean < 2.4 && apart.share < 0.000_5 && apart.worst < 40.0
}

/// Looks at all pages before it complains.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn note(&mut self, license: &License, page: usize, apart: &Distance) {
        eprintln!("{}, page {page}: {apart:?}", license.name);
        if !is_same(apart) {
            self.0.push(format!("{}, page {page}: {apart:?}", license.name));
        }
    }

    fn end(self) {
        assert!(self.0.is_empty(), "these are not the same pictures:\n{}", self.0.join("\n"));
    }
}

#[test]
fn poppler_paints_the_pdf_as_we_paint_the_page() {
    let mut findings = Findings::default();
    for license in issued::all() {
        let file = license.pdf_file();
        for page in 1..=pages(license) {
            let Some(theirs) = pdftoppm(file.path(), page as u32, DPI) else { return };
            // One signature shows one seal: on the face.
            let masks = if page == 1 { vec![] } else { vec![stamps(license)[page - 1]] };
            findings.note(license, page, &apart(&license.png(page, DPI), &theirs, license.size_mm(page)[0], &masks));
        }
    }
    findings.end();
}

#[test]
fn ofd_core_paints_the_ofd_as_we_paint_the_page() {
    let mut findings = Findings::default();
    for license in issued::all() {
        for page in 1..=pages(license) {
            let theirs = ofd_png(&license.ofd, page, DPI);
            // ofd-core leaves seals out. The QR code is a picture, whose edges it smooths: that one is read below.
            let masks: Vec<Mask> =
                [stamps(license)[page - 1]].into_iter().chain((page == 1).then(|| qr(license))).collect();
            findings.note(license, page, &apart(&license.png(page, DPI), &theirs, license.size_mm(page)[0], &masks));
        }
    }
    findings.end();
}

/// One letter less in the holder's name is another picture: the limits are not too wide.
#[test]
fn a_missing_letter_is_another_picture() {
    let license = issued::named("duplicate");
    let face = &license.template.file.faces[license.face];
    let ours = license.png(1, DPI);
    for name in ["name", "code", "name-label", "foot"] {
        let at = face.boxes.iter().find(|found| found.id == name).unwrap().at;
        let mut without = image::load_from_memory(&ours).unwrap().into_rgba8();
        let dots = |mm: f64| (mm * f64::from(DPI) / 25.4) as u32;
        let ground = *without.get_pixel(dots(at[0]) - 3, dots(at[1]));
        // The right half of a centred line, or the first letter or two.
        let left = if name == "foot" { at[0] + at[2] / 2.0 } else { at[0] };
        for y in dots(at[1])..dots(at[1] + at[3]) {
            for x in dots(left)..dots(left + 4.5) {
                without.put_pixel(x, y, ground);
            }
        }
        let mut png = Vec::new();
        without.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        let apart = apart(&ours, &png, license.size_mm(1)[0], &[]);
        eprintln!("without a letter of {name}: {apart:?}");
        assert!(!is_same(&apart), "{name}: {apart:?}");
    }
}

#[test]
fn f2_the_qr_code_is_read_from_200_dpi_pictures_of_both_formats() {
    for license in issued::all() {
        let index = [license.stored.index_token.clone()];
        let Some(pdf) = pdftoppm(license.pdf_file().path(), 1, 200) else { return };
        let Some(codes) = zbarimg(&pdf) else { return };
        assert_eq!(codes, index, "{}: PDF", license.name);
        assert_eq!(zbarimg(&ofd_png(&license.ofd, 1, 200)).unwrap(), index, "{}: OFD", license.name);
    }
}

fn pages(license: &License) -> usize {
    ofd_painted_text(&license.ofd).len()
}

/// The place of the seal on each page, from the stamps that the OFD's signature lists, with a hair around it.
fn stamps(license: &License) -> Vec<Mask> {
    let files = ofd_files(&license.ofd);
    let (_, xml) = files.iter().find(|(name, _)| name.ends_with("/Signature.xml")).unwrap();
    let xml = String::from_utf8_lossy(xml).into_owned();
    let boundaries = xml.split("StampAnnot").filter_map(|part| part.split("Boundary=\"").nth(1)?.split('"').next());
    let masks = boundaries.enumerate().map(|(page, boundary)| {
        let mm: Vec<f64> = boundary.split(' ').map(|number| number.parse().unwrap()).collect();
        let [x, y, width, height] = mm[..] else { panic!("{boundary}") };
        around([x, y, width, height], license.size_mm(page + 1))
    });
    let masks: Vec<Mask> = masks.collect();
    assert_eq!(masks.len(), pages(license), "{}: a seal on every page", license.name);
    masks
}

/// The place of the QR code on the face.
fn qr(license: &License) -> Mask {
    around(license.template.file.faces[license.face].qr.at, license.size_mm(1))
}

/// A box in millimetres with a hair around it, in thousandths of the page.
fn around([x, y, width, height]: [f64; 4], [page_width, page_height]: [f64; 2]) -> Mask {
    let part = |mm: f64, whole: f64| (mm / whole * 1000.0).round() as u32;
    [
        part(x - 1.0, page_width),
        part(y - 1.0, page_height),
        part(x + width + 1.0, page_width),
        part(y + height + 1.0, page_height),
    ]
}
