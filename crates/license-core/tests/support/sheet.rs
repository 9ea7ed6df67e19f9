//! A small license type built for one test, and readable pictures of what layout makes of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

use std::borrow::Cow;
use std::collections::BTreeMap;

use license_core::assets::Assets;
use license_core::fill::Filled;
use license_core::layout::{LayoutError, LayoutWarning, Marks, lay_out_noting};
use license_core::page::{Document, Item, Page, TextRun};
use license_core::record::Value;
use license_core::template::Template;

use super::fonts;

const HEAD: &str = r##"
schema = 1

[type]
id = "sheet"
name = "样例证书"
name_en = "Sample certificate"
code = "1.2.156.3005.2.11100"
version = 1
defined_by = { name = "样例部", code = "11100000000000000X", level = "国家级" }
category = "证照执照"
holder = "organization"

[core]
number = "number"
holder = "name"
holder_code = "name"
issuer = "organ"
issued_on = "issued_on"

[number]
description = "any"
pattern = "^.*$"
example = "1"

[validity]
long_term = true

[style.song]
font = "song"
size = 12

[style.kai]
font = "kai"
size = 12
min_size = 9

[style.head]
font = "song"
size = 12

[style.value]
font = "kai"
size = 12
leading = 1.6

[continuation]
head = "head"
label = "head"
value = "value"
"##;

const FIELDS: [(&str, &str, &str); 7] = [
    ("number", "证书编号", "text"),
    ("name", "名称", "text"),
    ("scope", "经营范围", "text"),
    ("organ", "发证机关", "text"),
    ("issued_on", "发证日期", "date"),
    ("valid_to", "有效期至", "date"),
    ("beds", "床位", "integer"),
];

const TABLE: &str = r#"
[[field]]
key = "rows"
label = "资质"
label_en = "rows"
standard_key = "KZ_ROWS"
type = "table"
[field.table]
row_separator = "；"
row_pattern = "^(?P<kind>.*)$"
max_rows = 500
columns = [
  { key = "kind", label = "资质类别", width = 3 },
  { key = "grade", label = "等级", width = 1 },
]
"#;

struct One(String);

impl Assets for One {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match path {
            "templates/sheet/template.toml" => Some(self.0.clone().into_bytes().into()),
            "templates/sheet/sample.json" => Some(b"{}".as_slice().into()),
            _ => None,
        }
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// A record over a face of 200 × 140 mm with the given `[[face.box]]` tables.
pub fn filled(boxes: &str, values: &[(&str, &str)]) -> Filled {
    let mut toml = HEAD.to_owned();
    for (key, label, kind) in FIELDS {
        toml += &format!(
            "\n[[field]]\nkey = \"{key}\"\nlabel = \"{label}\"\nlabel_en = \"{key}\"\nstandard_key = \"KZ_X\"\ntype = \"{kind}\"\n"
        );
    }
    toml += TABLE;
    toml += "\n[[face]]\nid = \"main\"\nname = \"正本\"\nsize = [200, 140]\nqr = { at = [10, 110, 24, 24] }\nseal = { centre = [150, 110], diameter = 42 }\n";
    toml += boxes;
    let template = Template::read(&One(toml), "sheet").unwrap_or_else(|error| panic!("{error}"));
    let mut filled = Filled { template: template.into(), face: 0, values: BTreeMap::new(), warnings: Vec::new() };
    for (key, value) in values {
        filled.values.insert((*key).to_owned(), self::value(key, value));
    }
    filled
}

fn value(key: &str, text: &str) -> Value {
    match key {
        "issued_on" | "valid_to" => {
            let mut parts = text.split('-').map(|part| part.parse::<i32>().unwrap());
            let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap() as u8, parts.next().unwrap() as u8);
            Value::Date(time::Date::from_calendar_date(year, month.try_into().unwrap(), day).unwrap())
        }
        "beds" => Value::Integer(text.parse().unwrap()),
        "rows" => Value::Table(
            text.split('；')
                .map(|row| {
                    let (kind, grade) = row.split_once('|').unwrap();
                    BTreeMap::from([("kind".to_owned(), kind.to_owned()), ("grade".to_owned(), grade.to_owned())])
                })
                .collect(),
        ),
        _ => Value::Text(text.to_owned()),
    }
}

pub fn laid_out(boxes: &str, values: &[(&str, &str)]) -> Result<Document, Vec<LayoutError>> {
    noting(boxes, values).0
}

pub fn noting(boxes: &str, values: &[(&str, &str)]) -> (Result<Document, Vec<LayoutError>>, Vec<LayoutWarning>) {
    let mut warnings = Vec::new();
    let document = lay_out_noting(&filled(boxes, values), fonts(), &Marks::default(), &mut warnings);
    (document, warnings)
}

pub fn runs(page: &Page) -> impl Iterator<Item = &TextRun> {
    page.items.iter().filter_map(|item| match item {
        Item::Text(run) => Some(run),
        _ => None,
    })
}

/// The lines of a page from top to bottom: runs on one baseline joined.
pub fn lines(page: &Page) -> Vec<String> {
    let mut lines: Vec<(i32, String)> = Vec::new();
    for run in runs(page) {
        match lines.last_mut() {
            Some((y, text)) if *y == run.origin.y.um() => text.push_str(&run.text()),
            _ => lines.push((run.origin.y.um(), run.text())),
        }
    }
    lines.into_iter().map(|line| line.1).collect()
}

/// Every item in words, positions in millimetres: what snapshots compare.
pub fn describe(document: &Document) -> String {
    let mut text = format!("{}\n", document.title);
    for (at, page) in document.pages.iter().enumerate() {
        let art = page.background.as_ref().map_or("none".to_owned(), |art| format!("{} groups", art.groups.len()));
        text += &format!("page {} {} x {} background {art}\n", at + 1, page.size.width.mm(), page.size.height.mm());
        for item in &page.items {
            text += &match item {
                Item::Text(run) => {
                    let last = run.glyphs.last().unwrap();
                    format!(
                        "  {:>8.3} {:>8.3} … {:>8.3} {:>5.1}pt {} {:?} {}\n",
                        run.origin.x.mm(),
                        run.origin.y.mm(),
                        (run.origin.x + last.x).mm(),
                        run.size.pt(),
                        fonts().face(run.face).name(),
                        run.source,
                        run.text()
                    )
                }
                Item::Path(path) => {
                    format!("  path of {} segments, {:?} {:?}\n", path.path.len(), path.fill, path.stroke)
                }
                Item::Qr(code) => format!("  qr {} modules at {:?}\n", code.modules, code.rect),
                Item::Image(image) => format!("  image at {:?}\n", image.rect),
            };
        }
        text += &format!("  seal at {:?}\n", page.seal);
    }
    text
}
