//! Reading: every read has a purpose.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use license_core::id::LicenseId;

use super::access::{query, require_purpose};
use super::dto::{HistoryDto, IndexDto, LicenseDto};
use super::problem::{Code, Problem};
use super::state::State;
use crate::service::PreviewOptions;
use crate::service::clients::Scope;
use crate::store::FileKind;

pub(super) async fn license(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let access = require_purpose(&state, &request, Scope::Fetch)?;
    let id = license_id(&request)?;
    let license = state.desk(move |office| office.fetch(&access, &id)).await?;
    Ok(HttpResponse::Ok().json(LicenseDto::new(&license, true)))
}

pub(super) async fn index(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let access = require_purpose(&state, &request, Scope::Fetch)?;
    let id = license_id(&request)?;
    let license = state.desk(move |office| office.fetch(&access, &id)).await?;
    Ok(HttpResponse::Ok().json(IndexDto {
        id: license.id.to_string(),
        text: license.index_token.clone(),
        status: license.status.to_string(),
    }))
}

pub(super) async fn ofd(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    file(state, request, FileKind::Ofd, "ofd").await
}

pub(super) async fn pdf(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    file(state, request, FileKind::Pdf, "pdf").await
}

/// A face as a picture; `dpi` 10 to 600, `page` from 1.
pub(super) async fn png(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let access = require_purpose(&state, &request, Scope::Fetch)?;
    let id = license_id(&request)?;
    let dpi = number(&request, "dpi", 96, 10..=600)?;
    let page = number(&request, "page", 1, 1..=1000)?;
    let options = PreviewOptions { dpi, page: page as usize - 1, marked: false };
    let face = query(&request, "face");
    let picture = state.press(move |office| office.fetch_picture(&access, &id, face.as_deref(), options)).await?;
    Ok(HttpResponse::Ok().content_type("image/png").body(picture.to_vec()))
}

pub(super) async fn history(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let access = require_purpose(&state, &request, Scope::Fetch)?;
    let id = license_id(&request)?;
    let versions = state.desk(move |office| office.history(&access, &id)).await?;
    Ok(HttpResponse::Ok().json(HistoryDto::new(&versions)))
}

/// The identifier in the path.
pub(super) fn license_id(request: &HttpRequest) -> Result<LicenseId, Problem> {
    let text = request.match_info().get("id").unwrap_or_default();
    text.parse().map_err(|error: license_core::id::CodeError| Problem::new(Code::IdMalformed, error.to_string()))
}

async fn file(
    state: web::Data<State>,
    request: HttpRequest,
    kind: FileKind,
    ending: &str,
) -> Result<HttpResponse, Problem> {
    let access = require_purpose(&state, &request, Scope::Fetch)?;
    let id = license_id(&request)?;
    let face = query(&request, "face");
    let file = state.desk(move |office| office.fetch_file(&access, &id, kind, face.as_deref())).await?;
    let digest = STANDARD.encode(file.file.digest.as_bytes());
    Ok(HttpResponse::Ok()
        .content_type(kind.media_type())
        .insert_header((header::CONTENT_DISPOSITION, attachment(&file.license.number, ending)))
        .insert_header(("Repr-Digest", format!("sha-256=:{digest}:")))
        .body(file.bytes))
}

/// RFC 6266, with the certificate number as name whatever script it is in (RFC 8187).
fn attachment(number: &str, ending: &str) -> String {
    let mut name = String::new();
    for byte in number.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"license.{ending}\"; filename*=UTF-8''{name}.{ending}")
}

fn number(
    request: &HttpRequest,
    name: &str,
    default: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32, Problem> {
    let Some(text) = query(request, name) else { return Ok(default) };
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        Problem::new(Code::Parameter, format!("{name}: a number from {} to {}", range.start(), range.end()))
    })
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn names_of_any_script_stay_in_the_header() {
        let header = attachment("皖（2026）样例市不动产证明第1号\"\r\n", "pdf");
        assert!(header.is_ascii() && !header.contains(['\r', '\n']));
        assert!(header.ends_with("%E7%AC%AC1%E5%8F%B7%22%0D%0A.pdf"), "{header}");
    }
}
