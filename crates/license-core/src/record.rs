//! The data of one version of a license (证照信息): core metadata and the type's own items.
//!
//! A [`Record`] is made from a [`Filled`] and a [`LicenseId`], travels as canonical JSON inside the files, and says
//! everything about itself: labels, standard keys and what must be masked stand beside the values, so that whoever
//! opens the file in thirty years needs no template to read it.
//!
//! The same record feeds the face, the embedded metadata, the index and the public page.

mod canonical;
mod holder_codes;
mod view;
mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use time::Date;

use crate::fill::Filled;
use crate::fonts::FIRST_FONT_SET;
use crate::id::{CitizenId, CreditCode, Digest, LicenseId};
use crate::template::Template;
use crate::template::model::{Field, FieldType, HolderKind, Mask};

pub use canonical::canonical_json;
pub use holder_codes::holder_code_type;
pub use view::Language;

/// A checked value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text of a text or enum field.
    Text(String),
    /// A calendar date without a time zone.
    Date(time::Date),
    /// A whole number.
    Integer(i64),
    /// Rows of a table; every row has every column (possibly empty).
    Table(Vec<BTreeMap<String, String>>),
}

/// The data of one version of a license.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    id: LicenseId,
    template: TemplateRef,
    fonts: Option<Digest>,
    name: String,
    type_name: String,
    face: String,
    number: String,
    holders: Vec<Holder>,
    issuer: String,
    issued_on: Date,
    valid_from: Date,
    valid_to: Option<Date>,
    related: Option<LicenseId>,
    items: Vec<RecordItem>,
    digest: Kept,
}

/// The digest of a record, once somebody asked for it. It follows from the rest, so that all are equal.
#[derive(Clone, Default)]
struct Kept(OnceLock<Digest>);

impl PartialEq for Kept {
    fn eq(&self, _: &Kept) -> bool {
        true
    }
}

impl Eq for Kept {}

/// The template a record was filled by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRef {
    /// Machine name of the type.
    pub id: String,
    /// Version of the template.
    pub version: u32,
    /// Digest of its files.
    pub digest: Digest,
}

/// 持证主体: name, code and kind of code.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// 持证主体 (CZZT).
    pub name: String,
    /// 持证主体代码 (CZZTDM), of those holders whose code is known.
    pub code: Option<String>,
    /// 持证主体代码类型代码 (CZZTDMLXDM, GB/T 36903 Annex A): `001` credit code, `099` other organizations, `111`
    /// citizen number, `414` passport, `999` other persons …
    pub code_type: String,
}

/// One item of the type, with all it takes to show it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordItem {
    /// Field key.
    pub key: String,
    /// Standard key (GB/T 36903 or `KZ_`).
    pub standard_key: String,
    /// Label as on the face.
    pub label: String,
    /// English label.
    pub label_en: String,
    /// Whether it is an enum; only matters for going back to the template.
    pub kind: FieldType,
    /// Labels of a table's columns, by column key in their order.
    pub columns: Vec<(String, String)>,
    /// The value.
    pub value: Value,
    /// How it is masked on public pages; `None` for what anyone may see.
    pub mask: Option<Mask>,
    /// In the data but not on the face.
    pub hidden: bool,
}

/// Why a record is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The identifier belongs to another type.
    #[error("the identifier is of type {found}, the record of type {expected}")]
    OtherType {
        /// Type code of the template.
        expected: String,
        /// Type code in the identifier.
        found: String,
    },
    /// The record was filled by another template or another version of it.
    #[error("the record was filled by version {version} of template `{id}`, which is not the one at hand")]
    OtherTemplate {
        /// Type named in the record.
        id: String,
        /// Version named in the record.
        version: u32,
    },
    /// A value is missing or of another kind than it should be.
    #[error("`{key}`: {reason}")]
    Value {
        /// Field or metadata key.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// Larger than any record can be.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Not the JSON of a record.
    #[error("not a record: {0}")]
    Json(String),
    /// The JSON of a record, but spelled otherwise than RFC 8785 says.
    #[error("not in canonical form (RFC 8785)")]
    NotCanonical,
}

