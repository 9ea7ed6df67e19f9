//! What the renderer tests share: the repository's fonts, a hand-built license, foreign tools when installed.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "each test file uses a part")]

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use license_core::assets::Assets;
use license_core::fonts::{Family, FontLibrary};
use license_core::length::{Length, Point, Rect, Size};
use license_core::page::{Artwork, Document, Glyph, Item, Page, PathItem, Rgb, TextRun, TextSource};
use license_core::qr::QrCode;
use license_core::render::{Attachment, Metadata, Relationship};

pub struct Folder(pub PathBuf);

impl Assets for Folder {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        std::fs::read(self.0.join(path)).ok().map(Cow::Owned)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn fonts() -> Arc<FontLibrary> {
    static FONTS: OnceLock<Arc<FontLibrary>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| Arc::new(FontLibrary::new(Arc::new(Folder(root().join("assets")))).unwrap())))
}

/// Characters as layout would place them: spread over a width, or one after the other.
pub fn text(
    fonts: &FontLibrary,
    source: TextSource,
    family: Family,
    pt: f64,
    at: [f64; 2],
    spread: Option<f64>,
    text: &str,
) -> Vec<Item> {
    let size = Length::from_pt(pt);
    let glyphs: Vec<_> = text.chars().map(|char| (fonts.glyph(family, char).unwrap(), char)).collect();
    let width: Length = glyphs.iter().map(|&((face, glyph), _)| fonts.face(face).advance(glyph, size)).sum();
    let gap = spread.map_or(0.0, |spread| (spread - width.mm()) / (glyphs.len() - 1).max(1) as f64);
    let mut runs: Vec<TextRun> = Vec::new();
    let mut x = Length::from_mm(at[0]);
    for ((face, id), char) in glyphs {
        if runs.last().is_none_or(|run| run.face != face) {
            let origin = Point::new(x, Length::from_mm(at[1]));
            runs.push(TextRun {
                source: source.clone(),
                face,
                size,
                color: Rgb(0x1A, 0x1A, 0x1A),
                origin,
                glyphs: Vec::new(),
            });
        }
        let run = runs.last_mut().unwrap();
        run.glyphs.push(Glyph { id, char, x: x - run.origin.x });
        x = x + fonts.face(face).advance(id, size) + Length::from_mm(gap);
    }
    runs.into_iter().map(Item::Text).collect()
}

pub fn fixed(id: &str) -> TextSource {
    TextSource::Fixed(id.to_owned())
}

pub fn field(key: &str) -> TextSource {
    TextSource::Field(key.to_owned())
}

pub const NAME: &str = "样例市𠮷祥\u{2CB6C}面馆餐饮管理有限公司";
pub const SCOPE: [&str; 3] = [
    "技术开发、技术咨询、技术服务、技术转让、技术推广；软件开发；餐饮服务；食品销售；货物进出口；会议及展",
    "览服务；企业管理咨询；计算机软硬件及辅助设备零售；日用百货销售；国内货物运输代理；物业管理。（除依法",
    "须经批准的项目外，凭营业执照依法自主开展经营活动）",
];

