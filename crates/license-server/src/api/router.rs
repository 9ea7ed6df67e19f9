//! The whole surface on one screen.

use actix_web::guard::fn_guard;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Route as Handler, web};

use super::problem::{Code, Problem};
use super::state::State;
use super::{docs, fetch, health, issue, oauth, openapi, trust, types, verify};
use crate::service::clients::Scope;
use crate::web as pages;

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Anyone.
    Open,
    /// Anyone, so many times a second.
    Limited,
    /// A client with the scope.
    Needs(Scope),
    /// A client with the scope that says what for.
    NeedsPurpose(Scope),
}

/// A line of the table: method, path, who may call, handler.
pub(crate) struct Line {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) door: Door,
    handler: fn() -> Handler,
}

use Door::{Limited, Needs, NeedsPurpose, Open};

#[rustfmt::skip]
pub(crate) const ROUTES: &[Line] = &[
    get("/",                                   Open,                         || web::to(pages::front)),
    get("/verify",                             Open,                         || web::to(pages::form)),
    post("/verify",                            Limited,                      || web::to(pages::submit)),
    get("/V/{token}",                          Limited,                      || web::to(pages::token)),
    get("/v/{token}",                          Limited,                      || web::to(pages::token)),
    get("/V/{token}/face.jpg",                 Limited,                      || web::to(pages::face)),
    get("/style.css",                          Open,                         || web::to(pages::style)),
    get("/font/{key}.css",                     Open,                         || web::to(pages::font_style)),
    get("/font/{key}/{face}.ttf",              Limited,                      || web::to(pages::font_file)),

    post("/api/v1/oauth/token",                Limited,                      || web::to(oauth::token)),
    get("/api/v1/types",                       Open,                         || web::to(types::list)),
    get("/api/v1/types/{id}",                  Open,                         || web::to(types::show)),
    get("/api/v1/trust-list",                  Open,                         || web::to(trust::current)),
    get("/api/v1/trust-list/editions",         Open,                         || web::to(trust::editions)),
    get("/api/v1/trust-list/editions/{edition}", Limited,                    || web::to(trust::edition)),
    get("/api/v1/trust-lists",                 Open,                         || web::to(trust::others)),
    post("/api/v1/trust-lists",                Needs(Scope::Manage),         || web::to(trust::import)),
    post("/api/v1/licenses",                   Needs(Scope::Issue),          || web::to(issue::issue)),
    get("/api/v1/licenses/{id}",               NeedsPurpose(Scope::Fetch),   || web::to(fetch::license)),
    get("/api/v1/licenses/{id}/index",         NeedsPurpose(Scope::Fetch),   || web::to(fetch::index)),
    get("/api/v1/licenses/{id}/ofd",           NeedsPurpose(Scope::Fetch),   || web::to(fetch::ofd)),
    get("/api/v1/licenses/{id}/pdf",           NeedsPurpose(Scope::Fetch),   || web::to(fetch::pdf)),
    get("/api/v1/licenses/{id}/png",           NeedsPurpose(Scope::Fetch),   || web::to(fetch::png)),
    get("/api/v1/licenses/{id}/history",       NeedsPurpose(Scope::Fetch),   || web::to(fetch::history)),
    post("/api/v1/licenses/{id}/versions",     Needs(Scope::Issue),          || web::to(issue::new_version)),
    post("/api/v1/licenses/{id}/faces",        Needs(Scope::Issue),          || web::to(issue::add_faces)),
    post("/api/v1/licenses/{id}/status",       Needs(Scope::Manage),         || web::to(issue::change_status)),
    post("/api/v1/verify",                     Limited,                      || web::to(verify::verify)),

    get("/healthz",                            Open,                         || web::to(health::alive)),
    get("/readyz",                             Open,                         || web::to(health::ready)),
    get("/metrics",                            Open,                         || web::to(health::metrics)),
    get("/openapi.json",                       Open,                         || web::to(openapi::serve)),
    get("/docs",                               Open,                         || web::to(docs::page)),
];

/// The path of a request as written in the table, for logs and counters.
#[derive(Clone, Copy)]
pub(crate) struct Route(pub(crate) &'static str);

/// What phones and other systems ask for most.
const HOT: &str = "/api/v1/verify";

/// Registers the table.
pub(crate) fn configure(app: &mut web::ServiceConfig, state: &std::sync::Arc<State>) {
    app.app_data(web::Data::from(state.clone()));
    // Tried in order, and only paths with places in them cost a regular expression: plain ones first, the hot one at
    // their head.
    let mut paths: Vec<&str> = ROUTES.iter().map(|line| line.path).collect();
    paths.sort_by_key(|path| (path.contains('{'), *path != HOT));
    paths.dedup();
    for path in paths {
        let mut resource = web::resource(path).app_data(Route(path));
        for line in ROUTES.iter().filter(|line| line.path == path) {
            resource = resource.route((line.handler)().guard(fn_guard(takes(line.method))));
        }
        app.service(resource.default_service(web::to(other_method)));
    }
    app.default_service(web::to(nowhere));
}

const fn get(path: &'static str, door: Door, handler: fn() -> Handler) -> Line {
    Line { method: "GET", path, door, handler }
}

const fn post(path: &'static str, door: Door, handler: fn() -> Handler) -> Line {
    Line { method: "POST", path, door, handler }
}

/// HEAD is GET without the body.
fn takes(method: &'static str) -> impl Fn(&actix_web::guard::GuardContext<'_>) -> bool {
    move |context| match context.head().method {
        Method::GET | Method::HEAD => method == "GET",
        Method::POST => method == "POST",
        _ => false,
    }
}

async fn other_method(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.app_data::<Route>().map_or("", |route| route.0);
    let methods = ROUTES.iter().filter(|line| line.path == path);
    let methods: Vec<&str> =
        methods.flat_map(|line| if line.method == "GET" { &["GET", "HEAD"][..] } else { &["POST"] }).copied().collect();
    Err(Problem::new(Code::Method, format!("allowed: {}", methods.join(", "))).with_allow(methods.join(", ")))
}

async fn nowhere() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::RouteUnknown, ""))
}