impl Record {
    /// The record of a filled license under an identifier. The issuer's code is the identifier's.
    pub fn new(filled: &Filled, id: LicenseId) -> Result<Record, RecordError> {
        let template = &filled.template;
        let file = &template.file;
        if id.type_code().as_str() != file.kind.code {
            return Err(RecordError::OtherType { expected: file.kind.code.clone(), found: id.type_code().to_string() });
        }
        let missing = |key: &str| RecordError::Value { key: key.to_owned(), reason: "missing".to_owned() };
        let text = |key: &str| filled.text(key).map(str::to_owned).ok_or_else(|| missing(key));
        let issued_on = filled.date(&file.core.issued_on).ok_or_else(|| missing(&file.core.issued_on))?;
        let from = file.core.valid_from.as_deref().and_then(|key| filled.date(key));
        let items = file.fields.iter().filter_map(|field| {
            let value = filled.value(&field.key)?.clone();
            Some(item(field, filled.label(&field.key).unwrap_or(&field.label), value))
        });
        Ok(Record {
            template: TemplateRef {
                id: template.id().to_owned(),
                version: file.kind.version,
                digest: Digest(template.digest),
            },
            fonts: None,
            name: file.kind.name.clone(),
            type_name: file.kind.name.clone(),
            face: filled.face().id.clone(),
            number: text(&file.core.number)?,
            holders: holders(filled, &text(&file.core.holder)?, filled.text(&file.core.holder_code)),
            issuer: text(&file.core.issuer)?,
            issued_on,
            valid_from: from.unwrap_or(issued_on),
            valid_to: file.core.valid_to.as_deref().and_then(|key| filled.date(key)),
            related: None,
            items: items.collect(),
            id,
            digest: Kept::default(),
        })
    }

    /// The same with 关联证照标识: the predecessor of a license that has a new number.
    pub fn with_related(self, related: LicenseId) -> Record {
        Record { related: Some(related), digest: Kept::default(), ..self }
    }

    /// The same with the font set that it is laid out with.
    pub fn with_fonts(self, set: Digest) -> Record {
        Record { fonts: Some(set), digest: Kept::default(), ..self }
    }

    /// 证照标识 (ZZBS).
    pub fn id(&self) -> &LicenseId {
        &self.id
    }

    /// The template it was filled by.
    pub fn template(&self) -> &TemplateRef {
        &self.template
    }

    /// Digest of the [font set](crate::fonts::FontSet) that it was laid out with.
    pub fn fonts(&self) -> Digest {
        self.fonts.unwrap_or(FIRST_FONT_SET)
    }

    /// 证照名称 (ZZMC).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 证照类型名称.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// Id of the face.
    pub fn face(&self) -> &str {
        &self.face
    }

    /// 证照编号 (ZZBH).
    pub fn number(&self) -> &str {
        &self.number
    }

    /// 持证主体 (CZZT), in the order of the face.
    pub fn holders(&self) -> &[Holder] {
        &self.holders
    }

    /// The holders' names as one text.
    pub fn holder(&self) -> String {
        let names: Vec<&str> = self.holders.iter().map(|holder| holder.name.as_str()).collect();
        names.join("、")
    }

    /// 证照颁发机构 (ZZBFJG).
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// 证照颁发日期 (ZZBFRQ).
    pub fn issued_on(&self) -> Date {
        self.issued_on
    }

    /// 证照颁发机构代码 (ZZBFJGDM), as in the identifier.
    pub fn issuer_code(&self) -> &str {
        self.id.issuer().as_str()
    }

    /// 证照类型代码 (ZZLXDM), as in the identifier.
    pub fn type_code(&self) -> &str {
        self.id.type_code().as_str()
    }

    /// 有效期起始 (ZZYXQQSRQ); the issue date where the type has no start of its own.
    pub fn valid_from(&self) -> Option<Date> {
        Some(self.valid_from)
    }

    /// 有效期截止 (ZZYXQJZRQ): the last day it holds; none means 长期.
    pub fn valid_to(&self) -> Option<Date> {
        self.valid_to
    }

    /// 关联证照标识.
    pub fn related(&self) -> Option<&LicenseId> {
        self.related.as_ref()
    }

    /// The items of the type in the order of its fields.
    pub fn items(&self) -> &[RecordItem] {
        &self.items
    }

