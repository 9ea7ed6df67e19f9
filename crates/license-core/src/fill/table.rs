//! Tables: rows of named columns, given as JSON or as one text of stock data.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::error::Fault;
use super::{Filling, chars, value};
use crate::id::fold;
use crate::record::Value;
use crate::template::model::{Field, Table};

/// Reads an array of objects.
pub(super) fn rows(filling: &mut Filling<'_>, field: &Field, pointer: &str, raw: &Json) {
    let (Some(table), Some(items)) = (&field.table, raw.as_array()) else { return };
    let before = filling.errors.len();
    let mut rows = Vec::new();
    for (at, item) in items.iter().enumerate().take(table.max_rows + 1) {
        let pointer = format!("{pointer}/{at}");
        let Some(object) = item.as_object() else {
            let fault = Fault::new("table.row", "每一行应为 JSON 对象", "a row is a JSON object");
            filling.error(field, &pointer, fault, None);
            continue;
        };
        for key in object.keys().filter(|key| !table.columns.iter().any(|column| column.key == **key)) {
            let shown: String = key.chars().filter(|char| !char.is_control()).take(40).collect();
            let fault = Fault::new("table.column", format!("没有列“{shown}”"), format!("there is no column `{shown}`"));
            filling.error(field, &pointer, fault, None);
        }
        let mut row = BTreeMap::new();
        for column in &table.columns {
            let cell = match object.get(&column.key) {
                None | Some(Json::Null) => "",
                Some(Json::String(text)) => text,
                Some(_) => {
                    let fault = Fault::new(
                        "type",
                        format!("“{}”应为 JSON 文本", column.label),
                        format!("`{}` must be a string in JSON", column.key),
                    );
                    filling.error(field, &format!("{pointer}/{}", column.key), fault, None);
                    continue;
                }
            };
            row.insert(column.key.clone(), cell.to_owned());
        }
        rows.push((pointer, row));
    }
    if filling.errors.len() == before {
        store(filling, field, table, pointer, items.len(), rows);
    }
}

/// Splits one text by the table's rule.
pub(super) fn split(filling: &mut Filling<'_>, field: &Field, pointer: &str, text: &str) {
    let Some(table) = &field.table else { return };
    if !value::length(filling, field, pointer, text) {
        return;
    }
    let (text, _) = fold::separator(text, &table.row_separator);
    let text = text.trim_end_matches(table.row_separator.as_str());
    let before = filling.errors.len();
    let mut rows = Vec::new();
    let mut count = 0;
    let template = filling.template;
    for (at, part) in text.split(table.row_separator.as_str()).enumerate() {
        count += 1;
        if count > table.max_rows {
            continue;
        }
        let part = fold::trim(part).0;
        let Some(found) = template.rules().row(&field.key).and_then(|pattern| pattern.captures(part)) else {
            let fault = Fault::new(
                "table.row",
                format!("第 {} 项“{part}”不符合格式", at + 1),
                format!("item {} is not of the required form", at + 1),
            );
            filling.error(field, pointer, fault, Some(part));
            continue;
        };
        let cell = |key: &str| found.name(key).map_or("", |found| found.as_str()).to_owned();
        let row = table.columns.iter().map(|column| (column.key.clone(), cell(&column.key))).collect();
        rows.push((pointer.to_owned(), row));
    }
    if filling.errors.len() == before {
        store(filling, field, table, pointer, count, rows);
    }
}

fn store(
    filling: &mut Filling<'_>,
    field: &Field,
    table: &Table,
    pointer: &str,
    count: usize,
    rows: Vec<(String, BTreeMap<String, String>)>,
) {
    if count > table.max_rows {
        let most = table.max_rows;
        let fault = Fault::new(
            "table.rows",
            format!("共 {count} 行，最多 {most} 行"),
            format!("has {count} rows, at most {most} are allowed"),
        );
        return filling.error(field, pointer, fault, None);
    }
    if rows.is_empty() {
        return;
    }
    let before = filling.errors.len();
    let mut checked = Vec::new();
    for (at, (pointer, row)) in rows.into_iter().enumerate() {
        let mut out = BTreeMap::new();
        for column in &table.columns {
            let cell = row.get(&column.key).map_or("", |cell| fold::trim(cell).0);
            for fault in cell_faults(table, at, &column.key, cell) {
                filling.error(field, &pointer, fault, Some(cell));
            }
            out.insert(column.key.clone(), cell.to_owned());
        }
        checked.push(out);
    }
    if filling.errors.len() == before {
        filling.values.insert(field.key.clone(), Value::Table(checked));
    }
}

fn cell_faults(table: &Table, at: usize, key: &str, cell: &str) -> Vec<Fault> {
    let Some(column) = table.columns.iter().find(|column| column.key == key) else { return Vec::new() };
    let (label, row) = (&column.label, at + 1);
    if cell.is_empty() {
        let missing =
            Fault::new("table.required", format!("第 {row} 行缺“{label}”"), format!("row {row} lacks `{key}`"));
        return if column.required { vec![missing] } else { Vec::new() };
    }
    let mut faults = chars::faults(cell, false);
    if cell.chars().count() > MAX_CELL {
        faults.push(Fault::new(
            "table.max-length",
            format!("第 {row} 行“{label}”超过 {MAX_CELL} 字"),
            format!("`{key}` of row {row} has more than {MAX_CELL} characters"),
        ));
    }
    if !column.options.is_empty() && !column.options.iter().any(|option| option == cell) {
        let list = column.options.join("、");
        faults.push(Fault::new(
            "table.enum",
            format!("第 {row} 行“{label}”应为下列之一：{list}"),
            format!("`{key}` of row {row} must be one of: {list}"),
        ));
    }
    faults
}

const MAX_CELL: usize = 200;
