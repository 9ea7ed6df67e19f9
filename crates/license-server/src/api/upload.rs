//! Forms with a file (multipart/form-data, RFC 7578).

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;

use super::body;
use super::problem::{Code, FieldProblem, Problem};
use super::state::State;

/// What was handed in.
pub(crate) enum Upload {
    /// The field `text`.
    Text(String),
    /// The field `file`.
    File(Vec<u8>),
}

/// Parts that are looked at.
const MAX_PARTS: usize = 8;
/// Boundaries and heads of the parts.
const AROUND: usize = 64 << 10;

/// A form with a `file` or a `text`; the file wins when both are filled.
pub(crate) async fn read(state: &State, request: &HttpRequest, payload: web::Payload) -> Result<Upload, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > state.http.file_bytes + AROUND) {
        body::discard(state, payload).await;
        return Err(body::too_large(state.http.file_bytes));
    }
    timeout(state.http.body_timeout, parts(state, Multipart::new(request.headers(), payload)))
        .await
        .unwrap_or_else(|_| Err(Problem::new(Code::BodyTimeout, "")))
}

async fn parts(state: &State, mut form: Multipart) -> Result<Upload, Problem> {
    let unreadable = |error: actix_multipart::MultipartError| Problem::new(Code::Unreadable, error.to_string());
    let (mut text, mut file) = (None, None);
    let mut seen = 0;
    let mut others: Vec<String> = Vec::new();
    let mut empty_file = false;
    while let Some(part) = form.next().await {
        let mut part = part.map_err(unreadable)?;
        seen += 1;
        if seen > MAX_PARTS {
            return Err(Problem::new(Code::Unreadable, format!("more than {MAX_PARTS} parts")));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let limit = if name == "file" { state.http.file_bytes } else { state.http.json_bytes };
        let bytes = part.bytes(limit).await.map_err(|_| body::too_large(limit))?.map_err(unreadable)?;
        match name.as_str() {
            "file" if !bytes.is_empty() => file = Some(bytes.to_vec()),
            "text" => text = Some(String::from_utf8_lossy(&bytes).into_owned()),
            // A form whose file was left out sends an empty one.
            "file" => empty_file = true,
            _ => others.push(name),
        }
    }
    match (file, text) {
        (Some(file), _) => Ok(Upload::File(file)),
        (None, Some(text)) => Ok(Upload::Text(text)),
        // An empty file is judged like any other input.
        (None, None) if empty_file => Ok(Upload::Text(String::new())),
        (None, None) => Err(no_known_part(&others)),
    }
}

fn no_known_part(others: &[String]) -> Problem {
    let visible = |name: &String| name.chars().filter(|char| !char.is_control()).take(40).collect::<String>();
    let given = match others {
        [] => "no part".to_owned(),
        others => {
            format!("only {}", others.iter().map(|name| format!("{:?}", visible(name))).collect::<Vec<_>>().join(", "))
        }
    };
    let field = FieldProblem {
        field: "file".to_owned(),
        rule: "multipart.part".to_owned(),
        pointer: String::new(),
        character: None,
        message: "表单中没有名为“file”（OFD、PDF 文件）或“text”（二维码内容）的部分".to_owned(),
        message_en: format!(
            "the form has {given}: send a part named \"file\" (an OFD or PDF) or \"text\" (the text of a QR code)"
        ),
        value_excerpt: None,
    };
    Problem::new(Code::Fields, field.message_en.clone()).with_errors(vec![field])
}
