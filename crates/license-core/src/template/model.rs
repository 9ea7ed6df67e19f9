//! What `template.toml` can say, field by field. Serde reads it, schemars publishes its JSON Schema.
//!
//! The parts follow the skeleton of the type standards: type, items, catalog entry, layout, filling rules,
//! numbering rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A whole `template.toml`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateFile {
    /// Version of this file format; 1.
    pub schema: u32,
    /// The catalog entry (GB/T 36902).
    #[serde(rename = "type")]
    pub kind: TypeEntry,
    /// Which fields feed the core metadata (GB/T 36903).
    pub core: CoreFields,
    /// Rule of the printed number (证照编号).
    pub number: NumberRule,
    /// Rule of the validity period.
    pub validity: ValidityRule,
    /// Named text styles, used by boxes.
    pub style: BTreeMap<String, Style>,
    /// The items of the type, in the order of forms.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
    /// The faces (正本, 副本, …); at least one. The first whose `when` holds is taken.
    #[serde(rename = "face")]
    pub faces: Vec<Face>,
    /// The continuation page (续附页), same for all faces; needed when any box overflows to it.
    pub continuation: Option<Continuation>,
}

/// The catalog entry of a type.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeEntry {
    /// Machine name, equal to the folder's name: lower-case letters, digits, hyphens.
    pub id: String,
    /// Registered name (证照类型名称).
    pub name: String,
    /// English name, for the page's other language.
    pub name_en: String,
    /// 证照类型代码: 21 characters (GB/T 36904).
    pub code: String,
    /// Version of this template, raised with every change of fields or layout.
    pub version: u32,
    /// 证照定义机构.
    pub defined_by: Authority,
    /// 证照类别: 证照执照, 证明文件, 批文批复, 鉴定报告, 办事结果, 其他.
    pub category: String,
    /// 持证主体类别.
    pub holder: HolderKind,
    /// 关联事项 that produce the license.
    #[serde(default)]
    pub matters: Vec<Matter>,
    /// Whether the public page may show this type at all.
    #[serde(default)]
    pub public: bool,
    /// What is not confirmed by a published rule, in words, for those who maintain the type.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// An organ by name, code and level.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub code: String,
    /// 国家级, 省级, 市级, 县级.
    pub level: String,
}

/// A matter (事项).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// 事项编码.
    pub code: String,
    /// 事项名称.
    pub name: String,
}

/// Who may hold the license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HolderKind {
    /// 自然人.
    Person,
    /// 法人和其他组织.
    Organization,
    /// 混合.
    Mixed,
}

/// Which field of the type is which core metadata item; each is a field key.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoreFields {
    /// 证照编号 (ZZBH).
    pub number: String,
    /// 持证主体 (CZZT).
    pub holder: String,
    /// 持证主体代码 (CZZTDM). A credit code gives type 001, a citizen number 111 (GB/T 36903 Annex A).
    pub holder_code: String,
    /// Enum field that says what kind of code the holder's is (持证主体代码类型), by code or name of GB/T 36903 Annex A:
    /// `414` or `普通护照`. Without it, or without a value, the code itself tells 001 from 111; anything else is 099
    /// or 999.
    pub holder_code_type: Option<String>,
    /// 证照颁发机构 (ZZBFJG): filled with the issuer's name when absent; must equal it when given.
    pub issuer: String,
    /// 证照颁发日期 (ZZBFRQ).
    pub issued_on: String,
    /// 有效期起始 (ZZYXQQSRQ); the issue date when absent.
    pub valid_from: Option<String>,
    /// 有效期截止 (ZZYXQJZRQ); none means 长期.
    pub valid_to: Option<String>,
    /// A joining mark when the holder field lists several holders (`、`).
    pub holder_separator: Option<String>,
}

/// How the printed number must look.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// In words, for error messages.
    pub description: String,
    /// Anchored regular expression over the number.
    pub pattern: String,
    /// An English example.
    pub example: String,
}

/// How long the license holds.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidityRule {
    /// Most years between issue (or start) and end; none is unlimited.
    pub max_years: Option<u32>,
    /// Exact years the end must be from the start, minus one day.
    pub exact_years: Option<u32>,
    /// Whether an empty end (长期) is allowed.
    pub long_term: bool,
}

/// A text style.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Font family by role: `song`, `song-bold`, `kai`, `hei`.
    pub font: String,
    /// Size in points.
    pub size: f64,
    /// Smallest size it may shrink to, in steps of half a point; `size` when absent.
    pub min_size: Option<f64>,
    /// Colour `#RRGGBB`; black when absent.
    pub color: Option<String>,
    /// Letter spacing in em.
    #[serde(default)]
    pub tracking: f64,
    /// Line height in em; 1.35 when absent.
    pub leading: Option<f64>,
}

