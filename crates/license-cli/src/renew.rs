//! `license renew`: what is about to weaken, and fresh archive time-stamps for it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_server::deployment::{roots, trust_list};
use license_server::service::{Caller, Office, ServiceError};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::cli::DataArgs;
use crate::fault::{count, fault};

#[derive(Args)]
#[command(
    after_help = "Exit code 0: done, or nothing to do; 1: a document could not be renewed, or its state not told; 3: misuse."
)]
pub(crate) struct RenewArgs {
    /// Show what is due, and change nothing
    #[arg(long)]
    list: bool,
    /// With --list: what will be due within so many days, too
    #[arg(long, value_name = "DAYS", default_value_t = 0, requires = "list")]
    within: u32,
    /// Stop after about so many documents; the next call goes on there
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, conflicts_with = "list")]
    limit: usize,
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(args: &RenewArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let office = crate::deployment::office(&args.data, assets)?;
    if office.lasting().is_none() {
        let advice = "add [time_stamp] with a [[time_stamp.service]] to it (docs/formats/office.md)";
        return Err(fault(args.data.data.join("office.toml").display(), "names no time-stamp service", advice));
    }
    let trust = args.data.data.join("trust");
    let known = trust_list(&trust, &roots(&trust)?)?.0;
    crate::keys::unlisted_stamps(&args.data.data, &known)?.iter().for_each(|what| eprintln!("license: {what}"));
    if args.list { list(&office, args.within) } else { renew(&office, args.limit) }
}

fn list(office: &Office, within: u32) -> Result<ExitCode> {
    let until = OffsetDateTime::now_utc() + Duration::days(i64::from(within));
    let (mut due, mut unknown) = (0, 0);
    office.weakening(until, &mut |found| match found {
        Ok(document) => {
            due += 1;
            let when = document.due.format(&Rfc3339).unwrap_or_default();
            let face = if document.face.is_empty() { String::new() } else { format!(" ({})", document.face) };
            say!("{}{face} due {when}: {}", document.license, document.why);
        }
        Err((license, why)) => {
            unknown += 1;
            say!("{license} cannot be told: {why}");
        }
    })?;
    say!("{} due", count(due, "document"));
    Ok(if unknown == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn renew(office: &Office, limit: usize) -> Result<ExitCode> {
    let caller = Caller { name: "license-cli".to_owned() };
    let (mut looked, mut renewed, mut failed) = (0, 0, 0);
    loop {
        let report = office.renew_due(&caller, limit.saturating_sub(renewed), &|| false).map_err(told)?;
        looked += report.looked;
        renewed += report.renewed;
        failed += report.failed.len();
        for (license, why) in &report.failed {
            eprintln!("license: {license}: {why}");
        }
        if report.complete || renewed + failed >= limit {
            break;
        }
    }
    say!("{} renewed of {} looked at", count(renewed as u64, "document"), count(looked as u64, "license"));
    for usage in office.lasting().map(license_server::lasting::Lasting::usage).unwrap_or_default() {
        let left = usage.left.map(|left| format!(", {left} left in its quota")).unwrap_or_default();
        say!("  {}: {} asked, {} granted, {} failed{left}", usage.service, usage.sent, usage.granted, usage.failed);
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(error: ServiceError) -> anyhow::Error {
    fault("renew", error, "`license fsck` says what is wrong with the store")
}
