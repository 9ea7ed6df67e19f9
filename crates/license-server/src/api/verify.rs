//! `POST /verify`: a QR text, an identifier or a file; open to anyone.

use actix_web::{HttpRequest, HttpResponse, web};
use license_core::verify::{Report, Verdict};

use super::access::limit;
use super::body;
use super::dto::VerifyDto;
use super::problem::{Code, Problem};
use super::state::State;
use super::upload::{self, Upload};
use crate::report::WireReport;

pub(super) async fn verify(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.verify_rate)?;
    let kind = body::media_type(&request);
    let (verdict, json) = match kind.as_str() {
        "application/json" => {
            let asked: VerifyDto = body::parse(&body::bytes(&state, payload, state.http.json_bytes).await?)?;
            match (asked.text, asked.id) {
                // Light enough to be done here and now.
                (Some(text), None) => state.office.verify_text_json(&text)?,
                (None, Some(id)) => wire(&state.office.verify_id(&id)?),
                _ => return Err(Problem::new(Code::JsonShape, "exactly one of text and id")),
            }
        }
        "text/plain" => {
            let text = body::bytes(&state, payload, state.http.json_bytes).await?;
            wire(&file(&state, text).await?)
        }
        "multipart/form-data" => match upload::read(&state, &request, payload).await? {
            Upload::Text(text) => state.office.verify_text_json(&text)?,
            Upload::File(bytes) => wire(&file(&state, bytes).await?),
        },
        kind if FILES.contains(&kind) => {
            let bytes = body::bytes(&state, payload, state.http.file_bytes).await?;
            wire(&file(&state, bytes).await?)
        }
        kind => {
            body::discard(&state, payload).await;
            return Err(body::wrong_type(kind, "application/json, multipart/form-data, or the file itself"));
        }
    };
    state.metrics.verified(verdict);
    Ok(HttpResponse::Ok().content_type("application/json").body(json))
}

fn wire(report: &Report) -> (Verdict, Vec<u8>) {
    (report.verdict, WireReport::new(report).at(report.at))
}

/// Opens and judges a file on the pool.
pub(crate) async fn file(state: &State, bytes: Vec<u8>) -> Result<Report, Problem> {
    state.press(move |office| office.verify_file(&bytes)).await
}

/// Content types of a file.
const FILES: [&str; 5] = ["application/octet-stream", "application/ofd", "application/vnd.ofd", "application/pdf", ""];
