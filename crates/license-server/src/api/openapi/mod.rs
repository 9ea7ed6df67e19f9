//! The OpenAPI 3.1 document, made from the route table; `docs/openapi.json` is its committed snapshot.

mod about;
mod bodies;

use std::sync::OnceLock;

use actix_web::{HttpResponse, web};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::router::{Door, Line, ROUTES};
use super::state::State;
use crate::service::clients::Scope;
use about::{ABOUT, ABOUT_ROUTES, TAGS};
use bodies::{problem, refusals, request, success};

pub(super) async fn serve(_: web::Data<State>) -> HttpResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| serde_json::to_string(document()).unwrap_or_default());
    HttpResponse::Ok().content_type("application/json").body(text.as_str())
}

/// The document.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(build)
}

fn build() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for line in ROUTES {
        let path = paths.entry(line.path).or_insert_with(|| json!({}));
        path[line.method.to_ascii_lowercase()] = operation(line, &mut schemas);
    }
    let mut components: Map<String, Value> = schemas.take_definitions(true);
    components.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "电子证照 Electronic licenses",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "tags": TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "clientCredentials": {
                    "type": "oauth2",
                    "flows": { "clientCredentials": {
                        "tokenUrl": "/api/v1/oauth/token",
                        "scopes": {
                            "issue": "issue licenses and newer versions",
                            "fetch": "fetch records and files",
                            "manage": "change the state of licenses",
                        },
                    } },
                },
            },
        },
    })
}

fn operation(line: &Line, schemas: &mut SchemaGenerator) -> Value {
    let about = ABOUT_ROUTES
        .iter()
        .find(|about| about.0 == line.method && about.1 == line.path)
        .map_or(("", "", ""), |about| (about.2, about.3, about.4));
    let (tag, summary, description) = about;
    let mut out = json!({ "tags": [tag], "operationId": operation_id(line), "summary": summary });
    if !description.is_empty() {
        out["description"] = json!(description);
    }
    let parameters = parameters(line);
    if !parameters.is_empty() {
        out["parameters"] = json!(parameters);
    }
    if let Some(content) = request(line, schemas) {
        out["requestBody"] = json!({ "required": true, "content": content });
    }
    let mut responses = Map::new();
    let (status, answer) = success(line, schemas);
    responses.insert(status.to_owned(), answer);
    for code in refusals(line) {
        let status = code.status();
        let same = responses.entry(status.as_str()).or_insert_with(|| {
            json!({
                "description": "",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            })
        });
        let words = same["description"].as_str().unwrap_or_default();
        let joined = if words.is_empty() { code.word().to_owned() } else { format!("{words}, {}", code.word()) };
        same["description"] = json!(joined);
    }
    out["responses"] = Value::Object(responses);
    if let Door::Needs(scope) | Door::NeedsPurpose(scope) = line.door {
        out["security"] = json!([{ "clientCredentials": [scope.word()] }]);
    }
    out
}

/// `get_api_v1_licenses_id_ofd`: from the path, so it is as stable as that.
fn operation_id(line: &Line) -> String {
    let words = line.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(line.method.to_ascii_lowercase().as_str()).chain(words).collect::<Vec<_>>().join("_")
}

fn parameters(line: &Line) -> Vec<Value> {
    let mut out = Vec::new();
    for name in line.path.split(['{', '}']).skip(1).step_by(2) {
        let about = match name {
            "token" => "The token of a license's index (base32), as in the QR code.",
            "key" => "Digest of the characters of the page.",
            "face" => "Number of the font, from 0.",
            "edition" => "Number of the edition.",
            _ if line.path.contains("/types/") => "Machine name of the license type.",
            _ => "证照标识 (GB/T 36904).",
        };
        out.push(json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } }));
    }
    let text = |name: &str, place: &str, required: bool, about: &str| json!({ "name": name, "in": place, "required": required, "description": about, "schema": { "type": "string" } });
    if matches!(line.door, Door::NeedsPurpose(_)) {
        out.push(text(
            "purpose",
            "query",
            false,
            "What the read is for; goes to the audit trail. Required here or as header X-Purpose.",
        ));
        out.push(text("X-Purpose", "header", false, "As `purpose`; UTF-8."));
    }
    if let Door::Needs(scope) = line.door {
        let needed = scope == Scope::Issue;
        let about = "1 to 128 visible ASCII characters. Same key and body: done once. Same key, other body: 409.";
        // Making faces and taking in a list is idempotent by itself.
        if !line.path.ends_with("/faces") && line.path != "/api/v1/trust-lists" {
            out.push(text("Idempotency-Key", "header", needed, about));
        }
    }
    if ["/ofd", "/pdf", "/png", "/face.jpg"].iter().any(|end| line.path.ends_with(end)) {
        let about = "Which face (`main`, `duplicate`, …); without it, the one that the license was first made on.";
        out.push(text("face", "query", false, about));
    }
    if line.path == "/api/v1/verify" {
        let about = "`signed`: the report with the server's signature.";
        out.push(json!({ "name": "report", "in": "query", "description": about, "schema": { "type": "string", "enum": ["signed", "plain"], "default": "plain" } }));
    }
    if line.path.ends_with("/png") {
        out.push(json!({ "name": "dpi", "in": "query", "description": "Dots an inch.", "schema": { "type": "integer", "minimum": 10, "maximum": 600, "default": 96 } }));
        out.push(json!({ "name": "page", "in": "query", "description": "Page, from 1.", "schema": { "type": "integer", "minimum": 1, "default": 1 } }));
    }
    if tag_of(line) == "pages" && ![".css", ".jpg", ".ttf"].iter().any(|end| line.path.ends_with(end)) {
        out.push(json!({ "name": "lang", "in": "query", "description": "`en`, else Chinese.", "schema": { "type": "string", "enum": ["zh", "en"] } }));
    }
    out
}

fn tag_of(line: &Line) -> &'static str {
    ABOUT_ROUTES.iter().find(|about| about.0 == line.method && about.1 == line.path).map_or("", |about| about.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_every_description_has_a_route() {
        for line in ROUTES {
            assert!(!tag_of(line).is_empty(), "{} {}", line.method, line.path);
            assert!(TAGS.iter().any(|tag| tag.0 == tag_of(line)));
        }
        for about in ABOUT_ROUTES {
            let known = ROUTES.iter().any(|line| line.method == about.0 && line.path == about.1);
            assert!(known, "{} {}", about.0, about.1);
        }
        assert_eq!(ROUTES.len(), ABOUT_ROUTES.len());
    }
}
