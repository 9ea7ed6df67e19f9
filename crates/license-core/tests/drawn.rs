//! What is drawn equals what was signed (A12): genuine licenses of every type, with continuation pages, rare characters
//! and several faces, show it in both formats, with templates at hand and without; what an issuer could hide does not.
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

mod verify_support;

use std::borrow::Cow;
use std::sync::Arc;

use license_assets::Bundled;
use license_core::assets::Assets;
use license_core::issue::Issued;
use license_core::length::{Length, Point, Rect, Size};
use license_core::page::{ImageFormat, ImageItem, Item, PathItem, Rgb, Segment, TextRun};
use license_core::template::Catalog;
use license_core::verify::{self, Limits, Outcome, Press, Reason, Report, Verdict};
use serde_json::{Value, json};
use verify_support::memory::Memory;
use verify_support::recipe::Recipe;
use verify_support::{Court, ISSUED, explain, fonts, good, issue_sample, issue_with};

fn judge(bytes: &[u8], press: bool) -> Report {
    let court = Court { press: press.then(verify_support::press), ..Court::default() };
    verify::judge(&verify::inspect(bytes, &Limits::default()), &court.trust, &court.policy(), court.at)
}

fn passed(report: &Report, name: &str) -> bool {
    report.checks.iter().any(|check| check.name == name && check.outcome == Outcome::Passed)
}

/// Samples of all types, and what is special about them.
fn genuine() -> Vec<(&'static str, Issued)> {
    let words = |words: &str, times: usize| Value::from(words.repeat(times));
    let scope = words("技术开发、技术咨询；软件开发（不含限制项目）；计算机软硬件及辅助设备零售。", 30);
    let make = |name: &'static str, template: &str, serial: &str, change: &dyn Fn(&mut Value)| {
        (name, issue_sample(template, serial, ISSUED, change))
    };
    vec![
        make("business license", "business-license", "2026000000101", &|_| {}),
        make("business license, main copy", "business-license", "2026000000102", &|data| {
            data["copy_kind"] = json!("正本");
            data.as_object_mut().unwrap().remove("copy_no");
        }),
        make("business license on several pages", "business-license", "2026000000103", &|data| {
            data["business_scope"] = scope.clone();
        }),
        make("rare characters", "business-license", "2026000000104", &|data| {
            data["legal_representative"] = json!("𬭬𠮷𪚥");
        }),
        make("food permit", "food-operation-permit", "2026000000105", &|_| {}),
        make("real estate", "realestate-registration", "2026000000106", &|_| {}),
        make("real estate, long remarks", "realestate-registration", "2026000000107", &|data| {
            data["remarks"] = words("本证所载面积以测绘成果为准，附记内容详见登记簿。", 25);
        }),
        make("supervision", "supervision-qualification", "2026000000108", &|_| {}),
        // The slots of these are for a seal of 50 mm, the seals have 42: continuation pages break later.
        make("business license, main copy on several pages", "business-license", "2026000000110", &|data| {
            data["copy_kind"] = json!("正本");
            data.as_object_mut().unwrap().remove("copy_no");
            data["business_scope"] = scope.clone();
        }),
        make("supervision on several pages", "supervision-qualification", "2026000000111", &|data| {
            let row = |at| json!({ "category": format!("第{at}号房屋建筑工程专业"), "level": "甲级" });
            data["qualifications"] = (0..40).map(row).collect();
        }),
    ]
}

/// The business license of a department that allows long texts, and prints what goes on in this size.
struct LongTexts(u8);

impl Assets for LongTexts {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let bytes = Bundled.read(path)?;
        if !path.ends_with("business-license/template.toml") {
            return Some(bytes);
        }
        let text = String::from_utf8(bytes.into_owned()).unwrap();
        let text = text.replacen("max = 2000", "max = 70000", 1).replacen("max = 120\n", "max = 70000\n", 1);
        let style = format!("more-value = {{ font = \"kai\", size = {},", self.0);
        Some(Cow::Owned(text.replacen("more-value = { font = \"kai\", size = 12,", &style, 1).into_bytes()))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        Bundled.list(folder)
    }
}

