//! The JSON Schema of `template.toml`, for editors.

use super::model::TemplateFile;

/// The schema as pretty JSON with a final line feed; committed as `docs/formats/template.schema.json`.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(TemplateFile);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text.push('\n');
    text
}
