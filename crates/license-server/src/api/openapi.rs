//! The OpenAPI 3.1 document, made from the route table; `docs/openapi.json` is its committed snapshot.

use std::sync::OnceLock;

use actix_web::{HttpResponse, web};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::dto::{
    HistoryDto, IndexDto, IssueDto, IssuedDto, LicenseDto, StatusDto, TypeDetailDto, TypesDto, VerifyDto, VersionDto,
};
use super::problem::Code;
use super::router::{Door, Line, ROUTES};
use super::state::State;
use crate::report::ReportDto;

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
            _ if line.path.contains("/types/") => "Machine name of the license type.",
            _ => "证照标识 (GB/T 36904).",
        };
        out.push(json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } }));
    }
    let text = |name: &str, place: &str, required: bool, about: &str| {
        json!({ "name": name, "in": place, "required": required, "description": about, "schema": { "type": "string" } })
    };
    if matches!(line.door, Door::NeedsPurpose(_)) {
        out.push(text("purpose", "query", false, "What the read is for; goes to the audit trail. Required here or as header X-Purpose."));
        out.push(text("X-Purpose", "header", false, "As `purpose`; UTF-8."));
    }
    if matches!(line.door, Door::Needs(crate::service::clients::Scope::Issue)) {
        out.push(text("Idempotency-Key", "header", true, "1 to 128 visible ASCII characters. Same key and body: same license. Same key, other body: 409."));
    }
    if line.path.ends_with("/png") {
        out.push(json!({ "name": "dpi", "in": "query", "description": "Dots an inch.", "schema": { "type": "integer", "minimum": 10, "maximum": 600, "default": 96 } }));
        out.push(json!({ "name": "page", "in": "query", "description": "Page, from 1.", "schema": { "type": "integer", "minimum": 1, "default": 1 } }));
    }
    if tag_of(line) == "pages" && line.path != "/style.css" && !line.path.ends_with(".jpg") {
        out.push(json!({ "name": "lang", "in": "query", "description": "`en`, else Chinese.", "schema": { "type": "string", "enum": ["zh", "en"] } }));
    }
    out
}

fn request(line: &Line, schemas: &mut SchemaGenerator) -> Option<Value> {
    let json = |schema: schemars::Schema| json!({ "application/json": { "schema": schema } });
    let upload = json!({ "schema": { "type": "object", "properties": {
        "file": { "type": "string", "format": "binary" }, "text": { "type": "string" },
    } } });
    Some(match (line.method, line.path) {
        ("POST", "/api/v1/licenses") => json(schemas.subschema_for::<IssueDto>()),
        ("POST", "/api/v1/licenses/{id}/versions") => json(schemas.subschema_for::<VersionDto>()),
        ("POST", "/api/v1/licenses/{id}/status") => json(schemas.subschema_for::<StatusDto>()),
        ("POST", "/api/v1/oauth/token") => json!({ "application/x-www-form-urlencoded": { "schema": {
            "type": "object", "required": ["grant_type"],
            "properties": {
                "grant_type": { "const": "client_credentials" }, "scope": { "type": "string" },
                "client_id": { "type": "string" }, "client_secret": { "type": "string" },
            },
        } } }),
        ("POST", "/api/v1/verify") => {
            let mut content = json(schemas.subschema_for::<VerifyDto>());
            content["multipart/form-data"] = upload;
            content["text/plain"] = json!({ "schema": { "type": "string" } });
            for kind in ["application/ofd", "application/pdf", "application/octet-stream"] {
                content[kind] = json!({ "schema": { "type": "string", "format": "binary" } });
            }
            content
        }
        ("POST", "/verify") => json!({ "multipart/form-data": upload }),
        _ => return None,
    })
}

