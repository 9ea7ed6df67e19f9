//! A small document with everything in it, and a digest that needs no cryptography.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test file uses a part of this")]

use ofd::model::*;
use ofd::*;

/// An obviously fake digest (FNV-1a, four times): enough to see that every byte counts.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    (0..4u64)
        .flat_map(|seed| {
            let mut hash = 0xcbf2_9ce4_8422_2325u64 ^ seed;
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
            hash.to_be_bytes()
        })
        .collect()
}

pub const FAKE_PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot really a picture";

pub fn info() -> DocInfo {
    DocInfo {
        doc_id: "0123456789abcdef0123456789ABCDEF".to_owned(),
        title: Some("证照 <一> & \"二\"".to_owned()),
        author: Some("某某局".to_owned()),
        creation_date: Some(time::Date::from_calendar_date(2026, time::Month::November, 21).unwrap()),
        keywords: vec!["营业执照".to_owned()],
        creator: Some("test".to_owned()),
        creator_version: Some("0.1".to_owned()),
        custom_datas: vec![
            ("code".to_owned(), "1.2.156.3005.2".to_owned()),
            ("备注".to_owned(), " 前后有空格\n第二行\t<&>\u{3000} ".to_owned()),
        ],
        ..DocInfo::default()
    }
}

pub fn background() -> Vec<Layer> {
    vec![Layer {
        kind: LayerKind::Background,
        objects: (0..50)
            .map(|i| {
                Object::Path(PathObject {
                    boundary: Rect::mm(10, 10, 190, 277),
                    segments: vec![
                        Segment::Move(Um(i * 1000), Um::ZERO),
                        Segment::Cubic(Um(1), Um(-20), Um(300), Um(4000), Um(50_500), Um(i * 10)),
                        Segment::Line(Um::mm(3), Um::mm(4)),
                        Segment::Close,
                    ],
                    fill: (i % 2 == 0).then_some(Fill { color: Color::rgb(200, 30, 1), alpha: 40 }),
                    stroke: Some(Stroke::solid(Color::rgb(1, 2, 3), Um(100))),
                    even_odd: i % 3 == 0,
                })
            })
            .collect(),
    }]
}

pub fn text(font: FontRef, x: i32, y: i32, text: &str) -> TextObject {
    let advances = vec![Um(4233); text.chars().count() - 1];
    TextObject::new(
        font,
        Um(4233),
        Rect::new(Um::mm(x), Um::mm(y), Um::mm(80), Um::mm(6)),
        (Um::ZERO, Um(3700)),
        text,
        advances,
    )
}

pub fn document() -> Document {
    let mut document = Document::new(info());
    let prebuilt = Prebuilt::new(Size::A4, &background(), 1).unwrap();
    let back = document.add_template(Template {
        name: Some("底纹".to_owned()),
        size: Size::A4,
        z_order: LayerKind::Background,
        content: TemplateContent::Prebuilt(prebuilt),
    });
    let song = document.add_font(Font::embedded("ECertSong", "ECert Song", b"\0\x01\0\0 a font".to_vec()));
    let named =
        document.add_font(Font { name: "宋体".to_owned(), family: None, bold: true, italic: false, file: None });
    let front = document.add_template(Template {
        name: None,
        size: Size::A4,
        z_order: LayerKind::Foreground,
        content: TemplateContent::Layers(vec![Layer::body(vec![Object::Text(text(named, 20, 280, "样张"))])]),
    });
    let picture = document.add_image(Image::new(FAKE_PNG.to_vec()));
    let mut glyphs = text(song, 20, 60, "住所𠮷祥路");
    glyphs.glyphs = Some(vec![1, 2, 3, 4, 5]);
    document.pages.push(Page {
        size: Size::A4,
        templates: vec![back, front],
        layers: vec![
            Layer { kind: LayerKind::Foreground, objects: vec![Object::Text(text(song, 90, 10, "上"))] },
            Layer::body(vec![
                Object::Text(text(song, 20, 40, "名称 <某某> & 公司")),
                Object::Text(glyphs),
                Object::Image(ImageObject::new(Rect::mm(150, 30, 25, 35), picture)),
            ]),
        ],
    });
    document.pages.push(Page { size: Size::new(Um::mm(297), Um::mm(210)), templates: vec![], layers: vec![] });
    document.attachments.push(Attachment::hidden("record.json", "json", br#"{"a":1}"#.to_vec()));
    document.attachments.push(Attachment::hidden("索引", "cwt", vec![1, 2, 3]));
    document
}

pub fn request(kind: SignatureKind) -> SignatureRequest {
    let seal = kind == SignatureKind::Seal;
    SignatureRequest {
        kind,
        provider: Provider { name: "test".to_owned(), version: "1.0".to_owned(), company: "某公司".to_owned() },
        signature_method: "1.2.156.10197.1.501".to_owned(),
        check_method: "1.2.156.10197.1.401".to_owned(),
        date_time: "20261121130031Z".to_owned(),
        stamps: if seal { vec![StampAnnot::new(0, Rect::mm(140, 220, 42, 42))] } else { vec![] },
        seal_file: seal.then(|| Part::new(b"a seal".to_vec())),
        protect_signature_list: true,
    }
}

/// Signs with a value that is merely recognisable.
pub fn sign(package: Package, request: &SignatureRequest) -> Result<Package, SignError> {
    let prepared = prepare(package, request, &digest)?;
    let value = digest(prepared.to_be_signed());
    Ok(prepared.finish(value))
}

pub fn all_match(facts: &Facts) -> bool {
    let outcomes = facts.check_references(&|_, bytes| Some(digest(bytes)));
    !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.status == ReferenceStatus::Matches)
}

/// Foreign files, when they are there.
pub fn samples() -> Option<std::path::PathBuf> {
    let shared = std::env::var_os("LICENSE_SHARED")
        .map(std::path::PathBuf::from)
        .unwrap_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("fixtures/ofd-samples");
    if !folder.is_dir() {
        eprintln!("SKIPPED: no foreign OFD samples at {}", folder.display());
        return None;
    }
    Some(folder)
}
