//! `/docs`: the OpenAPI document as a page to read, without scripts.

use std::fmt::Write as _;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::openapi;
use super::problem::Code;
use super::state::State;
use crate::web::escape;

pub(super) async fn page(state: web::Data<State>) -> HttpResponse {
    let html = render(openapi::document());
    // A reader's machine need not have a Chinese font.
    let fonts = state.page_fonts.of(state.office.fonts(), ["", &html]).unwrap_or_default();
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ))
        .body(html.replacen("</head>", &format!("{fonts}</head>"), 1))
}

fn render(document: &Value) -> String {
    let mut out = String::from(
        r#"<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>接口文档 API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
<body><header class="band"><div class="wrap api"><a class="home" href="/"><span>电子证照 API</span></a><a class="switch" href="/openapi.json">openapi.json</a></div></header>
<main class="wrap api">"#,
    );
    // Writing to a string cannot fail.
    let _ = body(&mut out, document);
    out.push_str("</main></body></html>\n");
    out
}

fn body(out: &mut String, document: &Value) -> std::fmt::Result {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    write!(out, "<section class=\"card\"><h1>{}</h1>", text(&document["info"]["title"]))?;
    for paragraph in document["info"]["description"].as_str().unwrap_or_default().split("\n\n") {
        write!(out, "<p>{}</p>", escape(paragraph))?;
    }
    out.push_str("</section>");
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        write!(out, "<section class=\"card\"><h2>{}</h2><p>{}</p>", escape(name), text(&tag["description"]))?;
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                if operation["tags"][0].as_str() == Some(name) {
                    write_operation(out, path, method, operation)?;
                }
            }
        }
        out.push_str("</section>");
    }
    out.push_str("<section class=\"card\"><h2>Problem codes (RFC 9457)</h2><table><tr><th>code</th><th>status</th><th></th></tr>");
    for code in Code::ALL {
        let (zh, en) = code.title();
        let (word, status) = (code.word(), code.status().as_u16());
        write!(out, "<tr><td><code>{word}</code></td><td>{status}</td><td>{zh}<br>{en}</td></tr>")?;
    }
    out.push_str("</table></section><section class=\"card\"><h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let json = serde_json::to_string_pretty(schema).unwrap_or_default();
        write!(out, "<details><summary><code>{}</code></summary><pre>{}</pre></details>", escape(name), escape(&json))?;
    }
    out.push_str("</section>");
    Ok(())
}

fn write_operation(out: &mut String, path: &str, method: &str, operation: &Value) -> std::fmt::Result {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    write!(
        out,
        "<details><summary><span class=\"verb\">{}</span> <code>{}</code> {}</summary><p>{}</p><table>",
        method.to_ascii_uppercase(),
        escape(path),
        text(&operation["summary"]),
        text(&operation["description"])
    )?;
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let needed = if parameter["required"].as_bool() == Some(true) { " *" } else { "" };
        write!(
            out,
            "<tr><td><code>{}</code>{needed}</td><td>{}</td><td>{}</td></tr>",
            text(&parameter["name"]),
            text(&parameter["in"]),
            text(&parameter["description"])
        )?;
    }
    for kind in operation["requestBody"]["content"].as_object().into_iter().flatten().map(|(kind, _)| kind) {
        write!(out, "<tr><td><code>{}</code></td><td>body</td><td></td></tr>", escape(kind))?;
    }
    let mut answers: Vec<_> = operation["responses"].as_object().into_iter().flatten().collect();
    answers.sort_by_key(|(status, _)| status.as_str());
    for (status, answer) in answers {
        write!(out, "<tr><td>{}</td><td>answer</td><td>{}</td></tr>", escape(status), text(&answer["description"]))?;
    }
    out.push_str("</table></details>");
    Ok(())
}
