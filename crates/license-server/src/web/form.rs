//! The front page, and the page to paste a code or hand in a file.

use actix_web::{HttpRequest, HttpResponse, web};

use super::html::Text;
use super::lang::Lang;
use super::layout::{Frame, answer, path};
use super::token::page;
use crate::api::{Problem, State, Upload, limit, read_upload, verify_file};

pub(crate) async fn front(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let lang = Lang::of(&request);
    let types: String = state
        .office
        .catalog()
        .iter()
        .filter(|template| template.file.kind.public)
        .map(|template| {
            let kind = &template.file.kind;
            format!("<li>{}</li>", Text(lang.pick(&kind.name, &kind.name_en)))
        })
        .collect();
    let main = format!(
        r#"<section class="card intro"><h1>{title}</h1><p>{text}</p>
<p><a class="button" href="/verify{suffix}">{verify}</a></p></section>
<section class="card"><h2>{how}</h2><ol class="steps"><li>{one}</li><li>{two}</li><li>{three}</li></ol></section>
<section class="card"><h2>{kinds}</h2><ul class="types">{types}</ul></section>
<section class="card"><h2>{systems}</h2><p>{system_text}</p><p class="links"><a href="/docs">{docs}</a> <a href="/api/v1/trust-list">{trust}</a></p></section>"#,
        title = lang.pick("核验电子证照", "Verify an electronic license"),
        text = lang.pick(
            "扫描证照上的二维码，或提交证照文件，即可知道它是否真实、现在是否有效。",
            "Scan the QR code on a license, or hand in its file, to learn whether it is genuine and valid now.",
        ),
        suffix = lang.suffix(),
        verify = lang.pick("粘贴核验码或提交文件", "Paste a code or hand in a file"),
        how = lang.pick("怎样核验", "How it works"),
        one = lang.pick("用手机相机扫描证照上的二维码。", "Scan the QR code on the license with a phone's camera."),
        two = lang.pick(
            "页面显示结论、原因和证照要素。",
            "The page shows the verdict, the reason and what the license says."
        ),
        three = lang
            .pick("把页面上的编号、持证主体与手中的证照比对。", "Compare number and holder with the license in hand."),
        kinds = lang.pick("可核验的证照", "Licenses verified here"),
        systems = lang.pick("系统对接", "For other systems"),
        system_text = lang.pick(
            "业务系统通过接口核验和取用证照；离线核验使用签名的信任列表。",
            "Other systems verify and fetch licenses by API; offline verifiers use the signed trust list.",
        ),
        docs = lang.pick("接口文档", "API documentation"),
        trust = lang.pick("信任列表", "Trust list"),
    );
    let title = lang.pick("电子证照核验", "License verification");
    answer(HttpResponse::Ok(), Frame::new(&state, lang, title, Some(path(&request))).page(&main))
}

pub(crate) async fn form(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let lang = Lang::of(&request);
    let title = lang.pick("提交核验 · 电子证照核验", "Verify · License verification");
    answer(
        HttpResponse::Ok(),
        Frame::new(&state, lang, title, Some(path(&request))).page(&fields(lang, state.http.file_bytes)),
    )
}

pub(crate) async fn submit(
    state: web::Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    limit(&state, &request, &state.verify_rate)?;
    let report = match read_upload(&state, &request, payload).await? {
        Upload::Text(text) => {
            let text = text.trim();
            // An identifier can be pasted as well as a code.
            match text.parse::<license_core::id::LicenseId>() {
                Ok(_) => state.office.verify_id(text)?,
                Err(_) => state.office.verify_text(text)?,
            }
        }
        Upload::File(bytes) => verify_file(&state, bytes).await?,
    };
    state.metrics.verified(report.verdict);
    Ok(page(&state, &report, Lang::of(&request), None))
}

fn fields(lang: Lang, most: usize) -> String {
    format!(
        r#"<form class="card ask" method="post" action="/verify{suffix}" enctype="multipart/form-data">
<h1>{title}</h1>
<p class="field"><label for="file">{file}</label>
<input class="drop" type="file" id="file" name="file" accept=".ofd,.pdf,application/ofd,application/pdf" aria-describedby="file-help">
<span class="help" id="file-help">{file_help}</span></p>
<p class="or"><span>{or}</span></p>
<p class="field"><label for="text">{text}</label>
<textarea id="text" name="text" rows="4" maxlength="4000" spellcheck="false" autocomplete="off" autocapitalize="characters" placeholder="HTTPS://…/V/…" aria-describedby="text-help"></textarea>
<span class="help" id="text-help">{text_help}</span></p>
<p><button class="button" type="submit">{submit}</button></p>
<p class="help">{privacy}</p>
</form>"#,
        suffix = lang.suffix(),
        title = lang.pick("提交核验", "Verify a license"),
        file = lang.pick("证照文件", "License file"),
        file_help = match lang {
            Lang::Zh => format!("选择或拖入 OFD、PDF 原件，最大 {} MB。", most >> 20),
            Lang::En => format!("Choose or drop the original OFD or PDF, at most {} MB.", most >> 20),
        },
        or = lang.pick("或", "or"),
        text = lang.pick("核验码", "Code"),
        text_help = lang.pick(
            "粘贴二维码的全部内容，或证照标识（1.2.156.3005.2…）。",
            "Paste the whole text of the QR code, or the identifier (1.2.156.3005.2…).",
        ),
        submit = lang.pick("核验", "Verify"),
        privacy = lang
            .pick("提交的文件只用于本次核验，不会保存。", "A file is used for this verification only and is not kept."),
    )
}
