//! Forms with a file (multipart/form-data, RFC 7578).

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;

use super::body;
use super::problem::{Code, Problem};
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
            _ => {}
        }
    }
    match (file, text) {
        (Some(file), _) => Ok(Upload::File(file)),
        (None, text) => Ok(Upload::Text(text.unwrap_or_default())),
    }
}
