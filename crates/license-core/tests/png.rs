//! The painter: sizes, marks, limits; and its pictures beside those poppler makes of the PDF.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;

use license_core::length::{Length, Rect, Size};
use license_core::page::{ImageFormat, ImageItem, Item, Page, PathItem, Rgb};
use license_core::render::Metadata;
use license_core::render::pdf::{PdfInput, PdfRenderer};
use license_core::render::png::{MAX_DPI, PaintError, PaintOptions, Painter, paint};
use license_core::seal_art::{SealDesign, SealPicture, draw};
use support::samples::samples;
use support::{fonts, shared_fonts};

struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

fn decode(png: &[u8]) -> Picture {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    rgb.truncate(info.buffer_size());
    Picture { width: info.width as usize, height: info.height as usize, rgb }
}

fn blank(width: f64, height: f64) -> Page {
    let size = Size { width: Length::from_mm(width), height: Length::from_mm(height) };
    Page { size, background: None, items: Vec::new(), seal: None }
}

#[test]
fn pages_become_pictures_of_their_size() {
    for (width, height, dpi, pixels) in
        [(297.0, 210.0, 100, (1170, 827)), (210.0, 297.0, 72, (596, 842)), (25.4, 25.4, 100, (100, 100))]
    {
        let png = paint(&blank(width, height), fonts(), dpi, &PaintOptions::default()).unwrap();
        let picture = decode(&png);
        assert_eq!((picture.width, picture.height), pixels);
        assert!(picture.rgb.iter().all(|&byte| byte == 255), "an empty page is white");
    }
}

#[test]
fn pictures_of_both_formats_are_painted() {
    let red = image::RgbImage::from_pixel(40, 20, image::Rgb([200, 20, 30]));
    for (format, kind) in [(image::ImageFormat::Png, ImageFormat::Png), (image::ImageFormat::Jpeg, ImageFormat::Jpeg)] {
        let mut data = std::io::Cursor::new(Vec::new());
        red.write_to(&mut data, format).unwrap();
        let item =
            ImageItem { rect: Rect::from_mm([10.0, 10.0, 40.0, 20.0]), data: data.into_inner().into(), format: kind };
        let cut = ImageItem { data: item.data[..40].into(), ..item.clone() };
        let page = Page { items: vec![Item::Image(item)], ..blank(100.0, 50.0) };
        let picture = decode(&paint(&page, fonts(), 100, &PaintOptions::default()).unwrap());
        let at = |x: usize, y: usize| &picture.rgb[(y * picture.width + x) * 3..][..3];
        let near = |a: &[u8], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 6);
        assert!(near(at(118, 78), [200, 20, 30]) && near(at(20, 78), [255; 3]), "{kind:?} {:?}", at(118, 78));
        let page = Page { items: vec![Item::Image(cut)], ..blank(100.0, 50.0) };
        let broken = paint(&page, fonts(), 100, &PaintOptions::default());
        assert!(matches!(broken, Err(PaintError::Picture { .. })), "{kind:?}");
    }
}

#[test]
fn impossible_pictures_are_refused() {
    let options = PaintOptions::default();
    for dpi in [0, 9, MAX_DPI + 1, u32::MAX] {
        assert_eq!(paint(&blank(10.0, 10.0), fonts(), dpi, &options), Err(PaintError::Resolution { dpi }));
    }
    for (width, height) in [(0.0, 10.0), (-5.0, 10.0), (2e6, 2e6)] {
        let result = paint(&blank(width, height), fonts(), 300, &options);
        assert!(matches!(result, Err(PaintError::Size { .. })), "{width} {height}");
    }
    let broken = SealPicture::from_png(*b"not a picture", blank(42.0, 42.0).size);
    let mut page = blank(100.0, 100.0);
    page.seal = Some(license_core::length::Rect::from_mm([10.0, 10.0, 42.0, 42.0]));
    let result = paint(&page, fonts(), 100, &PaintOptions { seal: Some(&broken), watermark: None });
    assert!(matches!(result, Err(PaintError::Picture { .. })));
}

#[test]
fn the_seal_looks_alike_from_its_drawing_and_from_its_raster() {
    let drawn = draw(&SealDesign::new("样例市示范区市场监督管理局"), fonts()).unwrap();
    let raster = SealPicture::from_png(drawn.png.clone(), drawn.size);
    let mut page = blank(60.0, 60.0);
    page.seal = Some(license_core::length::Rect::from_mm([9.0, 9.0, 42.0, 42.0]));
    let picture =
        |seal| decode(&paint(&page, fonts(), 150, &PaintOptions { seal: Some(seal), watermark: None }).unwrap());
    let difference = compare(&picture(&drawn), &picture(&raster));
    assert!(difference.mean < 4.0, "{difference:?}");
    let red = picture(&drawn).rgb.chunks_exact(3).filter(|pixel| pixel[0] > 200 && pixel[1] < 60).count();
    assert!(red > 5_000, "{red} red pixels");
}

#[test]
fn a_watermark_changes_the_picture_and_its_alpha_is_kept() {
    let plain = paint(&blank(210.0, 297.0), fonts(), 50, &PaintOptions::default()).unwrap();
    let options = PaintOptions { watermark: Some("核验预览"), ..PaintOptions::default() };
    let marked = decode(&paint(&blank(210.0, 297.0), fonts(), 50, &options).unwrap());
    assert_ne!(decode(&plain).rgb, marked.rgb);
    assert_eq!(marked.rgb.iter().min(), Some(&214), "16 % of black on white");
}

