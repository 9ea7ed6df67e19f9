//! One given value: its JSON type, its folds, its own rules.

use serde_json::Value as Json;

use super::date::{DateFault, parse_date};
use super::error::Fault;
use super::{Filling, chars, checks, table};
use crate::id::fold::{self, Fold};
use crate::record::Value;
use crate::template::model::{Field, FieldType};
use crate::template::rules::Check;

/// Reads a value into `filling.values`; nothing is stored when it is absent or wrong.
pub(super) fn read(filling: &mut Filling<'_>, field: &Field, pointer: &str, raw: &Json) {
    match (field.kind, raw) {
        (_, Json::Null) => {}
        (FieldType::Integer, _) => integer(filling, field, pointer, raw),
        (FieldType::Table, Json::Array(_)) => table::rows(filling, field, pointer, raw),
        (_, Json::String(raw)) => text(filling, field, pointer, raw),
        (FieldType::Table, _) => wrong_type(filling, field, pointer, "数组或文本", "an array or a text"),
        _ => wrong_type(filling, field, pointer, "文本", "a string"),
    }
}

fn wrong_type(filling: &mut Filling<'_>, field: &Field, pointer: &str, zh: &str, en: &str) {
    let fault = Fault::new("type", format!("应为 JSON {zh}"), format!("must be {en} in JSON"));
    filling.error(field, pointer, fault, None);
}

/// A whole number, or a string of one as stock data has it.
fn integer(filling: &mut Filling<'_>, field: &Field, pointer: &str, raw: &Json) {
    let number = match raw {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => {
            let (text, folds) = fold::digits(text);
            if text.is_empty() {
                return;
            }
            note_folds(filling, field, &folds);
            text.parse().ok().filter(|number: &i64| number.to_string() == text)
        }
        _ => None,
    };
    let in_range = |number: &i64| {
        // `min` and `max` bound the number itself. Canonical JSON holds integers up to 2^53 exactly.
        let least = field.min.map_or(-MAX_INTEGER, |least| i64::try_from(least).unwrap_or(MAX_INTEGER));
        let most = field.max.map_or(MAX_INTEGER, |most| i64::try_from(most).unwrap_or(MAX_INTEGER));
        (least..=most).contains(number)
    };
    match number {
        Some(number) if in_range(&number) => drop(filling.values.insert(field.key.clone(), Value::Integer(number))),
        Some(number) => {
            let shown = number.to_string();
            filling.error(field, pointer, Fault::new("range", "数值超出范围", "out of range"), Some(&shown));
        }
        None => filling.error(field, pointer, Fault::new("type", "应为整数", "must be a whole number"), raw.as_str()),
    }
}

fn text(filling: &mut Filling<'_>, field: &Field, pointer: &str, raw: &str) {
    let rules = filling.template.rules();
    let named = rules.checks(&field.key);
    let is_number = filling.template.file.core.number == field.key;

    // The number is what tells licenses apart: one with blanks around it was not keyed by hand but exported wrongly.
    let (trimmed, trim) = fold::trim(raw);
    if trimmed.is_empty() {
        return;
    }
    if is_number && trim.is_some() {
        let fault = Fault::new("blank-around", "编号首尾有空白，请清除", "blanks around the number; remove them");
        filling.error(field, pointer, fault, Some(raw));
        return;
    }
    if filling.is_required(field) && PLACEHOLDERS.contains(&trimmed) {
        let fault = Fault::new("required", "必填，不得以占位符代替", "required; a placeholder is no value");
        filling.error(field, pointer, fault, Some(raw));
        return;
    }
    let faults = chars::faults(trimmed, named.contains(&Check::Multiline));
    if !faults.is_empty() {
        for fault in faults {
            filling.error(field, pointer, fault, Some(raw));
        }
        return;
    }
    let (value, folds) = folded(field, named, is_number, trimmed);
    note_folds(filling, field, &trim.into_iter().chain(folds).collect::<Vec<_>>());

    match field.kind {
        FieldType::Date => date(filling, field, pointer, &value),
        FieldType::Table => table::split(filling, field, pointer, &value),
        FieldType::Enum => one_of(filling, field, pointer, &value),
        FieldType::Text | FieldType::Integer => plain(filling, field, pointer, &value, is_number),
    }
}

fn folded(field: &Field, named: &[Check], is_number: bool, trimmed: &str) -> (String, Vec<Fold>) {
    if named.iter().any(|check| check.is_code()) {
        return fold::code(trimmed);
    }
    let (mut value, mut folds) = if named.contains(&Check::Name) {
        fold::name(trimmed)
    } else if field.kind == FieldType::Date || is_number {
        fold::digits(trimmed)
    } else {
        (trimmed.to_owned(), Vec::new())
    };
    if named.contains(&Check::PlainBrackets) {
        let (plain, more) = fold::brackets(&value, false);
        value = plain;
        folds.extend(more);
    }
    if let Some(separator) = &field.separator {
        let (unified, more) = fold::separator(&value, separator);
        value = unified;
        folds.extend(more);
    }
    (value, folds)
}