/// Every page has its background of hair lines, which is followed, and the seal over it; pages of small print have eight
/// thousand letters, each of which is looked at.
#[test]
fn a_license_of_many_pages_is_judged_like_one_of_one() {
    let scope = "技术开发、技术咨询；软件开发（不含限制项目）；计算机软硬件及辅助设备零售。".repeat(500);
    let english = "Development of software; retail of hardware and of peripheral devices. ".repeat(870);
    for (size, scope, domicile, least) in [(12, &scope, "样例市", 20), (7, &english, &*english, 15)] {
        let catalog: &Catalog = Box::leak(Box::new(Catalog::load(&LongTexts(size)).unwrap()));
        let issued = issue_with(catalog, "business-license", "2026000000109", ISSUED, &|data| {
            data["business_scope"] = json!(scope);
            data["domicile"] = json!(domicile);
        });
        let pages = pdf_sign::Document::open(issued.pdf(), &pdf_sign::Budget::default()).unwrap().page_sizes().unwrap();
        assert!(pages.len() >= least, "{} pages", pages.len());
        let court = Court { press: Some(Press { catalog, fonts: fonts() }), ..Court::default() };
        for (format, bytes) in [("OFD", issued.ofd()), ("PDF", issued.pdf())] {
            let facts = verify::inspect(bytes, &Limits::default());
            let report = verify::judge(&facts, &court.trust, &court.policy(), court.at);
            assert_eq!(report.verdict, Verdict::Passed, "{size}, {format}: {}", explain(&report));
            assert!(passed(&report, "face.shapes"), "{size}, {format}: {}", explain(&report));
        }
    }
}

#[test]
fn genuine_licenses_show_what_was_signed() {
    for (name, issued) in genuine() {
        for (format, bytes) in [("OFD", issued.ofd()), ("PDF", issued.pdf())] {
            for press in [true, false] {
                let report = judge(bytes, press);
                assert_eq!(report.verdict, Verdict::Passed, "{name}, {format}: {}", explain(&report));
                for check in ["face.seen", "face.glyphs", "index.shown"] {
                    assert!(passed(&report, check), "{name}, {format}, {check}: {}", explain(&report));
                }
                for check in ["face.record", "face.place", "face.outlines", "face.shapes"] {
                    assert_eq!(passed(&report, check), press, "{name}, {format}, {check}: {}", explain(&report));
                }
            }
        }
    }
}

fn mm(value: f64) -> Length {
    Length::from_mm(value)
}

/// A box over the words, a little larger than they are.
fn around(run: &TextRun) -> Rect {
    let last = run.glyphs.last().unwrap().x;
    let (x, y) = (run.origin.x - mm(1.0), run.origin.y - run.size);
    Rect { x, y, width: last + run.size + mm(2.0), height: run.size + run.size }
}

fn filled(rect: Rect, color: Rgb) -> Item {
    let at = |x: Length, y: Length| Point::new(x, y);
    let (right, bottom) = (rect.right(), rect.bottom());
    let path = vec![
        Segment::Move(at(rect.x, rect.y)),
        Segment::Line(at(right, rect.y)),
        Segment::Line(at(right, bottom)),
        Segment::Line(at(rect.x, bottom)),
        Segment::Close,
    ];
    Item::Path(PathItem { path, fill: Some(color), stroke: None, alpha: 255 })
}

fn white_picture(rect: Rect) -> Item {
    let mut data = Vec::new();
    let mut encoder = png::Encoder::new(&mut data, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[255; 12]).unwrap();
    Item::Image(ImageItem { rect, data: Arc::from(data), format: ImageFormat::Png })
}

