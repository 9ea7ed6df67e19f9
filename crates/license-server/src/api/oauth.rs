//! `POST /oauth/token`: client credentials (RFC 6749 4.4), by HTTP Basic or in the form.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::access::{CalledBy, limit};
use super::body;
use super::problem::Problem;
use super::state::State;
use crate::service::clients::{Scope, authenticate};

/// Largest form.
const MAX_FORM: usize = 4096;

pub(super) async fn token(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.token_rate)?;
    let kind = body::media_type(&request);
    if kind != FORM {
        return Err(body::wrong_type(&kind, FORM));
    }
    let form = body::bytes(&state, payload, MAX_FORM).await?;
    let form = std::str::from_utf8(&form).unwrap_or_default();
    let Ok(pairs) = web::Query::<Vec<(String, String)>>::from_query(form) else {
        return Ok(refuse(StatusCode::BAD_REQUEST, "invalid_request", "the form cannot be read"));
    };
    let mut fields = Fields { pairs: pairs.into_inner(), twice: false };
    let grant = fields.take("grant_type");
    let wanted = fields.take("scope");
    let in_form = fields.take("client_id").zip(fields.take("client_secret"));
    let in_header = request.headers().get(header::AUTHORIZATION).and_then(|value| basic(value.to_str().ok()?));
    if fields.twice || (in_form.is_some() && in_header.is_some()) {
        return Ok(refuse(StatusCode::BAD_REQUEST, "invalid_request", "a parameter or a credential stands twice"));
    }
    match grant.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Ok(refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "only client_credentials")),
        None => return Ok(refuse(StatusCode::BAD_REQUEST, "invalid_request", "grant_type is missing")),
    }
    let Some((id, secret)) = in_header.or(in_form) else {
        return Ok(refuse(StatusCode::UNAUTHORIZED, "invalid_client", "no client credentials"));
    };
    let found = state.press(move |office| authenticate(&**office.store(), &id, &secret)).await?;
    let Some(client) = found else {
        return Ok(refuse(StatusCode::UNAUTHORIZED, "invalid_client", "unknown client or wrong secret"));
    };
    request.extensions_mut().insert(CalledBy(client.id.clone()));
    let granted: Vec<Scope> = client.scopes.iter().filter_map(|word| Scope::from_word(word)).collect();
    let scopes = match wanted.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        None => granted,
        Some(words) => {
            let asked: Option<Vec<Scope>> = words.split_ascii_whitespace().map(Scope::from_word).collect();
            match asked.filter(|asked| asked.iter().all(|scope| granted.contains(scope))) {
                Some(asked) => asked,
                None => return Ok(refuse(StatusCode::BAD_REQUEST, "invalid_scope", "not granted to this client")),
            }
        }
    };
    let token = state.bearer.make(&client.id, &scopes, state.office.clock().now());
    let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": state.bearer.life(),
        "scope": words.join(" "),
    })))
}

struct Fields {
    pairs: Vec<(String, String)>,
    twice: bool,
}

impl Fields {
    fn take(&mut self, name: &str) -> Option<String> {
        let mut found = self.pairs.iter().filter(|(key, _)| key == name);
        let first = found.next().map(|(_, value)| value.clone());
        self.twice |= found.next().is_some();
        first
    }
}

/// Id and secret of HTTP Basic; ours hold nothing that form encoding would change.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Errors of this address have a form of their own (RFC 6749 5.2).
fn refuse(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"license\""));
    }
    response.json(json!({ "error": error, "error_description": description }))
}

const FORM: &str = "application/x-www-form-urlencoded";
