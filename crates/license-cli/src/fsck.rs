//! `license fsck`: verifies everything stored with what a stranger has: rows, files, audit chain, and every file's
//! seal and signature.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_core::verify::Verdict;
use license_server::service::Office;
use license_server::store::{Finding, PageRequest, Query};

use crate::cli::DataArgs;
use crate::fault::{count, fault};

#[derive(Args)]
#[command(after_help = "Exit code 0: clean; 1: faults found; 3: misuse.")]
pub(crate) struct FsckArgs {
    /// Verify the seal and signature of every stored file, too
    #[arg(long)]
    deep: bool,
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(args: &FsckArgs, assets: Option<&Path>) -> Result<ExitCode> {
    if args.data.store.is_none() && !args.data.data.join("office.toml").is_file() {
        let advice = "give --data a deployment; `license demo` makes one";
        return Err(fault(args.data.data.display(), "holds no deployment (no office.toml)", advice));
    }
    let store = crate::deployment::store(&args.data)?;
    let summary = store.fsck(&mut |finding| say!("{}", told(&finding)))?;
    say!(
        "{}, {}, {}, {} audit entries: {}, {}",
        count(summary.licenses, "license"),
        count(summary.files, "file"),
        count(summary.assets, "asset"),
        summary.audit_entries,
        count(summary.faults, "fault"),
        count(summary.notes, "note")
    );
    let mut faults = summary.faults;
    if args.deep {
        drop(store);
        faults += deep(&crate::deployment::office(&args.data, assets)?)?;
    }
    Ok(ExitCode::from(u8::from(faults > 0)))
}

fn deep(office: &Office) -> Result<u64> {
    let (mut checked, mut faults) = (0u64, 0u64);
    let mut page = PageRequest::first(100);
    loop {
        let licenses = office.store().list(&Query::All, &page)?;
        for license in &licenses.items {
            for file in &license.files {
                let report = office.verify_file(&office.store().file(&file.digest)?)?;
                checked += 1;
                // What has expired or was cancelled is still genuine.
                let genuine = report
                    .reasons()
                    .all(|reason| reason.is_state() || reason.effect() != license_core::verify::Effect::Fails);
                if !genuine || report.verdict == Verdict::Indeterminate {
                    faults += 1;
                    let code = report.headline().map_or("?", |reason| reason.code());
                    say!("{} {} {}: {code}", license.id, file.face, file.media_type);
                }
            }
        }
        match licenses.next {
            Some(next) => page = PageRequest { after: Some(next), limit: 100 },
            None => break,
        }
    }
    say!("{} verified: {}", count(checked, "file"), count(faults, "fault"));
    Ok(faults)
}

/// A finding as a line: `missing-file license=… digest=…`.
fn told(finding: &Finding) -> String {
    let Ok(serde_json::Value::Object(parts)) = serde_json::to_value(finding) else { return String::new() };
    let mut line = parts.get("finding").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    for (name, value) in parts.iter().filter(|(name, _)| *name != "finding") {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line.push_str(&format!(" {name}={value}"));
    }
    line
}
