//! Around every request: its id, the security headers, the access log, the counters.
//!
//! The log names the route as written in the table, never the path or the query: a token is data of a license.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use super::access::CalledBy;
use super::problem::{Code, Problem};
use super::router::Route;
use super::state::State;
use crate::web::error_page;

pub(crate) async fn observe(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let start = Instant::now();
    let id = request_id();
    let mut response = next.call(request).await?;
    if let Some(problem) = problem(&response) {
        let html = wants_page(&response);
        let request = response.request();
        let answer = if html { error_page(&problem, request, &id) } else { problem.answer(&id) };
        response = response.into_response(answer);
    }
    let status = response.status();
    set_headers(&mut response, &id);
    let took = start.elapsed();
    let request = response.request();
    let route = request.app_data::<Route>().map_or("unmatched", |route| route.0);
    let method = method(request.method());
    if let Some(state) = request.app_data::<web::Data<State>>() {
        state.metrics.answered(method, route, status.as_u16(), took);
    }
    let extensions = request.extensions();
    let client = extensions.get::<CalledBy>().map_or("", |client| &client.0);
    tracing::info!(
        target: "access",
        method,
        route,
        status = status.as_u16(),
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        client,
        request = &*id,
    );
    drop(extensions);
    Ok(response)
}

/// The refusal inside an answer; what the framework refused by itself becomes one of ours.
fn problem(response: &ServiceResponse) -> Option<Problem> {
    let error = response.response().error()?;
    if let Some(problem) = error.as_error::<Problem>() {
        return Some(problem.again());
    }
    Some(match response.status() {
        StatusCode::NOT_FOUND => Problem::new(Code::RouteUnknown, ""),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::TooLarge, ""),
        StatusCode::REQUEST_TIMEOUT => Problem::new(Code::BodyTimeout, ""),
        status if status.is_client_error() => Problem::new(Code::Unreadable, ""),
        _ => Problem::new(Code::Internal, ""),
    })
}

fn wants_page(response: &ServiceResponse) -> bool {
    let request = response.request();
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html") && !request.path().starts_with("/api/")
}

fn set_headers(response: &mut ServiceResponse, id: &str) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Unique within the process, and different from the last process's.
fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static START: OnceLock<u64> = OnceLock::new();
    let start = START.get_or_init(|| {
        let mut bytes = [0; 8];
        // Without randomness ids merely begin at nought.
        let _ = getrandom::fill(&mut bytes);
        u64::from_ne_bytes(bytes)
    });
    format!("{:016x}", start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)))
}