/// One item (照面信息项 or 明细信息项).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Machine name: lower-case letters, digits, underscores.
    pub key: String,
    /// Label on forms and on the face.
    pub label: String,
    /// English label.
    pub label_en: String,
    /// Other labels that depend on another field's value.
    pub label_by: Option<LabelBy>,
    /// Standard key (GB/T 36903) such as `CZZTDM`, or an own one beginning with `KZ_`.
    pub standard_key: String,
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// When it must be there although `required` is false.
    pub required_when: Option<Condition>,
    /// When it must be absent.
    pub absent_when: Option<Condition>,
    /// Fewest characters.
    pub min: Option<usize>,
    /// Most characters (of the whole value).
    pub max: Option<usize>,
    /// Values of an enum; `open = true` allows others.
    #[serde(default)]
    pub options: Vec<String>,
    /// Whether an enum takes values that are not listed.
    #[serde(default)]
    pub open: bool,
    /// Named checks: `uscc`, `cid`, `uscc-or-cid`, `name`, `division`, `jy`, `unit-no`, `phone` …
    #[serde(default)]
    pub checks: Vec<String>,
    /// Anchored regular expression.
    pub pattern: Option<String>,
    /// In words what the pattern asks for.
    pub pattern_description: Option<String>,
    /// Relations to other fields: `<= issued_on`, `> issued_on`, `<= today`.
    #[serde(default)]
    pub relations: Vec<String>,
    /// Separator of a list inside one text (`；`).
    pub separator: Option<String>,
    /// Columns of a table, and how a text of stock data splits into them.
    pub table: Option<Table>,
    /// Personal or otherwise sensitive: masked on public pages and in logs.
    #[serde(default)]
    pub sensitive: bool,
    /// Present in the data but never drawn.
    #[serde(default)]
    pub hidden: bool,
    /// Other spellings of the key that input may use (`licence_no`): names of a department's older systems.
    #[serde(default)]
    pub alias: Vec<String>,
    /// What parts of the value must agree with other fields.
    #[serde(default)]
    pub agree: Vec<Agreement>,
    /// How a sensitive value is masked; by its checks when absent.
    pub mask: Option<Mask>,
}

/// A part of a value, caught by a named group of the pattern, that must agree with another field.
///
/// The pattern is the field's own, or the number rule's when the field is the core number.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Name of the group.
    pub group: String,
    /// The other field. For a date the group must be its year; for other fields see `by`.
    pub field: String,
    /// The other field's value → what the group must be. Values that are not listed bind nothing.
    #[serde(default)]
    pub by: BTreeMap<String, String>,
}

/// How a value is masked where it may not be shown in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mask {
    /// First character, the rest hidden: names of persons.
    Name,
    /// As `name` when the holder's code is a person's; names of organizations stay.
    HolderName,
    /// First six and last four characters stay: citizen numbers. Credit codes stay whole.
    Id,
    /// First three and last four stay: telephone numbers.
    Phone,
    /// Down to the district: addresses.
    Address,
    /// Nothing stays.
    All,
}

/// Labels by another field's value.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelBy {
    /// The other field.
    pub field: String,
    /// Its value → the label.
    pub labels: BTreeMap<String, String>,
}

/// A condition on another field.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The other field.
    pub field: String,
    /// Holds when its value is one of these.
    pub is: Vec<String>,
}

/// Kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Text.
    Text,
    /// One of the options.
    Enum,
    /// A calendar date `YYYY-MM-DD`.
    Date,
    /// A whole number.
    Integer,
    /// Rows of named columns; in JSON an array of objects, or one text split by the table's rule.
    Table,
}

/// Columns of a table field.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The columns in order.
    pub columns: Vec<Column>,
    /// Separator of rows in a text (`；`).
    pub row_separator: String,
    /// Regular expression with one named group per column, applied to each row of a text.
    pub row_pattern: String,
    /// Most rows.
    pub max_rows: usize,
}

/// A column.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Machine name.
    pub key: String,
    /// Head of the column.
    pub label: String,
    /// Share of the table's width, in any unit.
    pub width: f64,
    /// Whether every row needs it.
    #[serde(default)]
    pub required: bool,
    /// Allowed values, when limited.
    #[serde(default)]
    pub options: Vec<String>,
}

