//! Writing: new licenses, new versions, changes of state.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::access::require;
use super::body;
use super::dto::{API, FacesDto, IssueDto, IssuedDto, LicenseDto, StatusDto, VersionDto};
use super::fetch::license_id;
use super::problem::{Code, FieldProblem, Problem};
use super::state::State;
use crate::service::clients::Scope;
use crate::service::{Accepted, Action, IssueRequest, StatusRequest};

pub(super) async fn issue(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = require(&state, &request, Scope::Issue)?;
    let key = idempotency_key(&request)?;
    let wanted: IssueDto = body::json(&state, &request, payload).await?;
    let wanted = IssueRequest {
        type_id: wanted.type_id,
        data: wanted.data,
        faces: wanted.faces,
        related: wanted.related,
        case_number: wanted.case_number,
        matter_code: wanted.matter_code,
        idempotency_key: Some(key),
    };
    let accepted = state.press(move |office| office.issue(&caller, &wanted)).await?;
    Ok(created(&state, &accepted))
}

/// The next version in place of the one that stands (001→002).
pub(super) async fn new_version(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = require(&state, &request, Scope::Issue)?;
    let key = idempotency_key(&request)?;
    let id = license_id(&request)?;
    let wanted: VersionDto = body::json(&state, &request, payload).await?;
    required("reason", &wanted.reason)?;
    required("case_number", &wanted.case_number)?;
    let accepted = state
        .press(move |office| {
            let request = IssueRequest {
                type_id: office.type_of(&id)?,
                data: wanted.data,
                faces: wanted.faces,
                related: wanted.related,
                case_number: Some(wanted.case_number),
                matter_code: wanted.matter_code,
                idempotency_key: Some(key),
            };
            office.supersede(&caller, &id, wanted.revision, &wanted.reason, &request)
        })
        .await?;
    Ok(created(&state, &accepted))
}

/// Further faces of a license that stands: 201 when files were made, 200 when it had them all.
pub(super) async fn add_faces(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = require(&state, &request, Scope::Issue)?;
    let id = license_id(&request)?;
    let wanted: FacesDto = body::json(&state, &request, payload).await?;
    let (license, made) = state
        .press(move |office| {
            let before = office.revision_of(&id)?;
            let license = office.add_faces(&caller, &id, &wanted.faces)?;
            let made = license.revision != before;
            Ok((license, made))
        })
        .await?;
    let mut response = if made { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(LicenseDto::new(&license, false)))
}

pub(super) async fn change_status(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = require(&state, &request, Scope::Manage)?;
    let id = license_id(&request)?;
    let wanted: StatusDto = body::json(&state, &request, payload).await?;
    required("reason", &wanted.reason)?;
    required("case_number", &wanted.case_number)?;
    let action = Action::from_word(&wanted.action).ok_or_else(|| {
        let words: Vec<&str> = Action::ALL.iter().map(|(_, word)| *word).collect();
        wrong("action", "enum", "不是可用的操作", &format!("one of {}", words.join(", ")))
    })?;
    let change = StatusRequest {
        action,
        reason: wanted.reason,
        case_number: Some(wanted.case_number),
        revision: wanted.revision,
    };
    let key = key(&request)?;
    let license = state.desk(move |office| office.change_status_once(&caller, &id, &change, key.as_deref())).await?;
    Ok(HttpResponse::Ok().json(LicenseDto::new(&license, false)))
}

fn created(state: &State, accepted: &Accepted) -> HttpResponse {
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("{API}/licenses/{}", accepted.license.id)));
    if accepted.replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    } else {
        state.metrics.issued(&accepted.license.type_id);
    }
    response.json(IssuedDto::new(accepted))
}

fn idempotency_key(request: &HttpRequest) -> Result<String, Problem> {
    key(request)?.ok_or_else(|| Problem::new(Code::KeyMissing, "same key, same license: choose one per case"))
}

fn key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let header = request.headers().get("idempotency-key").map(|key| key.to_str().map(str::to_owned));
    header.transpose().map_err(|_| Problem::new(Code::Parameter, "Idempotency-Key: visible ASCII only"))
}

fn required(field: &str, value: &str) -> Result<(), Problem> {
    if value.trim().is_empty() {
        return Err(wrong(field, "required", "不能为空", "is required"));
    }
    Ok(())
}

fn wrong(field: &str, rule: &str, zh: &str, en: &str) -> Problem {
    let error = FieldProblem {
        field: field.to_owned(),
        rule: rule.to_owned(),
        pointer: format!("/{field}"),
        character: None,
        message: format!("{field} {zh}"),
        message_en: format!("{field}: {en}"),
        value_excerpt: None,
    };
    Problem::new(Code::Fields, "1 field is wrong").with_errors(vec![error])
}
