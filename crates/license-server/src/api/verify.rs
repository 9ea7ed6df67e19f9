//! `POST /verify`: a QR text, an identifier or a file; open to anyone. The report comes plain or signed.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use license_core::verify::signed_report::MEDIA_TYPE;
use license_core::verify::{Report, Verdict};

use super::access::limit;
use super::body;
use super::dto::VerifyDto;
use super::problem::{Code, Problem};
use super::state::State;
use super::upload::{self, Upload};
use crate::report::WireReport;
use crate::service::Question;

pub(super) async fn verify(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.verify_rate)?;
    let signed = wants_signed(&request)?;
    let question = question(&state, &request, payload).await?;
    let (verdict, json, kind) = if signed {
        let (verdict, json) = state.press(move |office| office.signed_report(&question)).await?;
        (verdict, json, MEDIA_TYPE)
    } else {
        let (verdict, json) = match question {
            // Light enough to be done here and now.
            Question::Text(text) => state.office.verify_text_json(&text)?,
            Question::Id(id) => wire(&state.office.verify_id(&id)?),
            Question::File(bytes) => wire(&file(&state, bytes).await?),
        };
        (verdict, json, "application/json")
    };
    state.metrics.verified(verdict);
    // One address, two kinds of answers.
    Ok(HttpResponse::Ok().content_type(kind).insert_header((header::VARY, "Accept")).body(json))
}

async fn question(state: &State, request: &HttpRequest, payload: web::Payload) -> Result<Question, Problem> {
    let kind = body::media_type(request);
    match kind.as_str() {
        "application/json" => {
            let asked: VerifyDto = body::parse(&body::bytes(state, payload, state.http.json_bytes).await?)?;
            match (asked.text, asked.id) {
                (Some(text), None) => Ok(Question::Text(text)),
                (None, Some(id)) => Ok(Question::Id(id)),
                _ => Err(Problem::new(Code::JsonShape, "exactly one of text and id")),
            }
        }
        "text/plain" => Ok(Question::File(body::bytes(state, payload, state.http.json_bytes).await?)),
        "multipart/form-data" => match upload::read(state, request, payload).await? {
            Upload::Text(text) => Ok(Question::Text(text)),
            Upload::File(bytes) => Ok(Question::File(bytes)),
        },
        kind if FILES.contains(&kind) => Ok(Question::File(body::bytes(state, payload, state.http.file_bytes).await?)),
        kind => {
            body::discard(state, payload).await;
            Err(body::wrong_type(kind, "application/json, multipart/form-data, or the file itself"))
        }
    }
}

/// By `report=signed`, or by naming the media type in Accept.
fn wants_signed(request: &HttpRequest) -> Result<bool, Problem> {
    let mut values = request.query_string().split('&').filter_map(|pair| pair.strip_prefix("report="));
    match values.next_back() {
        Some("signed") => return Ok(true),
        Some("plain") => return Ok(false),
        Some(_) => return Err(Problem::new(Code::Parameter, "report: signed or plain")),
        None => {}
    }
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let mut kinds =
        accepted.flat_map(|value| value.split(',')).map(|kind| kind.split(';').next().unwrap_or(kind).trim());
    Ok(kinds.any(|kind| kind.eq_ignore_ascii_case(MEDIA_TYPE)))
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
