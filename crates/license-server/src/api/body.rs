//! Reading bodies under limits of size and time.

use std::time::Instant;

use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use license_core::fill::{JsonFault, check_json};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use super::problem::{Code, FieldProblem, Problem};
use super::state::State;

/// What is read and thrown away of a body that is too large, so that the caller gets to read the answer.
const DRAINED: usize = 96 << 20;

/// Content type without parameters, in lower case; empty when absent.
pub(super) fn media_type(request: &HttpRequest) -> String {
    let header = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    header.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

/// The whole body, of at most `limit` bytes.
pub(super) async fn bytes(state: &State, mut payload: web::Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let until = Instant::now() + state.http.body_timeout;
    let mut body = Vec::new();
    let mut seen = 0_usize;
    let late = |_| Problem::new(Code::BodyTimeout, "");
    while let Some(chunk) =
        timeout(until.saturating_duration_since(Instant::now()), payload.next()).await.map_err(late)?
    {
        let chunk = chunk.map_err(|error| Problem::new(Code::Unreadable, error.to_string()))?;
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
            body.extend_from_slice(&chunk);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > limit {
        return Err(too_large(limit));
    }
    Ok(body)
}

/// A JSON body; anything else is refused by its content type.
pub(super) async fn json<T: DeserializeOwned>(
    state: &State,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let kind = media_type(request);
    if kind != "application/json" {
        discard(state, payload).await;
        return Err(wrong_type(&kind, "application/json"));
    }
    parse(&bytes(state, payload, state.http.json_bytes).await?)
}

/// JSON, or where it stops being that.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A struct would be read from an array too: by position, which is nobody's intention.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => Problem::new(Code::JsonShape, "send an object"),
            Err(error) => Problem::new(Code::JsonSyntax, error.to_string()),
        });
    }
    check_json(bytes).map_err(|fault| match fault {
        JsonFault::Duplicate { pointer, line, column } => {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            let field = FieldProblem {
                field: name.replace("~1", "/").replace("~0", "~"),
                rule: "json.duplicate-key".to_owned(),
                character: None,
                message: format!("第 {line} 行第 {column} 列：“{pointer}”给了两次，请只保留一个"),
                message_en: format!("line {line}, column {column}: {pointer} stands twice: keep one of the two"),
                value_excerpt: None,
                pointer,
            };
            Problem::new(Code::JsonShape, field.message_en.clone()).with_errors(vec![field])
        }
        fault => Problem::new(Code::JsonSyntax, fault.to_string()),
    })?;
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => {
            let field = FieldProblem {
                field: String::new(),
                rule: "json.shape".to_owned(),
                pointer: String::new(),
                character: None,
                message: format!("第 {} 行第 {} 列：JSON 结构与要求不符", error.line(), error.column()),
                message_en: error.to_string(),
                value_excerpt: None,
            };
            Problem::new(Code::JsonShape, error.to_string()).with_errors(vec![field])
        }
        _ => Problem::new(Code::JsonSyntax, error.to_string()),
    })
}

/// Reads a body and throws it away.
pub(super) async fn discard(state: &State, payload: web::Payload) {
    // Whatever comes of it: the answer is known already.
    let _ = bytes(state, payload, 0).await;
}

pub(super) fn too_large(limit: usize) -> Problem {
    Problem::new(Code::TooLarge, format!("at most {limit} bytes"))
}

pub(super) fn wrong_type(given: &str, wanted: &str) -> Problem {
    let given = if given.is_empty() { "none" } else { given };
    Problem::new(Code::MediaType, format!("send {wanted}, not {given}"))
}
