//! A record as JSON.
//!
//! ```text
//! { "core": { "CZZT": […], "ZZBH": "…", … }, "face": "main", "fonts": "…", "items": [ { "key": …, "value": … } ],
//!   "schema": 1, "template": { "digest": …, "id": …, "version": … } }
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Holder, Kept, Record, RecordError, RecordItem, TemplateRef, Value, canonical_json};
use crate::fill::{parse_date, print_date};
use crate::id::{Digest, LicenseId};
use crate::template::model::{FieldType, Mask};

pub(super) fn write(record: &Record) -> Vec<u8> {
    let wire = Wire::from(record);
    let value = serde_json::to_value(&wire).expect("strings, integers and maps with string keys");
    canonical_json(&value)
}

pub(super) fn read(bytes: &[u8]) -> Result<Record, RecordError> {
    if bytes.len() > MAX_BYTES {
        return Err(RecordError::TooLarge { limit: MAX_BYTES });
    }
    // serde_json's messages can quote the data, which may be personal; the place is enough.
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| {
        RecordError::Json(format!("line {}, column {}: {}", error.line(), error.column(), kind(&error)))
    })?;
    let record = Record::try_from(wire)?;
    if write(&record) != bytes {
        return Err(RecordError::NotCanonical);
    }
    // What was compared is what would be written again.
    let _ = record.digest.0.set(Digest::of(bytes));
    Ok(record)
}

