//! Stock rows (存量证照): one JSON object a line, as `fixtures/stock/make_stock.py` writes them.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Bundled rows, with faults among them: license type and JSON lines.
const BUNDLED: [(&str, &str); 4] = [
    ("business-license", include_str!("../../../../fixtures/stock/business-license.jsonl")),
    ("food-operation-permit", include_str!("../../../../fixtures/stock/food-operation-permit.jsonl")),
    ("supervision-qualification", include_str!("../../../../fixtures/stock/supervision-qualification.jsonl")),
    ("realestate-registration", include_str!("../../../../fixtures/stock/realestate-registration.jsonl")),
];

/// One row.
pub(super) struct Row {
    pub(super) type_id: &'static str,
    /// Number of the row in its file, from 1.
    pub(super) number: usize,
    /// The fields, or why the line is no JSON.
    pub(super) data: Result<Value, String>,
}

/// The rows of all types in turn, so that any first part of them holds every type.
pub(super) fn rows(folder: Option<&Path>) -> Result<Vec<Row>> {
    let mut files = Vec::new();
    for (type_id, bundled) in BUNDLED {
        let text = match folder {
            None => bundled.to_owned(),
            Some(folder) => {
                let path = folder.join(format!("{type_id}.jsonl"));
                if !path.is_file() {
                    continue;
                }
                String::from_utf8(crate::files::read(&path)?)
                    .with_context(|| format!("{} is no UTF-8", path.display()))?
            }
        };
        files.push((type_id, text));
    }
    let longest = files.iter().map(|(_, text)| text.lines().count()).max().unwrap_or_default();
    let mut rows = Vec::new();
    for line in 0..longest {
        for (type_id, text) in &files {
            if let Some(json) = text.lines().nth(line).filter(|json| !json.trim().is_empty()) {
                let data = license_core::fill::read_json(json.as_bytes()).map_err(|error| error.to_string());
                rows.push(Row { type_id, number: line + 1, data });
            }
        }
    }
    Ok(rows)
}
