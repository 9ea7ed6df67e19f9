//! The round seal: true size, real alpha, small, readable names only.
#![allow(clippy::unwrap_used)]

mod render_support;

use license_core::length::Length;
use license_core::seal_art::{SealArtError, SealDesign, SealPicture, draw};
use render_support::fonts;

fn design(name: &str, bottom: Option<&str>, diameter: f64) -> SealDesign {
    let mut design = SealDesign::new(name);
    design.bottom_line = bottom.map(str::to_owned);
    design.diameter = Length::from_mm(diameter);
    design
}

/// Alpha of each pixel, row by row, and the width in pixels.
fn alpha(picture: &SealPicture) -> (Vec<u8>, usize) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&picture.png[..]));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut buffer).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    assert!(buffer.chunks(4).all(|pixel| pixel[..3] == [0xE6, 0x00, 0x12]), "one red only");
    (buffer.chunks(4).map(|pixel| pixel[3]).collect(), info.width as usize)
}

#[test]
fn seals_have_true_size_real_alpha_and_few_bytes() {
    for (name, bottom, diameter, pixels) in [
        ("样例市示范区市场监督管理局", None, 42.0, 992),
        ("样例县政府", None, 45.0, 1063),
        ("样例省住房和城乡建设厅", Some("行政审批专用章"), 42.0, 992),
        ("样例部委", Some("（1）"), 50.0, 1181),
        ("样例市高新技术产业开发区管理委员会行政审批局企业登记注册处", Some("登记专用章"), 42.0, 992),
        ("样例自治区样例族自治州样例市经济技术开发区综合保税区", None, 42.0, 992),
    ] {
        let picture = draw(&design(name, bottom, diameter), &fonts()).unwrap();
        assert_eq!(picture.size.width, Length::from_mm(diameter));
        let limit = if name.chars().count() <= 16 { 20_000 } else { 22_000 };
        assert!(picture.png.len() <= limit, "{name}: {} bytes", picture.png.len());
        let (alpha, side) = alpha(&picture);
        assert_eq!(side, pixels);
        assert_eq!(alpha[0], 0, "the corner is clear");
        assert_eq!(alpha[side / 2 * side + side / 2], 255, "the star covers the centre");
        assert_eq!(alpha[side / 2 * side + 5], 255, "the ring touches the edge");
        assert!(alpha.iter().any(|&alpha| alpha > 0 && alpha < 255), "edges are smooth");
        if let Ok(folder) = std::env::var("KEEP_PICTURES") {
            std::fs::write(format!("{folder}/seal-{name}.png"), &picture.png).unwrap();
        }
    }
}

#[test]
fn nothing_leaves_the_picture_and_text_stays_inside_the_ring() {
    for name in ["章", "样例", "样例市公安局", "样例市高新技术产业开发区管理委员会行政审批局企业登记注册处"]
    {
        for diameter in [42.0, 45.0, 50.0] {
            let picture = draw(&design(name, Some("行政审批专用章"), diameter), &fonts()).unwrap();
            let middle = diameter / 2.0;
            let text = picture.paths.last().unwrap();
            for segment in &text.path {
                use license_core::page::Segment::*;
                let (Move(to) | Line(to) | Cubic(_, _, to)) = segment else { continue };
                let far = (to.x.mm() - middle).hypot(to.y.mm() - middle);
                assert!(far < middle - 1.2, "{name} at {diameter}: {far}");
            }
        }
    }
}

#[test]
fn the_same_design_gives_the_same_bytes() {
    let design = design("样例市示范区市场监督管理局", None, 42.0);
    assert_eq!(draw(&design, &fonts()).unwrap(), draw(&design, &fonts()).unwrap());
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let error =
        |name: &str, bottom: Option<&str>, diameter: f64| draw(&design(name, bottom, diameter), &fonts()).unwrap_err();
    assert_eq!(error("", None, 42.0), SealArtError::EmptyName);
    assert_eq!(error(&"局".repeat(31), None, 42.0), SealArtError::NameTooLong { chars: 31, max: 30 });
    assert_eq!(
        error("样例局", Some("一二三四五六七八九十一二三"), 42.0),
        SealArtError::BottomLineTooLong { chars: 13, max: 12 }
    );
    assert_eq!(error("样例 局", None, 42.0), SealArtError::Invisible { char: ' ' });
    assert!(error("样例\u{2EBF0}局", None, 42.0).to_string().contains("U+2EBF0"));
    assert!(matches!(error("样例局", None, 90.0), SealArtError::Diameter { .. }));
}