/// A business license of two pages, much like a real one. `serial` changes the values only.
pub fn document(serial: u32) -> Document {
    let fonts = fonts();
    let mut items = Vec::new();
    let mut put = |source: TextSource, family: Family, pt: f64, at: [f64; 2], spread: Option<f64>, words: &str| {
        items.extend(text(&fonts, source, family, pt, at, spread, words));
    };
    put(fixed("title"), Family::SongBold, 44.0, [106.0, 57.0], Some(85.0), "营业执照");
    put(fixed("l-code"), Family::Song, 11.0, [28.0, 33.0], None, "统一社会信用代码");
    put(field("uscc"), Family::SongBold, 15.0, [28.0, 41.0], None, &format!("91110108MA{serial:07}X"));
    put(fixed("l-name"), Family::Song, 13.0, [30.0, 83.0], Some(27.0), "名称");
    put(field("name"), Family::Kai, 13.0, [60.0, 83.0], None, NAME);
    put(fixed("l-type"), Family::Song, 13.0, [30.0, 95.0], Some(27.0), "类型");
    put(field("entity_type"), Family::Kai, 13.0, [60.0, 95.0], None, "有限责任公司（自然人投资或控股）");
    put(fixed("l-legal"), Family::Song, 13.0, [30.0, 107.0], Some(27.0), "法定代表人");
    put(field("legal_representative"), Family::Kai, 13.0, [60.0, 107.0], None, "李\u{9A29}岩");
    put(fixed("l-scope"), Family::Song, 13.0, [30.0, 119.0], Some(27.0), "经营范围");
    for (at, line) in SCOPE.iter().enumerate() {
        put(field("business_scope"), Family::Kai, 10.0, [60.0, 119.0 + 5.4 * at as f64], None, line);
    }
    put(fixed("l-capital"), Family::Song, 13.0, [166.0, 83.0], Some(24.0), "注册资本");
    put(field("registered_capital"), Family::Kai, 13.0, [193.0, 83.0], None, "壹仟贰佰万元整");
    put(fixed("l-date"), Family::Song, 13.0, [166.0, 95.0], Some(24.0), "成立日期");
    put(field("established_on"), Family::Kai, 13.0, [193.0, 95.0], None, "2018年03月05日");
    put(fixed("l-domicile"), Family::Song, 13.0, [166.0, 107.0], Some(24.0), "住所");
    put(field("domicile"), Family::Kai, 13.0, [193.0, 107.0], None, "样例市示范区建外街道长江大道908号");
    put(fixed("l-organ"), Family::Song, 15.0, [176.0, 154.0], None, "登记机关");
    put(field("issued_on"), Family::Song, 14.0, [214.0, 175.0], None, "2024 年 03 月 05 日");
    put(
        fixed("foot"),
        Family::Hei,
        7.0,
        [24.0, 193.0],
        None,
        "国家企业信用信息公示系统网址：http://www.gsxt.gov.cn　　市场主体应当于每年1月1日至6月30日报送年度报告",
    );

    let code = QrCode::new(&format!("HTTPS://LICENSE.EXAMPLE/V/{}{serial:07}", "ABCDEFGH234567".repeat(22))).unwrap();
    items.push(Item::Qr(code.place(Rect::from_mm([244.0, 26.0, 26.0, 26.0]))));
    let specimen = fonts.glyph(Family::Hei, '样').unwrap();
    let outline = fonts.face(specimen.0).outline(
        specimen.1,
        Length::from_mm(60.0),
        Point::new(Length::from_mm(120.0), Length::from_mm(150.0)),
    );
    items.push(Item::Path(PathItem { path: outline, fill: Some(Rgb(128, 128, 128)), stroke: None, alpha: 31 }));

    let size = Size { width: Length::from_mm(297.0), height: Length::from_mm(210.0) };
    let background = Some(artwork());
    let first =
        Page { size, background: background.clone(), items, seal: Some(Rect::from_mm([215.0, 139.0, 42.0, 42.0])) };
    let next = text(&fonts, fixed("next"), Family::Song, 13.0, [30.0, 40.0], None, "（续附页）");
    Document { title: "营业执照".into(), pages: vec![first, Page { size, background, items: next, seal: None }] }
}

/// The light golden guilloche when the design material is at hand, else something plain.
pub fn artwork() -> Arc<Artwork> {
    static ART: OnceLock<Arc<Artwork>> = OnceLock::new();
    Arc::clone(ART.get_or_init(|| {
        let shared = std::env::var_os("LICENSE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
        let places = [root().join("templates/business-license/background.svg"), shared.join("art/guilloche-gold-a4-landscape-light.svg")];
        let svg = places.iter().rev().find_map(|place| std::fs::read(place).ok()).unwrap_or_else(|| {
            eprintln!("SKIPPED: no artwork at hand, a plain one stands in");
            br##"<svg viewBox="0 0 297 210"><title>plain</title><g id="paper" fill="#FFFDF5"><path d="M0 0L297 0L297 210L0 210Z"/></g></svg>"##.to_vec()
        });
        Arc::new(license_core::art::read(&svg, &[]).unwrap())
    }))
}

pub fn metadata() -> Metadata {
    Metadata {
        title: "营业执照".into(),
        author: "样例市示范区市场监督管理局".into(),
        subject: format!("{NAME} 营业执照（副本）"),
        keywords: vec!["电子证照".into(), "营业执照".into()],
        creator: "license 0.1.0".into(),
        custom: [
            ("ZZMC", "营业执照"),
            ("ZZHM", "91110108MA01ABCD2X"),
            ("CYRMC", NAME),
            ("KZ_zczb", "壹仟贰佰万元整 & <1200>"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
    }
}

pub fn attachments() -> Vec<Attachment> {
    let file = |name: &str, mime: &str, description: &str, bytes: &[u8], relationship| Attachment {
        name: name.into(),
        mime: mime.into(),
        description: description.into(),
        bytes: bytes.into(),
        relationship,
    };
    vec![
        file(
            "record.json",
            "application/json",
            "证照信息",
            "{\"name\":\"样例\"}".repeat(100).as_bytes(),
            Relationship::Data,
        ),
        file("index.cwt", "application/cwt", "证照索引", &[0xD2; 260], Relationship::Supplement),
    ]
}

/// Runs a foreign tool on a file; nothing, loudly, when it is not installed.
pub fn tool(name: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(name).args(arguments).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("SKIPPED: {name} is not installed");
            None
        }
    }
}
