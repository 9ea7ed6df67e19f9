//! `license fsck`: verifies everything stored with what a stranger has: rows, files, audit chain, and every file's
//! seal and signature.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use license_core::verify::Verdict;
use license_server::service::Office;
use license_server::store::{PageRequest, Query};

use crate::cli::DataArgs;

/// Exit code 0: clean; 1: faults found; 3: misuse.
#[derive(Args)]
pub(crate) struct FsckArgs {
    /// Verify the seal and signature of every stored file, too
    #[arg(long)]
    deep: bool,
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(args: &FsckArgs, assets: Option<&Path>) -> Result<ExitCode> {
    if args.data.store.is_none() && !args.data.data.join("office.toml").is_file() {
        bail!("{} holds no deployment (no office.toml)", args.data.data.display());
    }
    let store = crate::deployment::store(&args.data)?;
    let summary = store.fsck(&mut |finding| say!("{finding:?}"))?;
    say!(
        "{} licenses, {} files, {} audit entries: {} faults, {} notes",
        summary.licenses,
        summary.files,
        summary.audit_entries,
        summary.faults,
        summary.notes
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
                    say!("{} {:?}: {code}", license.id, file.kind);
                }
            }
        }
        match licenses.next {
            Some(next) => page = PageRequest { after: Some(next), limit: 100 },
            None => break,
        }
    }
    say!("{checked} files verified: {faults} faults");
    Ok(faults)
}
