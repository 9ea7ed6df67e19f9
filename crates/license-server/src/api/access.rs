//! Who calls, from where, and what for.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest, web};

use super::problem::{Code, Problem};
use super::rate::Limiter;
use super::refusal::PURPOSE;
use super::state::State;
use crate::service::clients::Scope;
use crate::service::{Access, Caller};

/// Longest purpose, in characters.
const MAX_PURPOSE: usize = 200;

/// The client application of a request, for the access log.
#[derive(Clone)]
pub(super) struct CalledBy(pub(super) String);

/// The client of a request's bearer token, when it has the scope.
pub(super) fn require(state: &State, request: &HttpRequest, scope: Scope) -> Result<Caller, Problem> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .ok_or_else(|| Problem::new(Code::AuthMissing, "send Authorization: Bearer …"))?;
    let token = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| Problem::new(Code::AuthMissing, "send Authorization: Bearer …"))?;
    let now = state.office.clock().now();
    let claims = state.bearer.check(token, now).ok_or_else(|| Problem::new(Code::AuthInvalid, ""))?;
    request.extensions_mut().insert(CalledBy(claims.sub.clone()));
    // A client that was locked out, or lost a scope, is so at once.
    let client = state
        .office
        .store()
        .client(&claims.sub)
        .map_err(crate::service::ServiceError::from)?
        .filter(|client| !client.disabled)
        .ok_or_else(|| Problem::new(Code::AuthInvalid, "the client is locked out"))?;
    if !claims.allows(scope) || !client.scopes.iter().any(|word| word == scope.word()) {
        return Err(Problem::scope(scope.word()));
    }
    Ok(Caller { name: claims.sub })
}

/// The client and the purpose of a read.
pub(super) fn require_purpose(state: &State, request: &HttpRequest, scope: Scope) -> Result<Access, Problem> {
    let caller = require(state, request, scope)?;
    let header = || {
        let value = request.headers().get("x-purpose")?;
        std::str::from_utf8(value.as_bytes()).ok().map(str::to_owned)
    };
    let purpose = query(request, "purpose").or_else(header).unwrap_or_default().trim().to_owned();
    if purpose.is_empty() {
        return Err(Problem::new(Code::PurposeMissing, PURPOSE));
    }
    if purpose.chars().count() > MAX_PURPOSE || purpose.chars().any(char::is_control) {
        let detail = format!("purpose: at most {MAX_PURPOSE} characters, no control characters");
        return Err(Problem::new(Code::Parameter, detail));
    }
    Ok(Access { caller, purpose })
}

/// A parameter of the query.
pub(crate) fn query(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string()).ok()?;
    pairs.into_inner().into_iter().find_map(|(key, value)| (key == name).then_some(value))
}

/// Takes one from the limiter for the client's address.
pub(crate) fn limit(state: &State, request: &HttpRequest, limiter: &Limiter) -> Result<(), Problem> {
    limiter
        .take(address(state, request), Instant::now())
        .map_err(|seconds| Problem::new(Code::RateLimited, "").with_retry_after(seconds))
}

fn address(state: &State, request: &HttpRequest) -> IpAddr {
    let forwarded = || {
        let value = request.headers().get("x-forwarded-for")?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok()
    };
    let peer = || request.peer_addr().map(|peer| peer.ip());
    let forwarded = if state.http.behind_proxy { forwarded() } else { None };
    forwarded.or_else(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}
