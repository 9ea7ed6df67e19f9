//! The two languages of the pages: Chinese first.

use actix_web::HttpRequest;
use license_core::verify::reasons::Text as Both;

use crate::api::query;

/// A page's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    Zh,
    En,
}

impl Lang {
    /// `?lang=en` or Chinese.
    pub(super) fn of(request: &HttpRequest) -> Lang {
        match query(request, "lang").as_deref() {
            Some("en") => Lang::En,
            _ => Lang::Zh,
        }
    }

    /// One of two texts.
    pub(super) fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// One of a reason's texts.
    pub(super) fn of_both(self, both: Both) -> &'static str {
        match self {
            Lang::Zh => both.zh,
            Lang::En => both.en,
        }
    }

    /// For the `lang` attribute.
    pub(super) fn tag(self) -> &'static str {
        self.pick("zh-CN", "en")
    }

    /// What links carry on.
    pub(super) fn suffix(self) -> &'static str {
        self.pick("", "?lang=en")
    }
}