/// One face.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Face {
    /// Machine name (`main`, `duplicate`).
    pub id: String,
    /// Name (正本, 副本).
    pub name: String,
    /// Width and height in mm.
    pub size: [f64; 2],
    /// File beside the template.
    pub background: Option<String>,
    /// Groups of the background to leave out (prefixes of group ids), such as `ornament`.
    #[serde(default)]
    pub omit_groups: Vec<String>,
    /// When this face is taken, unless a request names the faces it wants; absent means always.
    pub when: Option<Condition>,
    /// Text and tables, painted in order.
    #[serde(rename = "box")]
    pub boxes: Vec<TextBox>,
    /// Lines and frames: `[x1, y1, x2, y2]` in mm.
    #[serde(default, rename = "line")]
    pub lines: Vec<Rule>,
    /// Where the QR code stands.
    pub qr: Slot,
    /// Where the seal is stamped: centre of the round seal.
    pub seal: SealSlot,
    /// Fields for later signatures, such as annual inspections (年检, 年审). They are in the PDF, empty, before it is
    /// signed; any makes the issuer's certification allow signing (P = 2), else it allows nothing (P = 1).
    #[serde(default, rename = "signature")]
    pub signatures: Vec<SignatureSlot>,
    /// Where an issuing organ may place the national emblem; empty unless a picture is given.
    pub emblem: Option<EmblemSlot>,
    /// Area inside which everything but lines must stay, `[x, y, w, h]`; the page when absent.
    pub safe_area: Option<[f64; 4]>,
}

/// A box of text or a table.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBox {
    /// Name, unique within the face.
    pub id: String,
    /// `[x, y, width, height]` in mm, top left corner.
    pub at: [f64; 4],
    /// The text: fixed words and `{field}` or `{field:format}` places. `{label:field}` is the field's label.
    /// A box with one `{field}` of a table draws the table. Dates: `{issued_on:date}` 2024年3月5日,
    /// `{issued_on:date-wide}` 2024 年 03 月 05 日, `{valid_to:date-or-long}` 长期 when absent;
    /// `{x:grouped-6-6-7-9}` prints groups; `{x:mask-id}` hides digits 11–14.
    pub text: String,
    /// Name of a style.
    pub style: String,
    /// Size in points for this box alone.
    pub size: Option<f64>,
    /// Smallest size for this box alone.
    pub min_size: Option<f64>,
    /// Horizontal alignment.
    #[serde(default)]
    pub align: Align,
    /// Vertical alignment.
    #[serde(default)]
    pub valign: VAlign,
    /// Most lines; 0 means as many as fit.
    #[serde(default)]
    pub lines: usize,
    /// What happens when even the smallest size is too large.
    #[serde(default)]
    pub overflow: Overflow,
    /// Drawn only when this holds.
    pub when: Option<Condition>,
    /// Whether the seal may cover this box (date and organ lines under the seal: 骑年盖月).
    #[serde(default)]
    pub under_seal: bool,
}

/// Horizontal alignment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// Centred.
    Center,
    /// At the right edge.
    Right,
    /// Spread over the whole width: labels of few characters (名　　称), foot lines.
    Spread,
    /// Paragraphs: full lines are justified, the last is left.
    Justify,
}

/// Vertical alignment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VAlign {
    /// First line at the top.
    #[default]
    Top,
    /// In the middle.
    Middle,
    /// Last line at the bottom.
    Bottom,
}

/// What to do with text that does not fit at the smallest size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// An error that names field and box.
    #[default]
    Refuse,
    /// As much as fits, then （续附页）, and the whole value on a continuation page.
    Continue,
}

/// A straight line.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `[x1, y1, x2, y2]` in mm.
    pub at: [f64; 4],
    /// Width in mm.
    pub width: f64,
    /// Colour `#RRGGBB`.
    pub color: String,
}

/// A square or rectangular place.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// `[x, y, width, height]` in mm.
    pub at: [f64; 4],
}

/// The place of an emblem.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmblemSlot {
    /// `[x, y, width, height]` in mm. A picture is fitted into it as a whole, in its own proportions.
    pub at: [f64; 4],
    /// Vector picture beside the template, in the dialect of backgrounds; nothing is drawn without one. None comes with
    /// this product: who may use the national emblem, and where, is for the law to say.
    pub file: Option<String>,
}

/// The place of a seal; its size comes from the seal.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealSlot {
    /// Centre `[x, y]` in mm.
    pub centre: [f64; 2],
    /// Largest diameter in mm the place is made for.
    pub diameter: f64,
}

/// A field for a later signature.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureSlot {
    /// Name of the field in the PDF, unique within the face: letters, digits, `-`, `_`.
    pub name: String,
    /// What it is for (年检 2027), told by readers.
    pub label: String,
    /// `[x, y, width, height]` in mm, top left corner. The picture of the later signature fills it.
    pub at: [f64; 4],
}

/// The continuation page: A4 portrait, head line, label and whole value, the seal again at the foot.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Continuation {
    /// File beside the template, drawn for A4 portrait.
    pub background: Option<String>,
    /// Style of the head line.
    pub head: String,
    /// Style of the labels.
    pub label: String,
    /// Style of the values.
    pub value: String,
}
