//! The trust list: published with all its editions, and others' lists taken in.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use license_core::trust::ChangeKind;

use super::access::require;
use super::body;
use super::dto::{EditionDto, EditionsDto, ImportedDto, OtherListDto, OtherListsDto};
use super::problem::{Code, Problem};
use super::state::State;
use crate::service::ServiceError;
use crate::service::clients::Scope;
use crate::service::trust::TrustError;

/// Media type of a signed list (RFC 7515 9.2.1).
pub(super) const JOSE: &str = "application/jose";
/// How long others may go by a copy before they ask again.
const FRESH: &str = "public, max-age=300, must-revalidate";
/// An edition never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Largest list that is taken in over HTTP; larger ones by `license trust import`.
const MAX_UPLOAD: usize = 8 << 20;

/// The signed trust list, for verifiers that work offline.
pub(super) async fn current(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let view = state.office.trust();
    signed(&request, &view.digest.to_string(), FRESH, || view.text.clone())
}

/// Every edition that was in use.
pub(super) async fn editions(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let kept = state.desk(|office| Ok(office.trust_book().editions(&**office.store())?)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, FRESH))
        .json(EditionsDto { editions: kept.iter().map(EditionDto::new).collect() }))
}

/// One of them.
pub(super) async fn edition(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let number = request.match_info().get("edition").unwrap_or_default().to_owned();
    let sequence = number.parse::<u64>().map_err(|_| Problem::new(Code::TrustEdition, &*number))?;
    let found = state.desk(move |office| Ok(office.trust_book().edition(&**office.store(), sequence)?)).await?;
    let (kept, text) = found.ok_or_else(|| Problem::new(Code::TrustEdition, number))?;
    Ok(signed(&request, &kept.digest.to_string(), FOR_EVER, || text))
}

/// Others' lists in use here.
pub(super) async fn others(state: web::Data<State>) -> HttpResponse {
    let view = state.office.trust();
    let lists = view.others.iter().map(OtherListDto::new).collect();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, FRESH)).json(OtherListsDto { lists })
}

/// Takes in the own list's next edition, or another operator's that the own one names.
pub(super) async fn import(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = require(&state, &request, Scope::Manage)?;
    let kind = body::media_type(&request);
    if kind != JOSE {
        body::discard(&state, payload).await;
        return Err(body::wrong_type(&kind, JOSE));
    }
    let bytes = body::bytes(&state, payload, MAX_UPLOAD).await?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::new(Code::TrustUnfit, "a signed list is ASCII text"))?;
    let imported = state.desk(move |office| Ok(office.import_trust(&caller, &text))).await?.map_err(refused)?;
    Ok(HttpResponse::Ok().json(ImportedDto::new(&imported)))
}

/// A text with its entity tag; nothing when the asker has it already (RFC 9110 13.1.2).
fn signed(request: &HttpRequest, digest: &str, freshness: &str, text: impl FnOnce() -> String) -> HttpResponse {
    let tag = format!("\"{digest}\"");
    let known = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    let known = known.into_iter().any(|one| one == tag || one == "*");
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, freshness));
    if known { response.finish() } else { response.content_type(JOSE).body(text()) }
}

fn refused(error: TrustError) -> Problem {
    match error {
        TrustError::NotNamed => Problem::new(Code::TrustNotNamed, ""),
        TrustError::Unfit(error) => Problem::new(Code::TrustUnfit, error.to_string()),
        TrustError::TooManyAuthorities(error) => Problem::new(Code::TrustUnfit, error.to_string()),
        TrustError::Rollback(error) => Problem::new(Code::TrustRollback, error.to_string()),
        TrustError::Store(error) => ServiceError::from(error).into(),
    }
}

/// As written in answers.
pub(super) fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Changed => "changed",
    }
}