fn success(line: &Line, schemas: &mut SchemaGenerator) -> (&'static str, Value) {
    fn of<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
        json!({ "application/json": { "schema": schemas.subschema_for::<T>() } })
    }
    let plain = |kind: &str| json!({ kind: { "schema": { "type": "string" } } });
    let binary = |kind: &str| json!({ kind: { "schema": { "type": "string", "format": "binary" } } });
    let mut status = "200";
    let content = match (line.method, line.path) {
        ("POST", "/api/v1/licenses" | "/api/v1/licenses/{id}/versions") => {
            status = "201";
            of::<IssuedDto>(schemas)
        }
        (_, "/api/v1/licenses/{id}" | "/api/v1/licenses/{id}/status") => of::<LicenseDto>(schemas),
        (_, "/api/v1/licenses/{id}/index") => of::<IndexDto>(schemas),
        (_, "/api/v1/licenses/{id}/history") => of::<HistoryDto>(schemas),
        (_, "/api/v1/licenses/{id}/ofd") => binary("application/ofd"),
        (_, "/api/v1/licenses/{id}/pdf") => binary("application/pdf"),
        (_, "/api/v1/licenses/{id}/png") => binary("image/png"),
        (_, "/V/{token}/face.jpg") => binary("image/jpeg"),
        (_, "/api/v1/types") => of::<TypesDto>(schemas),
        (_, "/api/v1/types/{id}") => of::<TypeDetailDto>(schemas),
        (_, "/api/v1/verify") => of::<ReportDto>(schemas),
        (_, "/api/v1/trust-list") => plain("application/jose"),
        (_, "/api/v1/oauth/token") => json!({ "application/json": { "schema": {
            "type": "object", "required": ["access_token", "token_type", "expires_in"],
            "properties": {
                "access_token": { "type": "string" }, "token_type": { "const": "Bearer" },
                "expires_in": { "type": "integer" }, "scope": { "type": "string" },
            },
        } } }),
        (_, "/openapi.json") => json!({ "application/json": { "schema": { "type": "object" } } }),
        (_, "/healthz" | "/readyz" | "/metrics") => plain("text/plain"),
        (_, "/style.css") => plain("text/css"),
        _ => plain("text/html"),
    };
    (status, json!({ "description": "Done", "content": content }))
}

/// The codes a route may answer with.
fn refusals(line: &Line) -> Vec<Code> {
    let mut codes = Vec::new();
    match line.door {
        Door::Open => {}
        Door::Limited => codes.push(Code::RateLimited),
        Door::Needs(_) | Door::NeedsPurpose(_) => {
            codes.extend([Code::AuthMissing, Code::AuthInvalid, Code::AuthScope, Code::Busy, Code::StoreUnavailable, Code::Late]);
        }
    }
    if matches!(line.door, Door::NeedsPurpose(_)) {
        codes.extend([Code::PurposeMissing, Code::Parameter]);
    }
    if line.path.contains("/licenses/{id}") {
        codes.extend([Code::IdMalformed, Code::LicenseUnknown]);
    }
    if line.path == "/api/v1/types/{id}" {
        codes.push(Code::TypeUnknown);
    }
    if line.path.ends_with("face.jpg") {
        codes.extend([Code::RouteUnknown, Code::Busy]);
    }
    if line.method == "POST" {
        codes.extend([Code::TooLarge, Code::MediaType, Code::BodyTimeout]);
    }
    if line.method == "POST" && line.path.starts_with("/api/") && line.path != "/api/v1/oauth/token" {
        codes.extend([Code::JsonSyntax, Code::JsonShape]);
    }
    match line.path {
        "/api/v1/licenses" => codes.extend([
            Code::KeyMissing, Code::TypeUnknown, Code::Fields, Code::Layout, Code::TypeNotIssued,
            Code::IdempotencyConflict, Code::NumberDuplicate, Code::OutcomeUnknown,
        ]),
        "/api/v1/licenses/{id}/versions" => codes.extend([
            Code::KeyMissing, Code::Fields, Code::Layout, Code::IdempotencyConflict, Code::RevisionConflict,
            Code::Transition, Code::OutcomeUnknown,
        ]),
        "/api/v1/licenses/{id}/status" => {
            codes.extend([Code::Fields, Code::RevisionConflict, Code::Transition, Code::OutcomeUnknown]);
        }
        "/api/v1/verify" | "/verify" => codes.extend([Code::Unreadable, Code::IdMalformed, Code::Busy, Code::Late]),
        _ => {}
    }
    codes
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457. `code` is stable; `errors` names every wrong field at once.",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": { "type": "string", "description": "urn:license:problem:<code>" },
            "title": { "type": "string" },
            "title_zh": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string", "enum": Code::ALL.iter().map(|code| code.word()).collect::<Vec<_>>() },
            "detail": { "type": "string" },
            "request_id": { "type": "string" },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["field", "rule", "pointer", "message", "message_en"],
                "properties": {
                    "field": { "type": "string" },
                    "rule": { "type": "string" },
                    "pointer": { "type": "string", "description": "JSON pointer into the request's body" },
                    "character": { "type": "integer", "description": "Character at fault, from 1" },
                    "message": { "type": "string" },
                    "message_en": { "type": "string" },
                    "value_excerpt": { "type": "string", "description": "Masked when the field is sensitive" },
                },
            } },
        },
    })
}

