//! The good files, made by the product once and then kept: the attacks start from them.
//!
//! They are committed, so that the corpus does not change with every change of a template or a font.

use std::borrow::Cow;
use std::sync::Arc;

use license_assets::Bundled;
use license_core::assets::Assets;
use license_core::fill::fill;
use license_core::fonts::FontLibrary;
use license_core::id::LicenseId;
use license_core::index::IndexText;
use license_core::issue::{Issuer, Occasion, Printer, issue};
use license_core::layout::{Marks, lay_out};
use license_core::length::Length;
use license_core::qr::QrCode;
use license_core::record::Record;
use license_core::render::ofd::{OfdInput, OfdRenderer};
use license_core::render::{Attachment, Metadata, Relationship};
use license_core::template::Catalog;
use license_core::verify::{CHAIN_FILE, INDEX_FILE, RECORD_FILE};
use ofd::model::{self, Color, Fill, Font, Image, ImageObject, Layer, LayerKind, Object, PathObject, Segment, Stroke};
use ofd::{DocInfo, Package, Part, Provider, Rect, SignatureKind, SignatureRequest, Size, StampAnnot, Um};
use pki::{DigestAlgorithm, Signer as _, SoftSigner};

use attacks::keys::{HOUSING_NAME, Keys, MARKET, MARKET_NAME, SEALED};
use attacks::picture::seal_picture;
use attacks::seal::{Scene, SealSpec, Value};

/// Every good file with its name.
pub(super) fn make(keys: &Keys) -> Vec<(&'static str, Vec<u8>)> {
    let picture = seal_picture(0);
    let market = SealSpec::new("34010000000001", MARKET_NAME, &[&keys.market], &picture).made_by(&keys.maker);
    let housing = SealSpec::new("34010000000002", HOUSING_NAME, &[&keys.housing], &seal_picture(1));
    let housing = housing.made_by(&keys.maker);

    let license = license(keys, &market, "JY23501020001232", "样例市颀颀面馆", "2026000000001");
    let other = self::license(keys, &market, "JY23501020001249", "样例市另一家面馆", "2026000000002");
    let parts = attacks::parts::Parts::open(&license);
    // The smallest subsets of the license: digits and date, and the words of its title.
    let fonts = ["Doc_0/Res/font_1.ttf", "Doc_0/Res/font_3.ttf"].map(|name| parts.get(name));
    let notice = notice("食品经营许可证", "2026年12月31日", fonts);
    let other_notice = self::notice("经营许可证", "2025年6月30日", fonts);
    let seal = |package: Package, der: &[u8], by: &SoftSigner, x: i32, closed| sealed(package, der, by, x, closed);
    let open = seal(notice.clone(), &market, &keys.market, 130, false);
    let again = ofd::read(&open, &ofd::Budget::default()).expect("our own package");
    let twice = seal(again, &housing, &keys.housing, 40, true);
    vec![
        ("license.ofd", license),
        ("license-other.ofd", other),
        ("notice.ofd", seal(notice, &market, &keys.market, 130, true)),
        ("notice-other.ofd", seal(other_notice, &market, &keys.market, 130, true)),
        ("notice-open.ofd", open),
        ("notice-two-seals.ofd", twice),
        ("food-operation-permit.template", template_archive()),
        ("market.esl", market),
        ("housing.esl", housing),
        ("seal.png", picture),
    ]
}

/// The template by which the licenses are filled: the next edition of the product may bring another.
fn template_archive() -> Vec<u8> {
    let catalog = Catalog::load(&Plain).expect("the bundled templates are sound");
    catalog.get(TYPE).expect("it is bundled").archive().expect("a template can be kept")
}

/// The type of the licenses.
const TYPE: &str = "food-operation-permit";

/// The bundled templates, that of the licenses without artwork: it is five times as large as all the rest.
struct Plain;