#[test]
fn paths_are_painted_with_fill_stroke_and_alpha() {
    use license_core::length::Point;
    use license_core::page::Segment::{Close, Line, Move};
    let at = |x: f64, y: f64| Point::new(Length::from_mm(x), Length::from_mm(y));
    let square =
        vec![Move(at(2.54, 2.54)), Line(at(22.86, 2.54)), Line(at(22.86, 22.86)), Line(at(2.54, 22.86)), Close];
    let mut page = blank(25.4, 25.4);
    page.items.push(Item::Path(PathItem { path: square, fill: Some(Rgb(0, 0, 255)), stroke: None, alpha: 128 }));
    let picture = decode(&paint(&page, fonts(), 100, &PaintOptions::default()).unwrap());
    let pixel = |x: usize, y: usize| &picture.rgb[(y * picture.width + x) * 3..][..3];
    assert_eq!(pixel(5, 5), [255, 255, 255]);
    assert!(pixel(50, 50)[2] == 255 && pixel(50, 50)[0].abs_diff(127) <= 1, "{:?}", pixel(50, 50));
}

/// H3: the PDF as an independent reader paints it, and our picture, are the same for every face.
#[test]
fn poppler_paints_the_same_picture_of_the_pdf() {
    if Command::new("pdftoppm").arg("-v").output().is_err() {
        eprintln!("SKIPPED: pdftoppm is not installed");
        return;
    }
    let renderer = PdfRenderer::new(shared_fonts().clone());
    let painter = Painter::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, _, document) in samples() {
        let input = PdfInput {
            metadata: Metadata { title: document.title.clone(), ..Metadata::default() },
            created: time::macros::datetime!(2026-01-01 00:00 UTC),
            seed: name.clone().into_bytes(),
            attachments: Vec::new(),
            signature: None,
            prepared: Vec::new(),
        };
        let file = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&file, renderer.render(&document, &input).unwrap()).unwrap();
        for (at, page) in document.pages.iter().enumerate() {
            let number = (at + 1).to_string();
            let output = Command::new("pdftoppm")
                .args(["-r", "150", "-png", "-f", &number, "-l", &number])
                .arg(&file)
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let theirs = decode(&output.stdout);
            let png = painter.paint(page, fonts(), 150, &PaintOptions::default()).unwrap();
            let ours = decode(&png);
            if let Some(folder) = std::env::var_os("PREVIEW") {
                let folder = std::path::Path::new(&folder);
                std::fs::write(folder.join(format!("{name}-{number}-poppler.png")), &output.stdout).unwrap();
                std::fs::write(folder.join(format!("{name}-{number}-ours.png")), &png).unwrap();
            }
            // poppler puts baselines on whole pixels and thickens hair lines: compare what an eye sees from afar.
            let difference = compare(&reduced(&ours), &reduced(&theirs));
            eprintln!("{name} page {number}: {difference:?}");
            // The narrow bands of continuation pages are hair lines all over, under a page full of text.
            let most = if at == 0 { 2.5 } else { 5.0 };
            assert!(difference.mean < most && difference.far < 0.001, "{name} page {number}: {difference:?}");
            let moved = compare(&reduced(&moved(&ours)), &reduced(&theirs));
            assert!(moved.far > 0.002, "{name} page {number}: the comparison sees one millimetre: {moved:?}");
        }
    }
}

/// A phone reads the code out of the picture.
#[test]
fn the_qr_code_is_read_out_of_the_picture() {
    if Command::new("zbarimg").arg("--version").output().is_err() {
        eprintln!("SKIPPED: zbarimg is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, _, document) in samples() {
        let file = folder.path().join(format!("{name}.png"));
        std::fs::write(&file, paint(&document.pages[0], fonts(), 200, &PaintOptions::default()).unwrap()).unwrap();
        let output = Command::new("zbarimg").args(["-q", "--raw"]).arg(&file).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("HTTPS://ZZ.EXAMPLE.CN/V/2C3QUDGLX5YK"), "{name}: {text}");
    }
}

#[derive(Debug)]
#[allow(dead_code, reason = "printed")]
struct Difference {
    /// Mean difference of a colour, 0 to 255.
    mean: f64,
    /// Share of colours that differ by more than a third.
    far: f64,
}

/// The picture six pixels further down.
fn moved(picture: &Picture) -> Picture {
    let mut rgb = picture.rgb.clone();
    rgb.rotate_right(6 * picture.width * 3);
    Picture { rgb, ..*picture }
}

/// Each block of 4 × 4 pixels as one, partial blocks at the edges left out.
fn reduced(picture: &Picture) -> Picture {
    let (width, height) = (picture.width / 4, picture.height / 4);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for (row, column, color) in
        (0..height).flat_map(|row| (0..width).flat_map(move |column| (0..3).map(move |color| (row, column, color))))
    {
        let block = (0..16).map(|at| (row * 4 + at / 4) * picture.width + column * 4 + at % 4);
        rgb.push((block.map(|at| u32::from(picture.rgb[at * 3 + color])).sum::<u32>() / 16) as u8);
    }
    Picture { width, height, rgb }
}

fn compare(one: &Picture, other: &Picture) -> Difference {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let differences = one.rgb.iter().zip(&other.rgb).map(|(a, b)| u64::from(a.abs_diff(*b)));
    let (mut sum, mut far) = (0, 0u64);
    for difference in differences {
        sum += difference;
        far += u64::from(difference > 85);
    }
    let count = one.rgb.len() as f64;
    Difference { mean: sum as f64 / count, far: far as f64 / count }
}
