//! `license trust`: the signed list of what is trusted: made, signed, shown, compared, checked, taken over from others.

mod check;
mod compare;
mod draft;
mod edition;
mod import;
mod refresh;
mod show;
mod sign;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use license_core::trust::{Change, TrustList};
use pki::{Certificate, Instant};
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime};

use crate::fault::fault;

pub(crate) use edition::next;
pub(crate) use refresh::{first, make};

/// The trust list.
#[derive(Args)]
pub(crate) struct TrustArgs {
    #[command(subcommand)]
    verb: TrustVerb,
}

#[derive(Subcommand)]
enum TrustVerb {
    /// Make the JSON of a list from a draft (TOML or JSON) that names certificates by their files
    Make(draft::MakeArgs),
    /// Sign a list; without FILE the next edition of a deployment, after issuers or types in office.toml have changed
    Sign(sign::SignArgs),
    /// Show what a list says
    Show(show::ShowArgs),
    /// Compare two editions: what was added, removed, changed, and whether the second may take the place of the first
    Compare(compare::CompareArgs),
    /// Check signature, succession, what is due and what is dead
    Check(check::CheckArgs),
    /// Take a list into a deployment: its own next edition, or another operator's list that the deployment's list names
    Import(import::ImportArgs),
}

/// What a new edition no longer says of keys that were lost or let go. An edition that was drafted from an older one than the
/// one at hand looks like this.
fn forgotten(changes: &[Change]) -> Vec<String> {
    let wider = changes.iter().filter(|change| change.widens());
    let each = wider.flat_map(|change| change.forgotten.iter().map(move |event| (change, event)));
    each.map(|(Change { entry, name, .. }, event)| {
        let (blank, status, since) = (if name.is_empty() { "" } else { " " }, event.status.word(), Instant(event.at));
        format!("{entry}{blank}{name}: is no longer said to be {status} since {since}; what it signed may count again")
    })
    .collect()
}

pub(crate) fn run(args: &TrustArgs, assets: Option<&Path>) -> Result<ExitCode> {
    match &args.verb {
        TrustVerb::Make(args) => draft::run(args),
        TrustVerb::Sign(args) => sign::run(args, assets),
        TrustVerb::Show(args) => show::run(args),
        TrustVerb::Compare(args) => compare::run(args),
        TrustVerb::Check(args) => check::run(args),
        TrustVerb::Import(args) => import::run(args),
    }
}

/// Certificates in PEM files.
pub(crate) fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>> {
    let mut found = Vec::new();
    for path in paths {
        let pem = String::from_utf8(crate::files::read(path)?)
            .map_err(|_| fault(path.display(), "is no text", "give a file of PEM certificates"))?;
        let read = Certificate::many_from_pem(&pem).with_context(|| path.display().to_string())?;
        if read.is_empty() {
            return Err(fault(path.display(), "holds no certificate", "give a file of PEM certificates"));
        }
        found.extend(read);
    }
    Ok(found)
}

/// A list as text: signed (JWS) or as JSON.
struct Given {
    text: String,
    list: TrustList,
    signed: bool,
    /// A pinned root has signed it.
    checked: bool,
}

/// Reads a list. With roots it must be signed by one of them; without, nobody knows who made it.
fn read(path: &Path, roots: &[Certificate]) -> Result<Given> {
    let text = String::from_utf8(crate::files::read(path)?)
        .map_err(|_| fault(path.display(), "is no text", "a list is a JWS, or its JSON"))?;
    let text = text.trim().to_owned();
    if text.starts_with('{') {
        let list = TrustList::from_json(text.as_bytes()).with_context(|| path.display().to_string())?;
        return Ok(Given { text, list, signed: false, checked: false });
    }
    if roots.is_empty() {
        let list = TrustList::read_unchecked(&text).with_context(|| path.display().to_string())?;
        return Ok(Given { text, list, signed: true, checked: false });
    }
    let list = TrustList::open(&text, roots).with_context(|| path.display().to_string())?;
    Ok(Given { text, list, signed: true, checked: true })
}

/// `--at`, or now.
pub(crate) fn instant(at: Option<&str>) -> Result<OffsetDateTime> {
    match at {
        Some(text) => parse_instant(text).map_err(|form| fault(format!("the time {text}"), "is none", form)),
        None => Ok(OffsetDateTime::now_utc()),
    }
}

/// A time by RFC 3339, or a day: its beginning in China. Else the forms.
pub(crate) fn parse_instant(text: &str) -> Result<OffsetDateTime, String> {
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(at);
    }
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    let form = |_| "write a time as 2026-11-21T12:00:00+08:00, or a day as 2026-11-21: it begins at 00:00 +08:00";
    Ok(day.map_err(form)?.midnight().assume_offset(offset!(+8)))
}