    /// The value of one item.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.items.iter().find(|item| item.key == key).map(|item| &item.value)
    }

    /// Canonical JSON (RFC 8785): what is embedded, hashed and signed.
    pub fn to_canonical_json(&self) -> Vec<u8> {
        wire::write(self)
    }

    /// Reads canonical JSON and nothing else: what it reads, it would write the same.
    pub fn from_canonical_json(bytes: &[u8]) -> Result<Record, RecordError> {
        wire::read(bytes)
    }

    /// SHA-256 of the canonical JSON.
    pub fn digest(&self) -> Digest {
        *self.digest.0.get_or_init(|| Digest::of(&self.to_canonical_json()))
    }

    /// What layout needs to make the face again. Nothing is checked against the calendar: that was done when the
    /// license was issued.
    pub fn to_filled(&self, template: &Arc<Template>) -> Result<Filled, RecordError> {
        let same = self.template.id == template.id()
            && self.template.version == template.file.kind.version
            && self.template.digest.0 == template.digest;
        if !same {
            return Err(RecordError::OtherTemplate { id: self.template.id.clone(), version: self.template.version });
        }
        let wrong = |key: &str, reason: &str| RecordError::Value { key: key.to_owned(), reason: reason.to_owned() };
        let (face, _) = template.face(&self.face).ok_or_else(|| wrong("face", "the template has no such face"))?;
        let mut values = BTreeMap::new();
        for item in &self.items {
            let field = template.field(&item.key).ok_or_else(|| wrong(&item.key, "the template has no such field"))?;
            if field.kind != item.kind {
                return Err(wrong(&item.key, "is of another kind in the template"));
            }
            values.insert(item.key.clone(), item.value.clone());
        }
        let filled = Filled { template: Arc::clone(template), face, values, warnings: Vec::new() };
        // Labels, keys, holders and dates follow from the values: a record that says otherwise was tampered with.
        let remade = Record {
            fonts: self.fonts,
            related: self.related.clone(),
            digest: Kept::default(),
            ..Record::new(&filled, self.id.clone())?
        };
        if remade != *self {
            return Err(wrong("core", "the metadata do not follow from the items"));
        }
        Ok(filled)
    }
}

impl Holder {
    /// Whether the code is a natural person's.
    pub fn is_person(&self) -> bool {
        holder_codes::is_person(&self.code_type)
    }
}

impl fmt::Debug for Record {
    /// Tells which license it is, and no more: the rest may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = self.items.iter().map(|item| item.key.as_str()).collect();
        f.debug_struct("Record")
            .field("id", &self.id.to_string())
            .field("face", &self.face)
            .field("items", &keys)
            .finish()
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.is_person() { crate::mask::name(&self.name) } else { self.name.clone() };
        f.debug_struct("Holder").field("name", &name).field("code_type", &self.code_type).finish()
    }
}

impl fmt::Debug for RecordItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("RecordItem");
        out.field("key", &self.key);
        if self.mask.is_none() {
            out.field("value", &self.value);
        }
        out.finish_non_exhaustive()
    }
}

/// How the values of a field are masked; `None` when it is not sensitive.
pub(crate) fn mask_of(field: &Field) -> Option<Mask> {
    if !field.sensitive {
        return None;
    }
    let by_check = || {
        field.checks.iter().find_map(|check| match check.as_str() {
            "cid" | "uscc-or-cid" => Some(Mask::Id),
            "name" => Some(Mask::Name),
            "phone" => Some(Mask::Phone),
            _ => None,
        })
    };
    field.mask.or_else(by_check).or(Some(Mask::All))
}

fn item(field: &Field, label: &str, value: Value) -> RecordItem {
    let columns = field.table.iter().flat_map(|table| &table.columns);
    RecordItem {
        key: field.key.clone(),
        standard_key: field.standard_key.clone(),
        label: label.to_owned(),
        label_en: field.label_en.clone(),
        kind: field.kind,
        columns: columns.map(|column| (column.key.clone(), column.label.clone())).collect(),
        value,
        mask: mask_of(field),
        hidden: field.hidden,
    }
}

/// Splits names and codes where the template lists several holders.
fn holders(filled: &Filled, names: &str, codes: Option<&str>) -> Vec<Holder> {
    let file = &filled.template.file;
    let separator = file.core.holder_separator.as_deref().filter(|mark| !mark.is_empty());
    let split = |text: &str| -> Vec<String> {
        match separator {
            Some(mark) => text.split(mark).map(str::to_owned).collect(),
            None => vec![text.to_owned()],
        }
    };
    let codes = codes.map(split).unwrap_or_default();
    let given = file.core.holder_code_type.as_deref().and_then(|key| filled.text(key)).and_then(holder_code_type);
    let one = |(at, name): (usize, String)| {
        let code = codes.get(at).cloned();
        let derived = || code_type(code.as_deref().or(codes.first().map(String::as_str)), file.kind.holder);
        Holder { name, code_type: given.unwrap_or_else(derived).to_owned(), code }
    };
    split(names).into_iter().enumerate().map(one).collect()
}

fn code_type(code: Option<&str>, kind: HolderKind) -> &'static str {
    match code {
        Some(code) if code.parse::<CreditCode>().is_ok() => holder_codes::CREDIT_CODE,
        Some(code) if code.parse::<CitizenId>().is_ok() => holder_codes::CITIZEN_NUMBER,
        _ if kind == HolderKind::Organization => holder_codes::OTHER_ORGANIZATION,
        _ => holder_codes::OTHER_PERSON,
    }
}
