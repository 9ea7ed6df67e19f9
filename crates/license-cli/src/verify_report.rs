//! `license verify --report REPORT.json [FILE]`: a signed report is checked again, and what it said is held against now.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use license_core::trust::TrustList;
use license_core::verify::signed_report::{Difference, SignedReport, Statement, recheck};
use license_core::verify::{self, Limits, Policy, Reason, Register, Report, Verdict};
use license_server::report::ReportDto;
use pki::Instant;
use serde::Serialize;
use time::OffsetDateTime;

use crate::verify::{exit_code, print, print_checks};

/// The three answers in one object.
#[derive(Serialize)]
struct Answer<'a> {
    report: &'a str,
    /// Whether the report is to be believed.
    checked: ReportDto,
    /// What it says; nothing when it cannot be read.
    said: Option<&'a Statement>,
    /// What verifying the file gives now.
    now: Option<ReportDto>,
    /// What is otherwise now.
    changed: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    what: &'a str,
    then: &'a str,
    now: &'a str,
}

/// Exit code: the worst of the three: the report as a report, what it says, what the file is now.
pub(crate) fn run(
    path: &Path,
    file: Option<&Path>,
    (trust, policy): (&TrustList, &Policy<'_>),
    at: OffsetDateTime,
    json: bool,
) -> Result<ExitCode> {
    let (bytes, file_bytes) = (crate::files::read(path)?, file.map(crate::files::read).transpose()?);
    let checked = recheck(&bytes, file_bytes.as_deref(), trust, policy, at);
    let report = SignedReport::parse(&bytes).ok();
    let said = report.as_ref().map(SignedReport::statement);
    // Of another file, or by a report that is a forgery, there is nothing to compare.
    let comparable = !checked
        .reasons()
        .any(|reason| matches!(reason, Reason::ReportMalformed | Reason::ReportSignature | Reason::ReportOtherFile));
    let now = file_bytes
        .as_deref()
        .filter(|_| comparable)
        .map(|bytes| verify::judge(&verify::inspect(bytes, &Limits::default()), trust, policy, at));
    let changed = match (&report, &now) {
        (Some(report), Some(now)) => report.differences(now, trust, &Register::NotAsked),
        _ => Vec::new(),
    };
    let then = said.map_or(Verdict::Failed, |said| Verdict::from_word(&said.verdict).unwrap_or(Verdict::Failed));
    let worst = checked.verdict.worse(then).worse(now.as_ref().map_or(Verdict::Passed, |now| now.verdict));

    let name = path.display().to_string();
    if json {
        let answer = Answer {
            report: &name,
            checked: ReportDto::from(&checked),
            said,
            now: now.as_ref().map(ReportDto::from),
            changed: changed.iter().map(change).collect(),
        };
        quote!("{}", serde_json::to_string(&answer)?);
    } else {
        tell(&name, &checked, said, file, now.as_ref(), &changed);
    }
    Ok(exit_code(worst))
}

fn tell(
    name: &str,
    checked: &Report,
    said: Option<&Statement>,
    file: Option<&Path>,
    now: Option<&Report>,
    changed: &[Difference],
) {
    print(name, checked);
    if let Some(said) = said {
        let code = said.headline.as_ref().map(|code| format!(" [{code}]")).unwrap_or_default();
        quote!(
            "  it says: {} ({}, {}){code}, asked {} of {}",
            said.verdict,
            said.kind,
            said.integrity,
            Instant(said.asked_at),
            said.operator
        );
        quote!("  by trust list edition {} of {}; register: {}", said.trust.sequence, said.trust.operator, state(said));
        if let Some(subject) = &said.subject {
            quote!("  {} · {} · {}", subject.number, subject.holder, subject.issuer_name);
        }
    }
    if let (Some(file), Some(now)) = (file, now) {
        quote!("{} now: {} ({}, {})", file.display(), now.verdict.word(), now.kind.word(), now.integrity.word());
        if changed.is_empty() {
            quote!("  nothing has changed since the report");
        }
        for Difference { what, then, now } in changed {
            quote!("  changed: {what}: then {then}, now {now}");
        }
        print_checks(now);
    }
}

fn state(said: &Statement) -> &str {
    said.register.status.as_deref().unwrap_or(&said.register.answer)
}

fn change(difference: &Difference) -> Change<'_> {
    Change { what: &difference.what, then: &difference.then, now: &difference.now }
}
