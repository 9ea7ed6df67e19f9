//! `GET /V/{token}`: where the QR code leads.

use actix_web::{HttpRequest, HttpResponse, web};
use license_core::verify::{Report, Verdict};

use super::lang::Lang;
use super::layout::{Frame, answer, path};
use super::result::{self, Picture};
use crate::api::{Code, Problem, State, limit};

/// Longer side of the small picture in pixels.
const SIDE: u32 = 560;

pub(crate) async fn token(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.verify_rate)?;
    let report = verify(&state, &request)?;
    state.metrics.verified(report.verdict);
    let here = path(&request);
    Ok(page(&state, &report, Lang::of(&request), Some(here)))
}

/// The small picture of the face named (`face=`) or of the first; only of a license that verifies.
pub(crate) async fn face(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.verify_rate)?;
    let report = verify(&state, &request)?;
    let nothing = || Problem::new(Code::RouteUnknown, "");
    let subject = report.subject.as_ref().filter(|_| report.verdict == Verdict::Passed).ok_or_else(nothing)?;
    let id: license_core::id::LicenseId = subject.id.parse().map_err(|_| nothing())?;
    let face = request.query_string().split('&').find_map(|pair| pair.strip_prefix("face=")).map(str::to_owned);
    let picture = state.press(move |office| office.preview(&id, face.as_deref(), SIDE)).await;
    // A face that the license does not have is an address that does not exist.
    let picture = picture.map_err(|problem| if problem.is(Code::LicenseUnknown) { nothing() } else { problem })?;
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(picture.to_vec()))
}

/// The result page for a report.
pub(super) fn page(state: &State, report: &Report, lang: Lang, here: Option<&str>) -> HttpResponse {
    let template = report.subject.as_ref().and_then(|s| state.office.catalog().by_code(&s.type_code));
    let name = template.map(|template| lang.pick(&template.file.kind.name, &template.file.kind.name_en));
    let shown = template.is_some_and(|template| template.file.kind.public);
    let picture = if shown { picture(state, report) } else { None };
    let title = result::title(report, lang);
    let main = result::render(report, name, picture.as_ref(), lang);
    answer(HttpResponse::Ok(), Frame::new(state, lang, &title, here).page(&main))
}

fn verify(state: &State, request: &HttpRequest) -> Result<Report, Problem> {
    let token = request.match_info().get("token").unwrap_or_default();
    Ok(state.office.verify_text(&format!("{}{token}", state.office.address()))?)
}

fn picture(state: &State, report: &Report) -> Option<Picture> {
    let subject = report.subject.as_ref().filter(|_| report.verdict == Verdict::Passed)?;
    let id = subject.id.parse().ok()?;
    let face = state.office.face_of(&id).ok()??;
    let (width, height) = face.pixels(SIDE);
    let href = format!("/V/{}/face.jpg", face.token);
    Some(Picture { href, width, height, faces: face.faces })
}