impl Assets for Plain {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = Bundled.read(path)?;
        if path != format!("templates/{TYPE}/template.toml") {
            return Some(bytes);
        }
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter(|line| !line.starts_with("background = "));
        Some(Cow::Owned(lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

/// A food permit without artwork, from the same parts as issuing makes it.
fn license(keys: &Keys, seal: &[u8], number: &str, operator: &str, serial: &str) -> Vec<u8> {
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).expect("the bundled fonts are sound"));
    let catalog = Catalog::load(&Plain).expect("the bundled templates are sound");
    let template = catalog.get(TYPE).expect("it is bundled");
    let issuer =
        Issuer::new(MARKET_NAME, MARKET, seal, keys.market.clone(), keys.market.clone(), keys.market_index.clone());
    let issuer = issuer.expect("seal and keys belong together");
    let mut data = template.sample.clone();
    data["issuing_authority"] = MARKET_NAME.into();
    data["license_no"] = number.into();
    data["operator_name"] = operator.into();
    let filled = fill(template, &data, &issuer.fill_context(SEALED, &fonts)).expect("the sample is good");
    let code = template.file.kind.code.parse().expect("a type code");
    let id = LicenseId::new(code, *issuer.code(), serial, 1).expect("a serial number");
    let occasion = Occasion { at: SEALED, address: "HTTPS://LICENSE.EXAMPLE.GOV.CN/V/", status: 1, specimen: false };
    let issued = issue(filled, id, &issuer, &Printer::new(fonts.clone()), &occasion).expect("it can be issued");

    let record: &Record = issued.record();
    let index: &IndexText = issued.index();
    let filled = record.to_filled(template).expect("its own template");
    let qr = Some(QrCode::new(&index.to_string()).expect("an index fits"));
    let marks = Marks { qr, specimen: false, seal_diameter: Some(Length::from_mm(42.0)) };
    let document = lay_out(&filled, &fonts, &marks).expect("it was laid out before");
    let chain: String = keys.market.chain().iter().map(pki::Certificate::to_pem).collect();
    let input = OfdInput {
        metadata: Metadata {
            title: record.name().to_owned(),
            author: record.issuer().to_owned(),
            subject: format!("{} {}", record.type_name(), record.number()),
            keywords: vec!["电子证照".to_owned(), record.type_name().to_owned()],
            creator: "license-core 0.1.0".to_owned(),
            custom: record.metadata(),
        },
        doc_id: pki_hex(issued.record_json()),
        created: time::macros::date!(2026 - 12 - 01),
        attachments: vec![
            attached(RECORD_FILE, issued.record_json()),
            attached(INDEX_FILE, index.to_string().as_bytes()),
            attached(CHAIN_FILE, chain.as_bytes()),
        ],
    };
    let package = OfdRenderer::new(fonts).render(&document, &input).expect("it was rendered before");
    let place = document.pages.iter().find_map(|page| page.seal).expect("a permit has a place for the seal");
    let um = |length: Length| Um(length.um());
    let boundary = Rect::new(um(place.x), um(place.y), um(place.width), um(place.height));
    sealed_at(package, seal, &keys.market, boundary, true, true)
}

fn attached(name: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        mime: "application/octet-stream".to_owned(),
        description: String::new(),
        bytes: bytes.into(),
        relationship: Relationship::Data,
    }
}

