//! HTTP.

use actix_web::{HttpResponse, web};

mod state;

pub(crate) use state::State;

pub(crate) fn observe() -> actix_web::middleware::DefaultHeaders {
    actix_web::middleware::DefaultHeaders::new()
}

pub(crate) fn configure(app: &mut web::ServiceConfig, state: &std::sync::Arc<State>) {
    app.app_data(web::Data::from(state.clone()))
        .route("/healthz", web::get().to(async || HttpResponse::Ok().body("ok\n")));
}
