//! License types: what anyone may know.

use actix_web::{HttpRequest, HttpResponse, web};

use super::dto::{TypeDetailDto, TypeDto, TypesDto};
use super::problem::{Code, Problem};
use super::state::State;

pub(super) async fn list(state: web::Data<State>) -> HttpResponse {
    let types = state.office.catalog().iter().map(|template| TypeDto::new(template)).collect();
    HttpResponse::Ok().json(TypesDto { types })
}

pub(super) async fn show(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").unwrap_or_default();
    let template = state.office.catalog().get(id).ok_or_else(|| Problem::new(Code::TypeUnknown, id))?;
    Ok(HttpResponse::Ok().json(TypeDetailDto::new(template)))
}
