//! `license verify FILE…`: one report per file, for people or as JSON.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_core::verify::{self, Limits, Outcome, Policy, Press, Reason, Report, Verdict};
use license_server::deployment::{OfficeFile, Verification};
use license_server::report::{ReportDto, SignatureDto};
use pki::path::Source;
use pki_client::Fetcher;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::evidence::EvidenceArgs;
use crate::fault::{fault, told};
use crate::network::{FetchArgs, tell_faults};

#[derive(Args)]
#[command(
    after_help = "Exit code 0: all passed; 1: at least one failed; 2: at least one cannot be told, none failed; 3: misuse, \
    or a file that cannot be read (the others are verified nevertheless).\n\
    A sound signed document that is no license cannot be told (2); with --document it is asked about as what it is."
)]
pub(crate) struct VerifyArgs {
    /// OFD, PDF or text files
    #[arg(required_unless_present = "report")]
    files: Vec<PathBuf>,
    /// Check a signed report again, for the file if one is given, and say what has changed since
    #[arg(long, value_name = "REPORT")]
    report: Option<PathBuf>,
    /// What to trust: a folder with roots (*.pem) and trust-list.jws, a file of PEM roots, or a signed list with --root
    #[arg(long, value_name = "PATH")]
    trust: Option<PathBuf>,
    /// Root that must have signed the list (PEM)
    #[arg(long = "root", value_name = "FILE", requires = "trust")]
    roots: Vec<PathBuf>,
    /// Verify as this deployment does: DIR/trust, unless --trust says otherwise, and [verification] of DIR/office.toml
    /// (revocation, sunsets), unless an argument does
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Ask about signed documents as such: that they carry no license data does not count against them. A license stays one
    #[arg(long)]
    document: bool,
    /// Judge as of this time instead of now: 2026-11-21T12:00:00+08:00
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Judge plain CMS signatures (adbe.pkcs7.detached) in PDFs of other people too; never accepted for a license
    #[arg(long)]
    allow_adbe: bool,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    fetch: FetchArgs,
    /// One JSON object per file, a line each
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    report: ReportDto,
}

/// A file that was not verified.
#[derive(Serialize)]
struct Unread<'a> {
    file: &'a str,
    error: &'a str,
}

pub(crate) fn run(args: &VerifyArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let deployment = args.data.as_deref().map(verification).transpose()?;
    let beside = args.data.as_ref().map(|data| data.join("trust"));
    let trusted = args.trust.as_deref().or(beside.as_deref());
    let trust = crate::open_trust::open(trusted, &args.roots)?;
    let at = crate::trust::instant(args.at.as_deref())?;
    let assets = crate::assets::open(assets)?;
    let catalog = crate::assets::catalog(&*assets)?;
    let fonts = crate::assets::fonts(assets)?;
    let press = Some(Press { catalog: &catalog, fonts: &fonts });
    let mut evidence = args.evidence.open(deployment.as_ref())?;
    evidence.add(crate::open_trust::revocation(trusted)?);
    let clock = Some(OffsetDateTime::now_utc());
    let policy = Policy { press, plain_cms: args.allow_adbe, documents: args.document, clock, ..evidence.policy() };
    if let Some(report) = &args.report {
        let file = match &args.files[..] {
            [] => None,
            [file] => Some(file.as_path()),
            _ => return Err(fault("--report", "a report is about one file", "give that file alone, or none")),
        };
        return crate::verify_report::run(report, file, (&trust, &policy), at, args.json);
    }
    let fetcher = args.fetch.open()?;
    let (mut worst, mut unread) = (Verdict::Passed, false);
    for file in &args.files {
        let name = file.display().to_string();
        let bytes = match crate::files::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                unread = true;
                let error = told(&error);
                eprintln!("license: {}", crate::out::plain(&error, true));
                if args.json {
                    quote!("{}", serde_json::to_string(&Unread { file: &name, error: &error })?);
                }
                continue;
            }
        };
        // Each file has questions of its own, and a limit to them.
        let source = fetcher.as_ref().map(Fetcher::question);
        let policy = Policy { source: source.as_ref().map(|source| source as &dyn Source), ..policy };
        let report = verify::judge(&verify::inspect(&bytes, &Limits::default()), &trust, &policy, at);
        if let Some(source) = &source {
            tell_faults(&source.log());
        }
        worst = worst.worse(report.verdict);
        if args.json {
            quote!("{}", serde_json::to_string(&Line { file: &name, report: ReportDto::from(&report) })?);
        } else {
            print(&name, &report);
        }
    }
    Ok(if unread { ExitCode::from(crate::MISUSE) } else { exit_code(worst) })
}

