//! A record as others see it: document metadata, and the public page.

use super::{Record, RecordItem, Value};
use crate::fill::print_date;
use crate::mask;

/// Languages of public pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 中文.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Record {
    /// Keys and values for the document information of OFD (`CustomDatas`) and PDF (XMP): the core items of
    /// GB/T 36903, then what else stands on the face. Numbers of persons are masked, hidden personal items left out:
    /// these stand in the record only.
    pub fn metadata(&self) -> Vec<(String, String)> {
        let join = |parts: Vec<&str>| parts.join(SEPARATOR);
        let holders = self.holders();
        let codes = holders.iter().filter_map(|holder| {
            let code = holder.code.as_deref()?;
            Some(if holder.is_person() { mask::keep(code, 6, 4) } else { code.to_owned() })
        });
        let types: Vec<&str> = holders.iter().map(|holder| holder.code_type.as_str()).collect();
        let mut out = vec![
            ("ZZMC", self.name().to_owned()),
            ("ZZLXDM", self.id().type_code().to_string()),
            ("ZZBH", self.number().to_owned()),
            ("ZZBS", self.id().to_string()),
            ("ZZBFJG", self.issuer().to_owned()),
            ("ZZBFJGDM", self.id().issuer().to_string()),
            ("ZZBFRQ", print_date(self.issued_on())),
            ("CZZT", join(holders.iter().map(|holder| holder.name.as_str()).collect())),
            ("CZZTDM", codes.collect::<Vec<_>>().join(SEPARATOR)),
            ("CZZTDMLX", join(types.iter().map(|code| super::holder_codes::name(code)).collect())),
            ("CZZTDMLXDM", join(types)),
            ("ZZYXQQSRQ", print_date(self.valid_from)),
            ("ZZYXQJZRQ", self.valid_to().map_or_else(|| "长期".to_owned(), print_date)),
        ];
        if let Some(related) = self.related() {
            out.push(("GLZZBS", related.to_string()));
        }
        let mut out: Vec<(String, String)> = out.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        for item in self.items() {
            let private = item.hidden && item.mask.is_some();
            if !private && !out.iter().any(|(key, _)| *key == item.standard_key) {
                out.push((item.standard_key.clone(), plain(item)));
            }
        }
        out
    }

    /// Label and masked value of every item on the face.
    pub fn public_view(&self, language: Language) -> Vec<(String, String)> {
        let shown = self.items().iter().filter(|item| !item.hidden);
        shown
            .map(|item| {
                let label = match language {
                    Language::Chinese => &item.label,
                    Language::English => &item.label_en,
                };
                (label.clone(), self.public_value(item, language))
            })
            .collect()
    }

    /// The holders' names, masked when they are persons.
    pub fn public_holder(&self) -> String {
        let names = self
            .holders()
            .iter()
            .map(|holder| if holder.is_person() { mask::name(&holder.name) } else { holder.name.clone() });
        names.collect::<Vec<_>>().join("、")
    }

    fn public_value(&self, item: &RecordItem, language: Language) -> String {
        match (item.mask, &item.value, language) {
            (Some(mask), _, _) => {
                let person = self.holders().iter().any(super::Holder::is_person);
                mask::apply(mask, &plain(item), person)
            }
            (None, Value::Date(date), Language::Chinese) => {
                format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
            }
            _ => plain(item),
        }
    }
}

/// A value as one line of text.
fn plain(item: &RecordItem) -> String {
    match &item.value {
        Value::Text(text) => text.clone(),
        Value::Date(date) => print_date(*date),
        Value::Integer(number) => number.to_string(),
        Value::Table(rows) => {
            let row = |row: &std::collections::BTreeMap<String, String>| {
                let cells = item.columns.iter().filter_map(|(key, _)| row.get(key));
                cells.filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" ")
            };
            rows.iter().map(row).collect::<Vec<_>>().join("；")
        }
    }
}

/// Between several holders; the standard's own mark is not known, one family of systems uses this.
const SEPARATOR: &str = ",";
