//! The page behind the QR code, and the answer to a pasted code or a file.

use std::fmt::Write as _;

use license_core::calendar::china_date;
use license_core::verify::{Outcome, Report, Subject};
use time::{Date, OffsetDateTime, UtcOffset};

use super::html::Text;
use super::icon;
use super::lang::Lang;
use super::verdict::{Answer, Source, decisive, headline};
use crate::report::ReportDto;

/// The small picture of the first face, and where those of the others are.
pub(super) struct Picture {
    pub(super) href: String,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Id and name of each, the one shown first.
    pub(super) faces: Vec<(String, String)>,
}

/// The title of the page.
pub(super) fn title(report: &Report, lang: Lang) -> String {
    let head = headline(report);
    format!("{} · {}", lang.pick(head.zh, head.en), lang.pick("电子证照核验", "License verification"))
}

/// The main part of the page. Everything about the license comes from the report's subject, which is there only when
/// a trusted issuer has signed it.
pub(super) fn render(report: &Report, type_name: Option<&str>, picture: Option<&Picture>, lang: Lang) -> String {
    let mut out = String::with_capacity(8192);
    // Writing to a string cannot fail.
    let _ = write(&mut out, report, type_name, picture, lang);
    out
}

fn write(
    out: &mut String,
    report: &Report,
    type_name: Option<&str>,
    picture: Option<&Picture>,
    lang: Lang,
) -> std::fmt::Result {
    let head = headline(report);
    let (word, gloss) = split(lang.pick(head.zh, head.en));
    write!(out, r#"<article class="card result {}">"#, head.tone)?;
    write!(out, r#"<div class="verdict" role="status">{}<div><h1>{}"#, head.icon, Text(word))?;
    if !gloss.is_empty() {
        write!(out, r#" <small>{}</small>"#, Text(gloss))?;
    }
    out.push_str("</h1>");
    match decisive(report) {
        None => write!(
            out,
            "<p>{}</p>",
            lang.pick(
                "由有权机关颁发，内容未被改动，现行有效。",
                "Issued by a competent authority, unaltered, and in force."
            )
        )?,
        Some(reason) => {
            write!(out, "<p>{}</p>", Text(lang.of_both(reason.citizen())))?;
            write!(out, r#"<p class="remedy">{}</p>"#, Text(lang.of_both(reason.remedy())))?;
        }
    }
    out.push_str("</div></div>");
    if let Some(picture) = picture {
        figure(out, picture, lang)?;
    }
    if let Some(subject) = &report.subject {
        facts(out, subject, type_name, report.at, lang)?;
    }
    sources(out, report, lang)?;
    officer(out, report, lang)?;
    out.push_str("</article>");
    Ok(())
}

/// One picture, so that a phone on a slow line is not kept waiting; the other faces are a tap away.
fn figure(out: &mut String, picture: &Picture, lang: Lang) -> std::fmt::Result {
    write!(
        out,
        r#"<figure><img src="{}" width="{}" height="{}" alt="{}"><figcaption>{}"#,
        Text(&picture.href),
        picture.width,
        picture.height,
        lang.pick("证照照面缩略图，带“核验预览”标记", "Small picture of the license, marked as a preview"),
        lang.pick("照面预览，仅供比对，不作为证照使用", "Preview for comparison only; not a license"),
    )?;
    if let [(_, shown), others @ ..] = &picture.faces[..]
        && !others.is_empty()
    {
        write!(out, r#"<br>{} {}"#, lang.pick("上图：", "Above:"), Text(shown))?;
        for (id, name) in others {
            let show = lang.pick("查看", "show");
            write!(out, r#" · <a href="{}?face={}">{show} {}</a>"#, Text(&picture.href), Text(id), Text(name))?;
        }
    }
    out.push_str("</figcaption></figure>");
    Ok(())
}

fn facts(
    out: &mut String,
    subject: &Subject,
    type_name: Option<&str>,
    at: OffsetDateTime,
    lang: Lang,
) -> std::fmt::Result {
    let kind = type_name.unwrap_or(&subject.type_code);
    let validity = validity(subject.valid_from, subject.valid_to, lang);
    let rows = [
        (lang.pick("证照类型", "License type"), kind.to_owned()),
        (lang.pick("证照编号", "Number"), subject.number.clone()),
        (lang.pick("颁发机构", "Issued by"), subject.issuer_name.clone()),
        (lang.pick("持证主体", "Holder"), subject.public_holder()),
        (lang.pick("有效期", "Valid"), validity),
        (lang.pick("签发日期", "Signed on"), date(china_date(subject.issued_at), lang)),
        (lang.pick("核验时间", "Checked at"), instant(at, lang)),
    ];
    out.push_str(r#"<dl class="facts">"#);
    for (label, value) in rows {
        write!(out, "<div><dt>{label}</dt><dd>{}</dd></div>", Text(&value))?;
    }
    out.push_str("</dl>");
    Ok(())
}

/// What was checked where: signature, content, register, time.
fn sources(out: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    write!(out, r#"<section class="sources"><h2>{}</h2><ul>"#, lang.pick("核验了什么", "What was checked"))?;
    for source in Source::ALL {
        let found = source.answer(report);
        // Content is compared in files only; the others are always worth a line.
        if found.is_none() && source == Source::Content {
            continue;
        }
        let (answer, reason) = found.unwrap_or((Answer::Unknown, None));
        let mark = match answer {
            Answer::Good => icon::TICK,
            Answer::Ended => icon::BAR,
            Answer::Bad => icon::CROSS,
            Answer::Unknown => icon::DASH,
        };
        let label = match source {
            Source::Signature => lang.pick("签名", "Signature"),
            Source::Content => lang.pick("内容", "Content"),
            Source::Register => lang.pick("登记", "Register"),
            Source::Time => lang.pick("时间", "Time"),
        };
        let text = match (reason, answer) {
            (Some(reason), _) => lang.of_both(reason.citizen()).to_owned(),
            (None, Answer::Good) => good(source, report, lang),
            (None, _) if headline(report).tone == "bad" => {
                lang.pick("未通过上面的核验，不再查询。", "Not asked: what stands above did not pass.").to_owned()
            }
            (None, _) => lang.pick("没有核验。", "Not checked.").to_owned(),
        };
        write!(out, r#"<li>{mark}<div><strong>{label}</strong><span>{}</span></div></li>"#, Text(&text))?;
    }
    out.push_str("</ul></section>");
    Ok(())
}

fn good(source: Source, report: &Report, lang: Lang) -> String {
    match source {
        Source::Signature => {
            let signer = report.subject.as_ref().map(|subject| subject.issuer_name.as_str()).unwrap_or_default();
            match lang {
                Lang::Zh => format!("数字签名属于{signer}，签发后内容未被改动。"),
                Lang::En => format!("The digital signature is that of {signer}; nothing was changed since."),
            }
        }
        Source::Content => {
            lang.pick("照面文字、证照数据与二维码一致。", "Printed words, data and QR code agree.").to_owned()
        }
        Source::Register => match lang {
            Lang::Zh => "已查询颁发机构的登记，当前状态为有效。".to_owned(),
            Lang::En => "The issuing authority's register was asked: the license stands.".to_owned(),
        },
        Source::Time => match lang {
            Lang::Zh => "核验时在有效期内。".to_owned(),
            Lang::En => "Within its period of validity when checked.".to_owned(),
        },
    }
}

/// All checks with their codes, for those who must act on them.
fn officer(out: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    let dto = ReportDto::from(report);
    write!(
        out,
        r#"<details class="officer"><summary>{}</summary>"#,
        lang.pick("核验明细（供工作人员）", "Details for officers")
    )?;
    write!(
        out,
        r#"<p>{}: <code>{}</code> · {}: <code>{}</code> · {}: <code>{}</code></p>"#,
        lang.pick("类型", "kind"),
        dto.kind,
        lang.pick("结论", "verdict"),
        dto.verdict,
        lang.pick("完整性", "integrity"),
        dto.integrity
    )?;
    if let Some(subject) = &report.subject {
        write!(out, "<p>{} <code>{}</code></p>", lang.pick("证照标识", "Identifier"), Text(&subject.id))?;
    }
    out.push_str("<ul>");
    for check in &report.checks {
        let (mark, outcome) = match check.outcome {
            Outcome::Passed => ("✓", lang.pick("通过", "passed")),
            Outcome::Failed(_) => ("×", lang.pick("未通过", "failed")),
            Outcome::NotDone(_) => ("–", lang.pick("未做", "not done")),
        };
        write!(out, "<li><b>{mark}</b> <code>{}</code> {outcome}", Text(check.name))?;
        if let Some(reason) = check.outcome.reason() {
            write!(out, " · <code>{}</code> {}", reason.code(), Text(lang.of_both(reason.officer())))?;
        }
        // Particulars of a forgery may quote it: they are for the API, where nobody takes them for the license.
        if report.subject.is_some() && !check.place.is_empty() {
            write!(out, " · {}", Text(&check.place))?;
        }
        out.push_str("</li>");
    }
    out.push_str("</ul></details>");
    Ok(())
}

/// The big word and what stands in brackets after it.
fn split(text: &str) -> (&str, &str) {
    match text.find(['（', '(']) {
        Some(at) => (text[..at].trim_end(), text[at..].trim_matches(['（', '(', '）', ')'])),
        None => (text, ""),
    }
}

fn validity(from: Option<Date>, to: Option<Date>, lang: Lang) -> String {
    let end = to.map_or_else(|| lang.pick("长期", "no end").to_owned(), |to| date(to, lang));
    match (from, lang) {
        (Some(from), Lang::Zh) => format!("{} 至 {end}", date(from, lang)),
        (Some(from), Lang::En) => format!("{} – {end}", date(from, lang)),
        (None, Lang::Zh) => format!("至 {end}"),
        (None, Lang::En) => format!("until {end}"),
    }
}

fn date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day()),
        Lang::En => format!("{} {} {}", date.day(), date.month(), date.year()),
    }
}

fn instant(at: OffsetDateTime, lang: Lang) -> String {
    let local = at.to_offset(UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC));
    let (hour, minute, second) = local.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}{}", date(local.date(), lang), lang.pick("", " (Beijing)"))
}