fn note_folds(filling: &mut Filling<'_>, field: &Field, folds: &[Fold]) {
    for fold in folds {
        filling.warn(field, Fault::new(fold.rule(), fold.message_zh(), fold.message_en()));
    }
}

fn date(filling: &mut Filling<'_>, field: &Field, pointer: &str, value: &str) {
    let file = &filling.template.file;
    if value == LONG_TERM && file.core.valid_to.as_deref() == Some(&field.key) && file.validity.long_term {
        return;
    }
    match parse_date(value) {
        Ok(date) => drop(filling.values.insert(field.key.clone(), Value::Date(date))),
        Err(DateFault::Format) => {
            let fault = Fault::new("date.format", "日期应写作 YYYY-MM-DD", "a date is written YYYY-MM-DD");
            filling.error(field, pointer, fault, Some(value));
        }
        Err(DateFault::NotReal) => {
            let fault = Fault::new("date.not-real", "日历上没有这一天", "the calendar has no such day");
            filling.error(field, pointer, fault, Some(value));
        }
    }
}

fn one_of(filling: &mut Filling<'_>, field: &Field, pointer: &str, value: &str) {
    let fold_both = |text: &str| fold::brackets(text, false).0;
    let known = field.options.iter().find(|option| *option == value);
    let near = || field.options.iter().find(|option| fold_both(option) == fold_both(value));
    let value = match known {
        Some(option) => option.clone(),
        None => match near() {
            Some(option) => {
                note_folds(filling, field, &[Fold::Brackets]);
                option.clone()
            }
            None if field.open => value.to_owned(),
            None => {
                let list = field.options.join("、");
                let fault = Fault::new("enum", format!("应为下列之一：{list}"), format!("must be one of: {list}"));
                return filling.error(field, pointer, fault, Some(value));
            }
        },
    };
    if length(filling, field, pointer, &value) {
        filling.values.insert(field.key.clone(), Value::Text(value));
    }
}

fn plain(filling: &mut Filling<'_>, field: &Field, pointer: &str, value: &str, is_number: bool) {
    let before = filling.errors.len();
    length(filling, field, pointer, value);
    let template = filling.template;
    for check in template.rules().checks(&field.key) {
        let finding = checks::run(*check, value, filling.context.today);
        for fault in finding.faults {
            filling.error(field, pointer, fault, Some(value));
        }
        for fault in finding.warnings {
            filling.warn(field, fault);
        }
    }
    if filling.errors.len() > before {
        // A pattern would only say less clearly what a check has said.
        return;
    }
    if template.rules().pattern(&field.key).is_some_and(|pattern| !pattern.is_match(value)) {
        let wanted = field.pattern_description.as_deref().unwrap_or("");
        let zh = if wanted.is_empty() { "格式不符".to_owned() } else { format!("格式不符，应为{wanted}") };
        let fault = Fault::new("pattern", zh, "not of the required form");
        filling.error(field, pointer, fault, Some(value));
    }
    if is_number && template.rules().number().is_some_and(|pattern| !pattern.is_match(value)) {
        let rule = &template.file.number;
        let fault = Fault::new(
            "number",
            format!("编号规则不符，应为{}，如 {}", rule.description, rule.example),
            format!("does not follow the numbering rule; an example is {}", rule.example),
        );
        filling.error(field, pointer, fault, Some(value));
    }
    // A list may end with its separator.
    let has_gap =
        |mark: &&String| value.trim_end_matches(mark.as_str()).split(mark.as_str()).any(|item| item.trim().is_empty());
    if let Some(separator) = field.separator.as_ref().filter(has_gap) {
        let fault = Fault::new("list", format!("以“{separator}”分隔的各项不得为空"), "an item of the list is empty");
        filling.error(field, pointer, fault, Some(value));
    }
    if filling.errors.len() == before {
        filling.values.insert(field.key.clone(), Value::Text(value.to_owned()));
    }
}

/// Whether the length is right.
pub(super) fn length(filling: &mut Filling<'_>, field: &Field, pointer: &str, value: &str) -> bool {
    let count = value.chars().count();
    if let Some(most) = field.max.filter(|most| count > *most) {
        let fault = Fault::new(
            "max-length",
            format!("共 {count} 字，最多 {most} 字"),
            format!("has {count} characters, at most {most} are allowed"),
        );
        filling.error(field, pointer, fault, Some(value));
        return false;
    }
    if let Some(least) = field.min.filter(|least| count < *least) {
        let fault = Fault::new(
            "min-length",
            format!("共 {count} 字，至少 {least} 字"),
            format!("has {count} characters, at least {least} are needed"),
        );
        filling.error(field, pointer, fault, Some(value));
        return false;
    }
    true
}

/// What people write when they have nothing to write.
const PLACEHOLDERS: [&str; 12] = ["-", "—", "--", "——", "/", "无", "暂无", "待补", "NULL", "null", "N/A", "NA"];
const LONG_TERM: &str = "长期";
/// 2^53 − 1 (RFC 8785, RFC 7493).
const MAX_INTEGER: i64 = (1 << 53) - 1;