fn pki_hex(bytes: &[u8]) -> String {
    let digest = DigestAlgorithm::Sm3.digest(bytes);
    digest.as_bytes()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Two pages as any office program would write them: no license of ours, only OFD. A template below, a picture, an
/// attachment, an embedded font.
fn notice(title: &str, date: &str, fonts: [&[u8]; 2]) -> Package {
    let mut document = model::Document::new(DocInfo {
        doc_id: pki_hex(date.as_bytes()),
        title: Some(title.to_owned()),
        author: Some(MARKET_NAME.to_owned()),
        creation_date: Some(time::macros::date!(2026 - 12 - 01)),
        custom_datas: vec![("number".to_owned(), "2026-1201".to_owned()), ("fee".to_owned(), "1000".to_owned())],
        ..DocInfo::default()
    });
    let digits = document.add_font(Font::embedded("AttackDigits", "Attack Digits", fonts[0].to_vec()));
    let words = document.add_font(Font::embedded("AttackWords", "Attack Words", fonts[1].to_vec()));
    let emblem = document.add_image(Image::new(Part::new(attacks::picture::emblem())));
    let line = |font, x: i32, y: i32, text: &str| {
        let advance = vec![Um::mm(6); text.chars().count().saturating_sub(1)];
        let boundary = Rect::mm(x, y, 150, 8);
        let object = model::TextObject::new(font, Um::mm(6), boundary, (Um::ZERO, Um(5300)), text, advance);
        Object::Text(object)
    };
    let frame = |inset: i32| {
        let (w, h) = (Um::mm(210 - 2 * inset), Um::mm(297 - 2 * inset));
        let corners = [(Um::ZERO, Um::ZERO), (w, Um::ZERO), (w, h), (Um::ZERO, h)];
        let mut segments: Vec<Segment> = corners.iter().map(|(x, y)| Segment::Line(*x, *y)).collect();
        segments[0] = Segment::Move(Um::ZERO, Um::ZERO);
        segments.push(Segment::Close);
        Object::Path(PathObject {
            boundary: Rect::mm(inset, inset, 210 - 2 * inset, 297 - 2 * inset),
            segments,
            fill: None,
            stroke: Some(Stroke::solid(Color::rgb(200, 180, 140), Um(400))),
            even_odd: false,
        })
    };
    let template = document.add_template(model::Template {
        name: None,
        size: Size::A4,
        z_order: LayerKind::Background,
        content: model::TemplateContent::Layers(vec![Layer::body((0..6).map(|at| frame(10 + at)).collect())]),
    });
    let mut first = vec![Object::Image(ImageObject::new(Rect::mm(95, 25, 20, 20), emblem))];
    first.extend([line(words, 30, 60, title), line(digits, 30, 80, date), line(digits, 30, 100, "1000")]);
    first.push(Object::Path(PathObject {
        boundary: Rect::mm(30, 120, 150, 1),
        segments: vec![Segment::Move(Um::ZERO, Um::ZERO), Segment::Line(Um::mm(150), Um::ZERO)],
        fill: Some(Fill::BLACK),
        stroke: Some(Stroke::solid(Color::BLACK, Um(300))),
        even_odd: false,
    }));
    for objects in [first, vec![line(digits, 30, 60, date)]] {
        let layers = vec![Layer::body(objects)];
        document.pages.push(model::Page { size: Size::A4, templates: vec![template], layers });
    }
    document.attachments.push(model::Attachment {
        name: "terms.txt".to_owned(),
        format: "txt".to_owned(),
        file: Part::new("The fee is 1000.\n"),
        visible: true,
    });
    document.package().expect("a small document")
}

fn sealed(package: Package, seal: &[u8], by: &SoftSigner, x: i32, closed: bool) -> Vec<u8> {
    sealed_at(package, seal, by, Rect::mm(x, 140, 42, 42), closed, false)
}

fn sealed_at(package: Package, seal: &[u8], by: &SoftSigner, boundary: Rect, closed: bool, bound: bool) -> Vec<u8> {
    let request = SignatureRequest {
        kind: SignatureKind::Seal,
        provider: Provider { name: "license-core".to_owned(), version: "1".to_owned(), company: String::new() },
        signature_method: "1.2.156.10197.1.501".to_owned(),
        check_method: attacks::sign::SM3.to_owned(),
        date_time: "20261201020000Z".to_owned(),
        stamps: vec![StampAnnot::new(0, boundary)],
        seal_file: None,
        protect_signature_list: closed,
    };
    let sm3 = |bytes: &[u8]| attacks::seal::sm3(bytes);
    let mut prepared = ofd::prepare(package, &request, &sm3).expect("our own package");
    let to_be_signed = prepared.to_be_signed().to_vec();
    let path = prepared.signature_path();
    let container = prepared.container().expect("a small package").to_vec();
    let scene = Scene { xml: &to_be_signed, path: &path, container: &container };
    let value = Value { binds_container: bound, ..Value::new(seal, by) }.over(&scene);
    prepared.finish_zip(&value).expect("a small package")
}
