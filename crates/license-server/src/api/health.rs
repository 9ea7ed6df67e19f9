//! For those who watch over the service.

use actix_web::{HttpResponse, web};

use super::state::State;

/// Alive: the event loops answer.
pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Ready: not stopping, and the register answers.
pub(super) async fn ready(state: web::Data<State>) -> HttpResponse {
    let answers = || state.desk(|office| Ok(office.store().counts()?));
    let (status, text) = if !state.is_ready() {
        (503, "stopping\n")
    } else if answers().await.is_err() {
        (503, "the register does not answer\n")
    } else {
        (200, "ready\n")
    };
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}

/// Prometheus text.
pub(super) async fn metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(state.metrics.render(&state))
}
