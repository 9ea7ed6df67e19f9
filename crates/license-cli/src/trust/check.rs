//! `license trust check`: may this list be used, and what is to be seen to?

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_core::trust::{TrustList, compare};
use pki::Instant;
use serde_json::json;
use time::Duration;

#[derive(Args)]
#[command(
    after_help = "Exit code 0: good; 1: must not be used, or something has expired; 2: something is to be seen to soon; 3: misuse."
)]
pub(super) struct CheckArgs {
    /// Signed list (JWS)
    file: PathBuf,
    /// Root that must have signed it (PEM)
    #[arg(long = "root", value_name = "FILE", required = true)]
    roots: Vec<PathBuf>,
    /// The edition that is kept: an older one, or another one of its number, is refused
    #[arg(long, value_name = "FILE")]
    held: Option<PathBuf>,
    /// As of this time instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// What ends within so many days is told
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u16,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &CheckArgs) -> Result<ExitCode> {
    let roots = super::certificates(&args.roots)?;
    let at = super::instant(args.at.as_deref())?;
    let mut refused = Vec::new();
    let mut warnings = Vec::new();
    let mut forgotten = Vec::new();
    let mut sequence = None;
    match super::read(&args.file, &roots) {
        Err(error) => refused.push(format!("{error:#}")),
        Ok(given) if !given.checked => refused.push("it is not signed".to_owned()),
        Ok(given) => {
            sequence = Some(given.list.sequence);
            if let Some(path) = &args.held {
                let held = super::read(path, &roots)?;
                let digest = held.signed.then(|| TrustList::digest_of(&held.text));
                refused.extend(given.list.replaces(&held.list, digest).err().map(|problem| problem.to_string()));
                forgotten = super::forgotten(&compare(&held.list, &given.list));
            }
            if let Some(issued) = given.list.issued_at.filter(|issued| *issued > at + Duration::hours(1)) {
                refused.push(format!("it was made in the future, at {}", Instant(issued)));
            }
            warnings = given.list.warnings(at, Duration::days(args.days.into()));
        }
    }
    let serious = warnings.iter().any(license_core::trust::Warning::is_serious);
    if args.json {
        let warnings: Vec<_> = (warnings.iter())
            .map(|warning| json!({ "entry": warning.entry, "serious": warning.is_serious(), "text": warning.to_string() }))
            .collect();
        say!("{}", json!({ "edition": sequence, "refused": refused, "warnings": warnings, "forgotten": forgotten }));
    } else {
        refused.iter().for_each(|problem| say!("✗ {problem}"));
        warnings.iter().for_each(|warning| say!("{} {warning}", if warning.is_serious() { "✗" } else { "!" }));
        forgotten.iter().for_each(|what| say!("! {what}"));
        match sequence {
            Some(sequence) if refused.is_empty() && warnings.is_empty() && forgotten.is_empty() => {
                say!("edition {sequence}: good")
            }
            _ => {}
        }
    }
    Ok(ExitCode::from(match (refused.is_empty() && !serious, warnings.is_empty() && forgotten.is_empty()) {
        (false, _) => 1,
        (true, false) => 2,
        (true, true) => 0,
    }))
}