fn tag_of(line: &Line) -> &'static str {
    ABOUT_ROUTES.iter().find(|about| about.0 == line.method && about.1 == line.path).map_or("", |about| about.2)
}

const ABOUT: &str = "Issue, fetch, verify, and change the state of electronic licenses 电子证照.\n\n\
Writes and full fetches need an access token: POST /api/v1/oauth/token with the client's id and secret \
(grant_type=client_credentials), then send Authorization: Bearer. Every read says what it is for.\n\n\
Refusals are application/problem+json with a stable code, and all wrong fields at once. \
Verification is open to anyone and rate-limited.";

const TAGS: &[(&str, &str)] = &[
    ("licenses", "颁发、取用、状态变更 Issue, fetch, change of state."),
    ("verify", "核验 Open to anyone."),
    ("catalog", "证照类型与信任列表 License types and the trust list."),
    ("access", "访问令牌 Access tokens."),
    ("pages", "网页 Pages for people."),
    ("operation", "运行 For those who watch over the service."),
];

type About = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Method, path, tag, summary, description.
#[rustfmt::skip]
const ABOUT_ROUTES: &[About] = &[
    ("GET", "/", "pages", "首页 Front page", ""),
    ("GET", "/verify", "pages", "提交核验 Form to paste a code or hand in a file", ""),
    ("POST", "/verify", "pages", "核验结果 The form's answer", ""),
    ("GET", "/V/{token}", "pages", "二维码页面 The page behind the QR code", "Shows what the license says only when a trusted issuer has signed it."),
    ("GET", "/v/{token}", "pages", "二维码页面 The same in lower case", ""),
    ("GET", "/V/{token}/face.jpg", "pages", "照面预览 Small marked picture of a license that verifies", ""),
    ("GET", "/style.css", "pages", "样式 Style sheet", ""),
    ("POST", "/api/v1/oauth/token", "access", "获取访问令牌 Get an access token", "RFC 6749 4.4. Credentials by HTTP Basic or in the form. Refusals of credentials have the form of RFC 6749 5.2."),
    ("GET", "/api/v1/types", "catalog", "证照类型 License types", ""),
    ("GET", "/api/v1/types/{id}", "catalog", "类型的字段 Fields of a type, with a sample", ""),
    ("GET", "/api/v1/trust-list", "catalog", "信任列表 The signed trust list (JWS)", "What offline verifiers need."),
    ("POST", "/api/v1/licenses", "licenses", "颁发 Issue a license", "The license exists, durably, before the answer. Repeating a request under its key gives the same license, with the header Idempotency-Replayed."),
    ("GET", "/api/v1/licenses/{id}", "licenses", "证照信息 Record and state", ""),
    ("GET", "/api/v1/licenses/{id}/index", "licenses", "证照索引 The signed index (QR text)", ""),
    ("GET", "/api/v1/licenses/{id}/ofd", "licenses", "OFD 原件 The sealed original", ""),
    ("GET", "/api/v1/licenses/{id}/pdf", "licenses", "PDF 版 Its signed twin", ""),
    ("GET", "/api/v1/licenses/{id}/png", "licenses", "照面图片 The face as a picture", ""),
    ("GET", "/api/v1/licenses/{id}/history", "licenses", "历史 All versions and changes of state", ""),
    ("POST", "/api/v1/licenses/{id}/versions", "licenses", "换发 Issue the next version (001→002)", "The old version becomes superseded in the same commit."),
    ("POST", "/api/v1/licenses/{id}/status", "licenses", "状态变更 Change the state", ""),
    ("POST", "/api/v1/verify", "verify", "核验 Verify a QR text, an identifier or a file", "Always a report: a bad license is not an error."),
    ("GET", "/healthz", "operation", "存活 Alive", ""),
    ("GET", "/readyz", "operation", "就绪 Ready: not stopping, and the register answers", "503 while not."),
    ("GET", "/metrics", "operation", "指标 Prometheus metrics", ""),
    ("GET", "/openapi.json", "operation", "本文档 This document", ""),
    ("GET", "/docs", "operation", "接口文档 This document as a page", ""),
];
