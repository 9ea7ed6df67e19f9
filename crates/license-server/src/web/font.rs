//! Fonts of the pages. A phone may lack the characters of a name, a borrowed computer all of Chinese: each page offers
//! just its own characters, for browsers that have no font with them.
//!
//! Characters that even a Chinese phone may lack go before its own fonts, all others behind them. A font that stands
//! behind one which the device has may come too late: Chromium keeps the boxes that it drew while the font was loading.
//!
//! The address of a font names its characters by a digest only: they may be those of a person's name.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;
use license_core::fonts::{FontLibrary, WebFont, web_fonts};
use sha2::{Digest as _, Sha256};

use crate::api::{Code, Problem, State, limit};

/// The fonts of pages shown a while ago. They are cut when a browser asks for them; most never do.
#[derive(Default)]
pub(crate) struct PageFonts(Mutex<Kept>);

/// Two halves: when the young one is full, the old one goes.
#[derive(Default)]
struct Kept {
    young: HashMap<String, Arc<[WebFont]>>,
    old: HashMap<String, Arc<[WebFont]>>,
}

impl PageFonts {
    /// The links to the style sheet and the fonts of a page; none when the page is ASCII. The fonts are preloaded:
    /// a browser that has none of its own would draw boxes first, and may keep them.
    pub(crate) fn of(&self, library: &FontLibrary, texts: [&str; 2]) -> Option<String> {
        let fonts = web_fonts(library, &texts.concat());
        if fonts.is_empty() {
            return None;
        }
        let mut digest = Sha256::new();
        for char in fonts.iter().flat_map(WebFont::chars) {
            digest.update(u32::from(char).to_be_bytes());
        }
        let key = HEXLOWER.encode(&digest.finalize()[..16]);
        let mut links = format!("<link rel=\"stylesheet\" href=\"/font/{key}.css\">\n");
        for at in 0..fonts.len() {
            // Writing to a string cannot fail.
            let _ = writeln!(
                links,
                "<link rel=\"preload\" as=\"font\" type=\"font/ttf\" crossorigin href=\"/font/{key}/{at}.ttf\">"
            );
        }
        self.keep(key, fonts);
        Some(links)
    }

    fn keep(&self, key: String, fonts: Vec<WebFont>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.young.contains_key(&key) {
            return;
        }
        if kept.young.len() >= KEPT / 2 {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(key, fonts.into());
    }

    fn find(&self, key: &str) -> Option<Arc<[WebFont]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.young.get(key).or_else(|| kept.old.get(key)).cloned()
    }
}

/// `GET /font/{key}.css`: the fonts of a page, each with the characters it is for.
pub(crate) async fn style(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (key, fonts) = find(&state, &request)?;
    let mut css = String::new();
    for (at, font) in fonts.iter().enumerate() {
        let (rare, common): (Vec<char>, Vec<char>) = font.chars().into_iter().partition(|&char| is_rare(char));
        for (family, chars) in [("ECert Rare", rare), ("ECert Page", common)] {
            if !chars.is_empty() {
                // Writing to a string cannot fail.
                let _ = writeln!(
                    css,
                    "@font-face{{font-family:\"{family}\";src:url(/font/{key}/{at}.ttf) format(\"truetype\");\
                     font-display:block;unicode-range:{}}}",
                    ranges(&chars)
                );
            }
        }
    }
    Ok(HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, LASTING))
        .body(css))
}

/// `GET /font/{key}/{face}.ttf`: one of them.
pub(crate) async fn file(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.verify_rate)?;
    let (_, fonts) = find(&state, &request)?;
    let face: usize = request.match_info().get("face").and_then(|face| face.parse().ok()).unwrap_or(usize::MAX);
    let font = fonts.get(face).cloned().ok_or_else(nothing)?;
    let file = state.press(move |office| office.web_font(&font)).await?;
    Ok(HttpResponse::Ok().content_type("font/ttf").insert_header((header::CACHE_CONTROL, LASTING)).body(file))
}

fn find(state: &State, request: &HttpRequest) -> Result<(String, Arc<[WebFont]>), Problem> {
    let key = request.match_info().get("key").unwrap_or_default();
    let fonts = state.page_fonts.find(key).ok_or_else(nothing)?;
    Ok((key.to_owned(), fonts))
}

fn nothing() -> Problem {
    Problem::new(Code::RouteUnknown, "")
}

/// Ideographs beyond those of GB 13000.1, which every Chinese system has.
fn is_rare(char: char) -> bool {
    matches!(char, '\u{3400}'..='\u{4DBF}' | '\u{9FA6}'..='\u{9FFF}' | '\u{E000}'..='\u{FAFF}' | '\u{20000}'..)
}

/// `unicode-range` of characters in ascending order.
fn ranges(chars: &[char]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for code in chars.iter().map(|&char| u32::from(char)) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == code => *last = code,
            _ => runs.push((code, code)),
        }
    }
    let range = |&(first, last): &(u32, u32)| match first == last {
        true => format!("U+{first:X}"),
        false => format!("U+{first:X}-{last:X}"),
    };
    runs.iter().map(range).collect::<Vec<_>>().join(",")
}

/// Pages whose characters are remembered: a kilobyte and a half each.
const KEPT: usize = 8192;
/// The same address means the same characters.
const LASTING: &str = "private, max-age=86400, immutable";

#[cfg(test)]
mod tests {
    use super::{is_rare, ranges};

    #[test]
    fn ranges_join_neighbours() {
        assert_eq!(ranges(&['·', '一', '丁', '丂', '效', '\u{20BB7}']), "U+B7,U+4E00-4E02,U+6548,U+20BB7");
    }

    #[test]
    fn rare_is_what_a_phone_may_lack() {
        assert!(['㐀', '\u{9FED}', '\u{20BB7}', '\u{30000}'].into_iter().all(is_rare));
        assert!(!['效', '龘', '·', '（', '✓'].into_iter().any(is_rare));
    }
}
