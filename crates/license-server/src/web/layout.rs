//! The frame of every page: head, band, foot.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use super::html::Text;
use super::icon;
use super::lang::Lang;
use crate::api::State;

/// Nothing but our own style sheets, fonts and pictures; forms go back to us; nobody frames us.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// What the frame needs to know.
pub(super) struct Frame<'a> {
    pub(super) lang: Lang,
    pub(super) title: &'a str,
    /// Where the other language is; none on pages that answer a form.
    pub(super) path: Option<&'a str>,
    /// None before there is any, on the refusal of what the framework could not even read.
    pub(super) state: Option<&'a State>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(state: &'a State, lang: Lang, title: &'a str, path: Option<&'a str>) -> Frame<'a> {
        Frame { lang, title, path, state: Some(state) }
    }

    /// The whole page around `main`, which is HTML already.
    pub(super) fn page(&self, main: &str) -> String {
        let lang = self.lang;
        let name = lang.pick("电子证照核验", "License verification");
        let switch = self.path.map(|path| {
            let (href, tag, label) = match lang {
                Lang::Zh => (format!("{path}?lang=en"), "en", "English"),
                Lang::En => (path.to_owned(), "zh-CN", "中文"),
            };
            format!(r#"<a class="switch" href="{}" lang="{tag}" hreflang="{tag}">{label}</a>"#, Text(&href))
        });
        let body = format!(
            r#"<header class="band"><div class="wrap">
<a class="home" href="/{suffix}">{mark}<span>{name}</span></a>{switch}
</div></header>
{notice}<main class="wrap">
{main}
</main>
<footer class="wrap foot">
<p>{operator}</p>
<p>{advice}</p>
</footer>"#,
            suffix = lang.suffix(),
            mark = icon::MARK,
            switch = switch.unwrap_or_default(),
            notice = self.notice(),
            operator = Text(self.state.map_or("", |state| state.office.operator())),
            advice = lang.pick(
                "本页面不使用脚本和 Cookie，也不加载任何第三方内容。",
                "This page uses no scripts and no cookies, and loads nothing from third parties.",
            ),
        );
        let fonts = self.state.and_then(|state| state.page_fonts.of(state.office.fonts(), [self.title, &body]));
        format!(
            r#"<!DOCTYPE html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>{title}</title>
<link rel="icon" href="data:image/svg+xml,{favicon}">
<link rel="stylesheet" href="/style.css">
{fonts}</head>
<body>
{body}
</body>
</html>
"#,
            tag = lang.tag(),
            title = Text(self.title),
            favicon = icon::FAVICON,
            fonts = fonts.unwrap_or_default(),
        )
    }
}

impl Frame<'_> {
    /// Nobody shall take a sample for a license because this page calls it genuine.
    fn notice(&self) -> String {
        if !self.state.is_some_and(|state| state.office.is_specimen()) {
            return String::new();
        }
        let text = self.lang.pick(
            "演示环境：所有证照均为样张，不具有法律效力。",
            "Demonstration: every license here is a specimen without legal effect.",
        );
        format!("<p class=\"notice\"><span class=\"wrap\">{text}</span></p>\n")
    }
}

/// A page as an answer.
pub(super) fn answer(mut response: HttpResponseBuilder, html: String) -> HttpResponse {
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html)
}

/// The path of a request without its query, to link to the other language.
pub(super) fn path(request: &HttpRequest) -> &str {
    request.uri().path()
}
