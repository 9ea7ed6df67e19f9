//! A refusal as a page, for those who came with a browser.

use actix_web::{HttpRequest, HttpResponse, web};

use super::html::Text;
use super::lang::Lang;
use super::layout::{Frame, answer};
use crate::api::{Problem, State};

pub(crate) fn error_page(problem: &Problem, request: &HttpRequest, id: &str) -> HttpResponse {
    let lang = Lang::of(request);
    let (zh, en) = problem.code().title();
    let title = lang.pick(zh, en);
    let state = request.app_data::<web::Data<State>>().map(|state| &***state);
    let frame = Frame { lang, title, path: None, state };
    let main = format!(
        r#"<section class="card intro"><h1>{}</h1><p class="help">{} <code>{}</code> · {} <code>{}</code></p>
<p><a class="button" href="/verify{}">{}</a></p></section>"#,
        Text(title),
        lang.pick("代码", "Code"),
        problem.code().word(),
        lang.pick("请求编号", "Request"),
        Text(id),
        lang.suffix(),
        lang.pick("返回核验", "Back to verification"),
    );
    answer(problem.head(), frame.page(&main))
}
