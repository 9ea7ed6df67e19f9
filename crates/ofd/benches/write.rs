//! How long a one-page document takes: `cargo bench -p ofd`.
//!
//! A4, a shared background of 200 KB of XML, three fonts of 40 KB of their own, sixty texts, one picture, one seal.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use ofd::model::*;
use ofd::*;

fn main() {
    let segments = |seed: i32| {
        let cubic = |i: i32| {
            let at = |k: i32| Um((seed * 7919 + i * 104_729 + k * 1299) % 190_000);
            Segment::Cubic(at(1), at(2), at(3), at(4), at(5), at(6))
        };
        std::iter::once(Segment::Move(Um(0), Um(0))).chain((0..20).map(cubic)).collect::<Vec<_>>()
    };
    let paths = (0..185).map(|i| {
        Object::Path(PathObject {
            boundary: Rect::mm(10, 10, 190, 277),
            segments: segments(i),
            stroke: Some(Stroke::solid(Color::rgb(200, 160, 120), Um(100))),
            ..PathObject::default()
        })
    });
    let background = Prebuilt::new(Size::A4, &[Layer::body(paths.collect())], 1).unwrap();
    println!("background: {} KB of XML", background.part().bytes().len() / 1024);
    // A font of the caller's, or bytes that deflate about as glyph outlines do.
    let file = std::env::var_os("OFD_BENCH_FONT").map(|path| std::fs::read(path).unwrap());
    let mut state = 1u32;
    let mut noise = |i: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if i.is_multiple_of(2) { (i / 64) as u8 } else { (state >> 24) as u8 & 0x3f }
    };
    let fonts: Vec<Vec<u8>> = (0..3)
        .map(|n| match &file {
            Some(font) => font[font.len() / 2 + n * 40_960..][..40_960].to_vec(),
            None => (0..40_960).map(&mut noise).collect(),
        })
        .collect();
    let picture = Part::new([b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 2000]].concat());
    let seal: Vec<u8> = (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let value = seal.clone();

    let write = || {
        let mut document = Document::new(DocInfo { doc_id: "0".repeat(32), ..DocInfo::default() });
        let back = document.add_template(Template {
            name: None,
            size: Size::A4,
            z_order: LayerKind::Background,
            content: TemplateContent::Prebuilt(background.clone()),
        });
        let refs: Vec<FontRef> =
            fonts.iter().map(|font| document.add_font(Font::embedded("F", "F", font.clone()))).collect();
        let image = document.add_image(Image::new(picture.clone()));
        let mut objects: Vec<Object> = (0..60)
            .map(|i| {
                let mut text = TextObject::new(
                    refs[i % 3],
                    Um(4233),
                    Rect::mm(20, 20 + 4 * i as i32, 120, 6),
                    (Um::ZERO, Um(3700)),
                    "统一社会信用代码的示例文字一二三四五",
                    vec![Um(4233); 17],
                );
                text.glyphs = Some((0..18).collect());
                Object::Text(text)
            })
            .collect();
        objects.push(Object::Image(ImageObject::new(Rect::mm(150, 20, 30, 30), image)));
        let layers = vec![Layer::body(objects)];
        document.pages.push(Page { size: Size::A4, templates: vec![back], layers });
        document.package().unwrap()
    };
    let request = SignatureRequest {
        kind: SignatureKind::Seal,
        provider: Provider { name: "bench".into(), ..Provider::default() },
        signature_method: "1.2.156.10197.1.501".into(),
        check_method: "1.2.156.10197.1.401".into(),
        date_time: "20261121130031Z".into(),
        stamps: vec![StampAnnot::new(0, Rect::mm(140, 220, 42, 42))],
        seal_file: Some(seal.into()),
        protect_signature_list: true,
    };
    // Digests are the caller's business: none are counted here.
    let sign = |package| prepare(package, &request, &|_| vec![0; 32]).unwrap().finish(value.clone());

    let package = write();
    let signed = sign(package.clone());
    let bytes = signed.to_zip().unwrap();
    println!("package: {} KB", bytes.len() / 1024);
    time("document to package (XML)", || drop(black_box(write())));
    time("document to zip", || drop(black_box(write().to_zip().unwrap())));
    time("prepare and finish (no digests)", || drop(black_box(sign(package.clone()))));
    time("document to signed zip", || drop(black_box(sign(write()).to_zip().unwrap())));
    time("read and inspect", || drop(black_box(inspect_bytes(&bytes, &Budget::default()).unwrap())));
}

fn time(what: &str, run: impl Fn()) {
    let mut best = f64::MAX;
    for _ in 0..200 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{what}: {:.3} ms", best * 1000.0);
}