/// A change to a page.
type Change = Box<dyn Fn(&mut Vec<Item>)>;
/// Its name, and the code it must be refused with.
type Trick = (&'static str, Reason, Change);

/// The run with the amount, by its place among the items.
fn amount(items: &[Item]) -> usize {
    items.iter().position(|item| matches!(item, Item::Text(run) if run.text().contains('壹'))).unwrap()
}

fn run_of(items: &mut [Item]) -> &mut TextRun {
    let at = amount(items);
    match &mut items[at] {
        Item::Text(run) => run,
        _ => unreachable!("the amount is text"),
    }
}

fn code_of(items: &mut [Item]) -> &mut license_core::page::QrItem {
    let code = items.iter_mut().find_map(|item| match item {
        Item::Qr(code) => Some(code),
        _ => None,
    });
    code.unwrap()
}

fn tricks() -> Vec<Trick> {
    fn over(make: impl Fn(Rect) -> Item + 'static) -> Change {
        Box::new(move |items| {
            let rect = around(run_of(items));
            items.push(make(rect));
        })
    }
    fn change(change: impl Fn(&mut TextRun) + 'static) -> Change {
        Box::new(move |items| change(run_of(items)))
    }
    fn code(change: impl Fn(&mut license_core::page::QrItem) + 'static) -> Change {
        Box::new(move |items| change(code_of(items)))
    }
    let hidden = Reason::FaceHidden;
    let differs = Reason::FaceDiffers;
    let not_shown = Reason::IndexNotShown;
    vec![
        ("white words", hidden, change(|run| run.color = Rgb::WHITE)),
        ("words nearly white", hidden, change(|run| run.color = Rgb(246, 246, 240))),
        ("words on their own colour", hidden, {
            Box::new(|items| {
                let (at, run) = (amount(items), run_of(items).clone());
                items.insert(at, filled(around(&run), run.color));
            })
        }),
        ("a white box", hidden, over(|rect| filled(rect, Rgb::WHITE))),
        ("a black box", hidden, over(|rect| filled(rect, Rgb::BLACK))),
        ("a box of red ink", hidden, over(|rect| filled(rect, Rgb(208, 16, 16)))),
        ("a white picture", hidden, over(white_picture)),
        (
            "a wide white line",
            hidden,
            over(|rect| {
                let middle = rect.y + rect.height.scale(0.45);
                let path =
                    vec![Segment::Move(Point::new(rect.x, middle)), Segment::Line(Point::new(rect.right(), middle))];
                Item::Path(PathItem { path, fill: None, stroke: Some((Rgb::WHITE, mm(5.0))), alpha: 255 })
            }),
        ),
        ("veils", hidden, {
            Box::new(|items| {
                let rect = around(run_of(items));
                for _ in 0..6 {
                    let Item::Path(veil) = filled(rect, Rgb::WHITE) else { unreachable!("a path") };
                    items.push(Item::Path(PathItem { alpha: 70, ..veil }));
                }
            })
        }),
        ("words elsewhere", differs, change(|run| run.origin.y += mm(30.0))),
        ("larger words", differs, change(|run| run.size = run.size.scale(1.3))),
        ("grey words", differs, change(|run| run.color = Rgb(180, 180, 180))),
        (
            "letters exchanged",
            differs,
            change(|run| {
                let [first, second] = [run.glyphs[1].x, run.glyphs[2].x];
                (run.glyphs[1].x, run.glyphs[2].x) = (second, first);
            }),
        ),
        ("letters piled up", differs, change(|run| run.glyphs.iter_mut().for_each(|glyph| glyph.x = mm(0.0)))),
        (
            "glyphs of each other",
            Reason::FaceGlyphs,
            change(|run| {
                let ids: Vec<u16> = run.glyphs.iter().map(|glyph| glyph.id).collect();
                run.glyphs.iter_mut().zip(ids.iter().rev()).for_each(|(glyph, id)| glyph.id = *id);
            }),
        ),
        ("a glyph of another character", Reason::FaceGlyphs, change(|run| run.glyphs[0].id += 1)),
        ("one glyph for all", Reason::FaceGlyphs, {
            change(|run| {
                let id = run.glyphs[0].id;
                run.glyphs.iter_mut().for_each(|glyph| glyph.id = id);
            })
        }),
        ("no QR code", not_shown, Box::new(|items| items.retain(|item| !matches!(item, Item::Qr(_))))),
        ("a covered QR code", not_shown, {
            Box::new(|items| {
                let rect = code_of(items).rect;
                items.push(filled(rect, Rgb::WHITE));
            })
        }),
        ("a QR code under a spot", not_shown, {
            Box::new(|items| {
                let rect = code_of(items).rect;
                let middle = Point::new(rect.x + rect.width.scale(0.5), rect.y + rect.height.scale(0.5));
                items.push(filled(Rect::centred(middle, Size { width: mm(4.0), height: mm(4.0) }), Rgb::WHITE));
            })
        }),
        ("a blank QR code", not_shown, code(|code| code.dark.fill(false))),
        ("a QR code elsewhere", not_shown, code(|code| code.rect.x = code.rect.x - mm(40.0))),
        ("a tiny QR code", not_shown, {
            code(|code| (code.rect.width, code.rect.height) = (code.rect.width.scale(0.2), code.rect.height.scale(0.2)))
        }),
    ]
}

#[test]
fn what_is_hidden_is_refused_in_both_formats() {
    let mut wrong = Vec::new();
    for (name, code, change) in tricks() {
        let mut recipe = Recipe::bare(good());
        change(&mut recipe.document.pages[0].items);
        for (format, bytes) in [("OFD", recipe.ofd()), ("PDF", recipe.pdf())] {
            let report = judge(&bytes, true);
            if report.verdict != Verdict::Failed || !report.reasons().any(|reason| reason == code) {
                wrong.push(format!("{name}, {format}: {} expected, {}", code.code(), explain(&report)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// A change to a background.
type ArtChange = fn(&mut license_core::page::Artwork);

/// What is drawn beside the words.
fn shapes() -> Vec<(&'static str, Change)> {
    fn push(make: impl Fn(&mut [Item]) -> Item + 'static) -> Change {
        Box::new(move |items| {
            let item = make(items);
            items.push(item);
        })
    }
    let square = |x: f64, y: f64, w: f64, h: f64| Rect { x: mm(x), y: mm(y), width: mm(w), height: mm(h) };
    let specimen = |items: &[Item]| match &items[0] {
        Item::Path(path) => path.clone(),
        _ => unreachable!("样张 comes first"),
    };
    vec![
        ("a bar beside the amount", {
            push(|items| {
                let run = run_of(items);
                let last = run.glyphs.last().unwrap().x;
                let (x, y) = (run.origin.x + last + run.size + mm(1.0), run.origin.y - run.size.scale(0.7));
                filled(Rect { x, y, width: mm(0.5), height: run.size.scale(0.7) }, run.color)
            })
        }),
        ("other words across the page", {
            push(move |items| Item::Path(PathItem { alpha: 255, fill: Some(Rgb(200, 0, 0)), ..specimen(items) }))
        }),
        ("样张 twice, once elsewhere", {
            push(move |items| {
                let mut path = specimen(items);
                for segment in &mut path.path {
                    let (Segment::Move(to) | Segment::Line(to) | Segment::Cubic(_, _, to)) = segment else { continue };
                    to.y += mm(25.0);
                }
                Item::Path(path)
            })
        }),
        ("a picture on an empty place", push(move |_| white_picture(square(20.0, 270.0, 12.0, 8.0)))),
        ("a box of paper", push(move |_| filled(square(20.0, 20.0, 3.0, 3.0), Rgb(250, 253, 255)))),
        ("a line in the ink of the words", {
            push(|items| {
                let color = run_of(items).color;
                let path = vec![
                    Segment::Move(Point::new(mm(30.0), mm(150.0))),
                    Segment::Line(Point::new(mm(90.0), mm(150.0))),
                ];
                Item::Path(PathItem { path, fill: None, stroke: Some((color, mm(0.3))), alpha: 255 })
            })
        }),
    ]
}

#[test]
fn what_is_drawn_beside_the_words_is_refused_in_both_formats() {
    let mut wrong = Vec::new();
    // Whoever has seen the background before sees it when something is added to it.
    let (memory, court) = (Memory::default(), Court::default());
    for bytes in [good().ofd(), good().pdf()] {
        let before = memory.size().2;
        assert_eq!(memory.judge(&court, bytes).verdict, Verdict::Passed);
        let inks = memory.size().2;
        assert!(inks > before + 5, "{inks} inks of backgrounds remembered");
        assert_eq!((memory.judge(&court, bytes).verdict, memory.size().2), (Verdict::Passed, inks));
    }
    let mut check = |name: &str, recipe: &Recipe| {
        for (format, bytes) in [("OFD", recipe.ofd()), ("PDF", recipe.pdf())] {
            let report = judge(&bytes, true);
            if memory.judge(&court, &bytes) != report {
                wrong.push(format!("{name}, {format}: judged otherwise by whoever knows the background"));
            }
            if report.verdict != Verdict::Failed || !report.reasons().any(|reason| reason == Reason::FaceForeign) {
                wrong.push(format!("{name}, {format}: {}", explain(&report)));
            }
            // Nobody can tell without the template.
            let blind = judge(&bytes, false);
            if blind.reasons().any(|reason| reason == Reason::FaceForeign) {
                wrong.push(format!("{name}, {format}, without a template: {}", explain(&blind)));
            }
        }
    };
    for (name, change) in shapes() {
        let mut recipe = Recipe::of(good());
        change(&mut recipe.document.pages[0].items);
        check(name, &recipe);
    }
    // The artwork itself.
    let artworks: [(&str, ArtChange); 6] = [
        ("a group of lines is missing", |art| drop(art.groups.pop())),
        ("a line more", |art| {
            let path =
                vec![Segment::Move(Point::new(mm(30.0), mm(120.0))), Segment::Line(Point::new(mm(90.0), mm(140.0)))];
            art.groups[1].paths.push(path);
        }),
        ("a line elsewhere", |art| {
            let group = art.groups.iter_mut().find(|group| group.stroke.is_some()).unwrap();
            for segment in &mut group.paths[0] {
                let (Segment::Move(to) | Segment::Line(to) | Segment::Cubic(_, _, to)) = segment else { continue };
                to.y += mm(3.0);
            }
        }),
        ("a group in another colour", |art| {
            let group = art.groups.iter_mut().find(|group| group.stroke.is_some()).unwrap();
            group.stroke = group.stroke.map(|(_, width)| (Rgb(200, 0, 0), width));
        }),
        ("a group in wider lines", |art| {
            let group = art.groups.iter_mut().find(|group| group.stroke.is_some()).unwrap();
            group.stroke = group.stroke.map(|(color, width)| (color, width.scale(3.0)));
        }),
        ("groups in another order", |art| art.groups.reverse()),
    ];
    for (name, change) in artworks {
        let mut recipe = Recipe::of(good());
        let page = &mut recipe.document.pages[0];
        let mut art = (**page.background.as_ref().unwrap()).clone();
        change(&mut art);
        // Renderers go by the digest.
        art.digest = [name.len() as u8; 32];
        page.background = Some(Arc::new(art));
        check(name, &recipe);
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Another license's code in its place is another text, and said so in both formats.
#[test]
fn the_code_of_another_license_is_refused() {
    let other = license_core::qr::QrCode::new(&verify_support::other().index().to_string()).unwrap();
    let mut recipe = Recipe::bare(good());
    let code = code_of(&mut recipe.document.pages[0].items);
    (code.modules, code.dark) = (other.modules(), other.dark().to_vec());
    for bytes in [recipe.ofd(), recipe.pdf()] {
        let report = judge(&bytes, true);
        assert!(report.reasons().any(|reason| reason == Reason::IndexDiffers), "{}", explain(&report));
    }
}