/// `[verification]` of a deployment.
fn verification(data: &Path) -> Result<Verification> {
    let path = data.join("office.toml");
    if !path.is_file() {
        return Err(fault(data.display(), "holds no deployment (no office.toml)", "`license demo` makes one"));
    }
    Ok(OfficeFile::read(&path)?.verification.unwrap_or_default().open(data)?)
}

/// As promised above.
pub(crate) fn exit_code(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Passed => 0,
        Verdict::Failed => 1,
        Verdict::Indeterminate => 2,
    })
}

/// The level, by what the time is proven, and what is known about revocation.
fn print_trust(signature: &SignatureDto) {
    if let Some(level) = signature.level {
        quote!("    level {level} (PAdES, EN 319 142-1)");
    }
    if let Some(proof) = &signature.proof {
        let at = proof.at.format(&Rfc3339).unwrap_or_default();
        quote!("    time proven by {}: {at} {}", proof.kind, proof.authority);
    }
    if let Some(indication) = signature.indication {
        let why = signature.sub_indication.map(|why| format!(" / {why}")).unwrap_or_default();
        let revocation = &signature.revocation;
        quote!("    {indication}{why} (EN 319 102-1) · revocation {} ({})", revocation.state, revocation.mode);
    }
    // One that passed stands above as the proof, or a newer one does.
    for stamp in signature.time_stamps.iter().filter(|stamp| stamp.sub_indication.is_some()) {
        let (over, at, why) = (stamp.over, stamp.time.format(&Rfc3339).unwrap_or_default(), stamp.sub_indication);
        let why = why.map(|why| format!(" / {why}")).unwrap_or_default();
        quote!(
            "    time-stamp over the {over}, which proves nothing: {at} {}, {}{why}",
            stamp.authority,
            stamp.indication
        );
    }
    for known in &signature.revocation.certificates {
        let by = known.evidence.map(|evidence| format!(" by {evidence}")).unwrap_or_default();
        let made = known.this_update.and_then(|at| at.format(&Rfc3339).ok()).map(|at| format!(" of {at}"));
        quote!("      {}: {}{by}{}", known.subject, known.state, made.unwrap_or_default());
    }
}

pub(crate) fn print(name: &str, report: &Report) {
    let words = ReportDto::from(report);
    quote!("{name}: {} ({}, {})", words.verdict, words.kind, words.integrity);
    if let Some(reason) = report.headline() {
        quote!("  {} [{}]", reason.citizen().zh, reason.code());
        quote!("  {}", reason.citizen().en);
        quote!("  → {} {}", reason.remedy().zh, reason.remedy().en);
        // Nothing else is wrong with it.
        if matches!(reason, Reason::RecordMissing | Reason::IndexMissing) {
            quote!("  → --document asks about it as a signed document that is no license");
        }
    }
    if let Some(subject) = &report.subject {
        quote!("  {} {}", subject.type_name.as_deref().unwrap_or(&subject.type_code), subject.number);
        quote!("  {} · {}", subject.public_holder(), subject.issuer_name);
    }
    for signature in &words.signatures {
        let time = signature.time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default();
        quote!("  signature {} {}: {} {time}", signature.form, signature.integrity, signature.signer);
        print_trust(signature);
    }
    print_checks(report);
}

/// Every check, a line each.
pub(crate) fn print_checks(report: &Report) {
    for check in &report.checks {
        let mark = match check.outcome {
            Outcome::Passed => "✓",
            Outcome::Failed(_) => "✗",
            Outcome::NotDone(_) => "–",
        };
        let code = check.outcome.reason().map(|reason| format!(" [{}]", reason.code())).unwrap_or_default();
        let place = if check.place.is_empty() { String::new() } else { format!(" · {}", check.place) };
        let detail = if check.detail.is_empty() { String::new() } else { format!(" · {}", check.detail) };
        quote!("    {mark} {}{code}{place}{detail}", check.name);
    }
}