/// What kind of fault, without a word of the data.
fn kind(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "not of the shape of a record",
        serde_json::error::Category::Io => "it cannot be read",
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    schema: u32,
    template: WireTemplate,
    #[serde(skip_serializing_if = "Option::is_none")]
    fonts: Option<Digest>,
    face: String,
    core: WireCore,
    items: Vec<WireItem>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WireTemplate {
    id: String,
    version: u32,
    digest: Digest,
}

/// GB/T 36903. The version (版本号) is part of ZZBS.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
struct WireCore {
    zzmc: String,
    zzlxmc: String,
    zzlxdm: String,
    zzbh: String,
    zzbs: LicenseId,
    zzbfjg: String,
    zzbfjgdm: String,
    zzbfrq: String,
    czzt: Vec<String>,
    czztdm: Vec<Option<String>>,
    czztdmlxdm: Vec<String>,
    zzyxqqsrq: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zzyxqjzrq: Option<String>,
    /// 关联证照标识.
    #[serde(skip_serializing_if = "Option::is_none")]
    glzzbs: Option<LicenseId>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WireItem {
    key: String,
    name: String,
    label: String,
    label_en: String,
    #[serde(rename = "type")]
    kind: FieldType,
    value: WireValue,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    columns: Vec<WireColumn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mask: Option<Mask>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    hidden: bool,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WireColumn {
    key: String,
    label: String,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum WireValue {
    Text(String),
    Integer(i64),
    Table(Vec<BTreeMap<String, String>>),
}

impl From<&Record> for Wire {
    fn from(record: &Record) -> Wire {
        let template = &record.template;
        let holders = record.holders.iter().cloned();
        Wire {
            schema: SCHEMA,
            template: WireTemplate { id: template.id.clone(), version: template.version, digest: template.digest },
            fonts: record.fonts,
            face: record.face.clone(),
            core: WireCore {
                zzmc: record.name.clone(),
                zzlxmc: record.type_name.clone(),
                zzlxdm: record.id.type_code().to_string(),
                zzbh: record.number.clone(),
                zzbs: record.id.clone(),
                zzbfjg: record.issuer.clone(),
                zzbfjgdm: record.id.issuer().to_string(),
                zzbfrq: print_date(record.issued_on),
                czzt: holders.clone().map(|holder| holder.name).collect(),
                czztdm: holders.clone().map(|holder| holder.code).collect(),
                czztdmlxdm: holders.map(|holder| holder.code_type).collect(),
                zzyxqqsrq: print_date(record.valid_from),
                zzyxqjzrq: record.valid_to.map(print_date),
                glzzbs: record.related.clone(),
            },
            items: record.items.iter().map(WireItem::from).collect(),
        }
    }
}

impl From<&RecordItem> for WireItem {
    fn from(item: &RecordItem) -> WireItem {
        WireItem {
            key: item.key.clone(),
            name: item.standard_key.clone(),
            label: item.label.clone(),
            label_en: item.label_en.clone(),
            kind: item.kind,
            value: match &item.value {
                Value::Text(text) => WireValue::Text(text.clone()),
                Value::Date(date) => WireValue::Text(print_date(*date)),
                Value::Integer(number) => WireValue::Integer(*number),
                Value::Table(rows) => WireValue::Table(rows.clone()),
            },
            columns: item
                .columns
                .iter()
                .map(|(key, label)| WireColumn { key: key.clone(), label: label.clone() })
                .collect(),
            mask: item.mask,
            hidden: item.hidden,
        }
    }
}

impl TryFrom<Wire> for Record {
    type Error = RecordError;

    fn try_from(wire: Wire) -> Result<Record, RecordError> {
        let core = wire.core;
        if wire.schema != SCHEMA {
            return Err(wrong("schema", "of a version that is not known"));
        }
        let id = core.zzbs;
        if core.zzlxdm != id.type_code().as_str() || core.zzbfjgdm != id.issuer().as_str() {
            return Err(wrong("ZZBS", "does not agree with ZZLXDM and ZZBFJGDM"));
        }
        if core.czzt.is_empty() || core.czzt.len() != core.czztdm.len() || core.czzt.len() != core.czztdmlxdm.len() {
            return Err(wrong("CZZT", "names, codes and kinds of codes do not correspond"));
        }
        if wire.items.len() > MAX_ITEMS {
            return Err(wrong("items", "too many"));
        }
        let holders = core.czzt.into_iter().zip(core.czztdm).zip(core.czztdmlxdm);
        let date = |key: &str, text: &str| parse_date(text).map_err(|_| wrong(key, "not a date"));
        let mut items: Vec<RecordItem> = Vec::with_capacity(wire.items.len());
        for item in wire.items {
            if items.iter().any(|other| other.key == item.key) {
                return Err(wrong(&item.key, "stands there twice"));
            }
            items.push(item.try_into()?);
        }
        Ok(Record {
            template: TemplateRef {
                id: wire.template.id,
                version: wire.template.version,
                digest: wire.template.digest,
            },
            fonts: wire.fonts,
            name: core.zzmc,
            type_name: core.zzlxmc,
            face: wire.face,
            number: core.zzbh,
            holders: holders.map(|((name, code), code_type)| Holder { name, code, code_type }).collect(),
            issuer: core.zzbfjg,
            issued_on: date("ZZBFRQ", &core.zzbfrq)?,
            valid_from: date("ZZYXQQSRQ", &core.zzyxqqsrq)?,
            valid_to: core.zzyxqjzrq.map(|text| date("ZZYXQJZRQ", &text)).transpose()?,
            related: core.glzzbs,
            items,
            id,
            digest: Kept::default(),
        })
    }
}

impl TryFrom<WireItem> for RecordItem {
    type Error = RecordError;

    fn try_from(item: WireItem) -> Result<RecordItem, RecordError> {
        let value = match (item.kind, item.value) {
            (FieldType::Date, WireValue::Text(text)) => parse_date(&text).ok().map(Value::Date),
            (FieldType::Text | FieldType::Enum, WireValue::Text(text)) => Some(Value::Text(text)),
            (FieldType::Integer, WireValue::Integer(number)) => Some(Value::Integer(number)),
            (FieldType::Table, WireValue::Table(rows)) => Some(Value::Table(rows)),
            _ => None,
        };
        Ok(RecordItem {
            value: value.ok_or_else(|| wrong(&item.key, "the value is not of its type"))?,
            key: item.key,
            standard_key: item.name,
            label: item.label,
            label_en: item.label_en,
            kind: item.kind,
            columns: item.columns.into_iter().map(|column| (column.key, column.label)).collect(),
            mask: item.mask,
            hidden: item.hidden,
        })
    }
}

fn wrong(key: &str, reason: &str) -> RecordError {
    RecordError::Value { key: key.to_owned(), reason: reason.to_owned() }
}

const SCHEMA: u32 = 1;
/// A face holds some thousands of characters; a record that needs more than this was not made by filling.
const MAX_BYTES: usize = 1 << 20;
const MAX_ITEMS: usize = 500;
