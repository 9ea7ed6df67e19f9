//! Pages for people: the one behind the QR code, the form, the front. Rendered here, no scripts, one style sheet.

mod font;
mod form;
mod html;
mod icon;
mod lang;
mod layout;
mod refused;
mod result;
mod token;
mod verdict;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::api::State;

pub(crate) use font::{PageFonts, file as font_file, style as font_style};
pub(crate) use form::{form, front, submit};
pub(crate) use html_escape::escape;
pub(crate) use refused::error_page;
pub(crate) use token::{face, token};

/// The style sheet of all pages.
pub(crate) async fn style(_: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(STYLE)
}

const STYLE: &str = include_str!("style.css");

mod html_escape {
    /// A text as HTML.
    pub(crate) fn escape(text: &str) -> String {
        super::html::Text(text).to_string()
    }
}
