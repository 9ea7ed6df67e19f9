//! What goes in and comes out of each route.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use crate::api::dto::{
    EditionsDto, FacesDto, HistoryDto, ImportedDto, IndexDto, IssueDto, IssuedDto, LicenseDto, OtherListsDto,
    StatusDto, TypeDetailDto, TypesDto, VerifyDto, VersionDto,
};
use crate::api::problem::Code;
use crate::api::router::{Door, Line};
use crate::report::ReportDto;
use license_core::verify::signed_report::MEDIA_TYPE;

/// What a route takes.
pub(super) fn request(line: &Line, schemas: &mut SchemaGenerator) -> Option<Value> {
    let json = |schema: schemars::Schema| json!({ "application/json": { "schema": schema } });
    let upload = json!({ "schema": { "type": "object", "properties": {
        "file": { "type": "string", "format": "binary" }, "text": { "type": "string" },
    } } });
    Some(match (line.method, line.path) {
        ("POST", "/api/v1/licenses") => json(schemas.subschema_for::<IssueDto>()),
        ("POST", "/api/v1/trust-lists") => json!({ "application/jose": { "schema": { "type": "string" } } }),
        ("POST", "/api/v1/licenses/{id}/versions") => json(schemas.subschema_for::<VersionDto>()),
        ("POST", "/api/v1/licenses/{id}/faces") => json(schemas.subschema_for::<FacesDto>()),
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

/// What a route answers when all is well.
pub(super) fn success(line: &Line, schemas: &mut SchemaGenerator) -> (&'static str, Value) {
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
        ("POST", "/api/v1/licenses/{id}/faces") => {
            status = "201";
            of::<LicenseDto>(schemas)
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
        (_, "/api/v1/verify") => {
            let mut content = of::<ReportDto>(schemas);
            let about = "Canonical JSON with the server's detached JWS: docs/formats/verification-report.md";
            content[MEDIA_TYPE] = json!({ "schema": { "type": "object", "description": about } });
            content
        }
        (_, "/api/v1/trust-list" | "/api/v1/trust-list/editions/{edition}") => plain("application/jose"),
        (_, "/api/v1/trust-list/editions") => of::<EditionsDto>(schemas),
        ("GET", "/api/v1/trust-lists") => of::<OtherListsDto>(schemas),
        ("POST", "/api/v1/trust-lists") => of::<ImportedDto>(schemas),
        (_, "/api/v1/oauth/token") => json!({ "application/json": { "schema": {
            "type": "object", "required": ["access_token", "token_type", "expires_in"],
            "properties": {
                "access_token": { "type": "string" }, "token_type": { "const": "Bearer" },
                "expires_in": { "type": "integer" }, "scope": { "type": "string" },
            },
        } } }),
        (_, "/openapi.json") => json!({ "application/json": { "schema": { "type": "object" } } }),
        (_, "/healthz" | "/readyz" | "/metrics") => plain("text/plain"),
        (_, "/style.css" | "/font/{key}.css") => plain("text/css"),
        (_, "/font/{key}/{face}.ttf") => binary("font/ttf"),
        _ => plain("text/html"),
    };
    (status, json!({ "description": "Done", "content": content }))
}

/// The codes a route may answer with.
pub(super) fn refusals(line: &Line) -> Vec<Code> {
    let mut codes = Vec::new();
    match line.door {
        Door::Open => {}
        Door::Limited => codes.push(Code::RateLimited),
        Door::Needs(_) | Door::NeedsPurpose(_) => {
            codes.extend([
                Code::AuthMissing,
                Code::AuthInvalid,
                Code::AuthScope,
                Code::Busy,
                Code::StoreUnavailable,
                Code::Late,
            ]);
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
    if line.path.ends_with("/png") {
        codes.push(Code::TemplateGone);
    }
    if line.path.starts_with("/font/") {
        codes.push(Code::RouteUnknown);
    }
    if line.path.ends_with("face.jpg") {
        codes.push(Code::RouteUnknown);
    }
    if line.path.ends_with(".jpg") || line.path.ends_with(".ttf") {
        codes.push(Code::Busy);
    }
    if line.method == "POST" {
        codes.extend([Code::TooLarge, Code::MediaType, Code::BodyTimeout]);
    }
    if line.path.ends_with("/{edition}") {
        codes.push(Code::TrustEdition);
    }
    let json = !["/api/v1/oauth/token", "/api/v1/trust-lists"].contains(&line.path);
    if line.method == "POST" && line.path.starts_with("/api/") && json {
        codes.extend([Code::JsonSyntax, Code::JsonShape]);
    }
    match line.path {
        "/api/v1/trust-lists" if line.method == "POST" => {
            codes.extend([Code::TrustRollback, Code::TrustNotNamed, Code::TrustUnfit, Code::OutcomeUnknown]);
        }
        "/api/v1/licenses" => codes.extend([
            Code::SignerUnavailable,
            Code::SignerGivenUp,
            Code::KeyMissing,
            Code::TypeUnknown,
            Code::Fields,
            Code::Layout,
            Code::TypeNotIssued,
            Code::IdempotencyConflict,
            Code::NumberDuplicate,
            Code::OutcomeUnknown,
            Code::TimeStampUnavailable,
        ]),
        "/api/v1/licenses/{id}/versions" => codes.extend([
            Code::SignerUnavailable,
            Code::SignerGivenUp,
            Code::KeyMissing,
            Code::Fields,
            Code::Layout,
            Code::IdempotencyConflict,
            Code::RevisionConflict,
            Code::Transition,
            Code::OutcomeUnknown,
            Code::TimeStampUnavailable,
        ]),
        "/api/v1/licenses/{id}/faces" => codes.extend([
            Code::SignerUnavailable,
            Code::SignerGivenUp,
            Code::Fields,
            Code::Layout,
            Code::TemplateGone,
            Code::FontsGone,
            Code::RevisionConflict,
            Code::Transition,
            Code::OutcomeUnknown,
            Code::TimeStampUnavailable,
        ]),
        "/api/v1/licenses/{id}/status" => {
            codes.extend([
                Code::Fields,
                Code::IdempotencyConflict,
                Code::RevisionConflict,
                Code::Transition,
                Code::OutcomeUnknown,
            ]);
        }
        "/api/v1/verify" | "/verify" => {
            codes.extend([Code::Unreadable, Code::Fields, Code::IdMalformed, Code::Busy, Code::Late]);
            if line.path == "/api/v1/verify" {
                codes.extend([Code::Parameter, Code::ReportUnsigned, Code::SignerUnavailable]);
            }
        }
        _ => {}
    }
    codes
}

/// The schema of all refusals.
pub(super) fn problem() -> Value {
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
