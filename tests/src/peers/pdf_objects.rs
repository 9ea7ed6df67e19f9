//! The objects of a PDF as qpdf reads them: names begin with `/`, references are `"12 0 R"`, strings begin with `u:`.

use std::ffi::OsStr;
use std::path::Path;

use serde_json::{Map, Value};

use super::run::{ask, program};

/// All objects of a document.
#[derive(Debug)]
pub struct PdfObjects(Map<String, Value>);

/// Opens a document with qpdf.
pub fn qpdf_objects(pdf: &Path) -> Option<PdfObjects> {
    let tool = program("qpdf", "qpdf")?;
    let args = [OsStr::new("--json=2"), OsStr::new("--json-key=qpdf"), pdf.as_os_str()];
    let mut said: Value = serde_json::from_slice(&ask(tool.as_os_str(), args).product()).expect("qpdf writes JSON");
    match said["qpdf"][1].take() {
        Value::Object(objects) => Some(PdfObjects(objects)),
        other => panic!("qpdf wrote no objects: {other}"),
    }
}

impl PdfObjects {
    /// The trailer.
    pub fn trailer(&self) -> &Value {
        &self.0["trailer"]["value"]
    }

    /// The catalog.
    pub fn catalog(&self) -> &Value {
        self.at(self.trailer(), &["/Root"])
    }

    /// Follows keys, and references on the way; null when there is nothing. Of a stream it sees the dictionary.
    pub fn at<'a>(&'a self, from: &'a Value, path: &[&str]) -> &'a Value {
        path.iter().fold(self.resolved(from), |value, key| self.resolved(&value[*key]))
    }

    /// The object a reference stands for; anything else is itself.
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value.as_str().filter(|text| text.ends_with(" 0 R")).and_then(|r| self.0.get(&format!("obj:{r}")));
        target.map_or(value, |object| Self::body(object))
    }

    /// Whether a reference leads to a stream.
    pub fn is_stream(&self, reference: &Value) -> bool {
        reference.as_str().and_then(|r| self.0.get(&format!("obj:{r}"))).is_some_and(|o| o.get("stream").is_some())
    }

    /// Every object, and every dictionary inside it.
    pub fn dictionaries(&self) -> Vec<&Value> {
        let mut found = Vec::new();
        self.0.iter().filter(|(key, _)| key.starts_with("obj:")).for_each(|(_, o)| collect(Self::body(o), &mut found));
        found
    }

    fn body(object: &Value) -> &Value {
        object.get("stream").map_or(&object["value"], |stream| &stream["dict"])
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(map) => {
            found.push(value);
            map.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}
