//! `license ofd-a`: whether an OFD keeps the archive profile (GB/T 42133), and making it say so before it is signed.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use ofd::{ArchiveFault, ArchiveRule, Budget, Package, check_archive};

use crate::fault::{count, fault};
use crate::files::{read, write_new};

/// Where an OFD declares itself.
const ROOT: &str = "OFD.xml";

#[derive(Args)]
#[command(after_help = "Exit code 0: OFD-A; 1: it leaves the profile, each place is named; 3: misuse.")]
pub(crate) struct OfdAArgs {
    /// The OFD
    file: PathBuf,
    /// Write the document as OFD-A, when nothing but its DocType stands against it; nobody may have signed it yet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &OfdAArgs) -> Result<ExitCode> {
    let budget = Budget::default();
    let mut package = ofd::read(&read(&args.file)?, &budget).with_context(|| format!("{}", args.file.display()))?;
    if args.out.is_some() {
        if !ofd::inspect(&package, &budget).signatures.is_empty() {
            let advice = "make the OFD-A before it is sealed: afterwards no byte of its files may change";
            return Err(fault(args.file.display(), "is signed", advice));
        }
        declare(&mut package)
            .map_err(|why| fault(args.file.display(), why, "OFD.xml must say DocType=\"OFD\" once"))?;
    }
    let faults = check_archive(&package, &budget);
    for fault in &faults {
        say!("{fault}{}", remark(fault));
    }
    if !faults.is_empty() {
        say!("{} from GB/T 42133", count(faults.len() as u64, "departure"));
        return Ok(ExitCode::FAILURE);
    }
    match &args.out {
        Some(out) => {
            write_new(out, &package.to_zip()?)?;
            say!("{}", out.display());
        }
        None => say!("{}: OFD-A (GB/T 42133), as far as a program decides", args.file.display()),
    }
    Ok(ExitCode::SUCCESS)
}

fn remark(fault: &ArchiveFault) -> &'static str {
    match fault.rule {
        ArchiveRule::DocType => " (--out writes a copy that says OFD-A)",
        _ => "",
    }
}

/// `DocType="OFD"` becomes `DocType="OFD-A"`, and no other byte changes.
fn declare(package: &mut Package) -> Result<(), &'static str> {
    let xml = package.part(ROOT).ok_or("has no OFD.xml")?.open().into_owned();
    let text = String::from_utf8(xml).map_err(|_| "OFD.xml is not UTF-8")?;
    if ["DocType=\"OFD-A\"", "DocType='OFD-A'"].iter().any(|said| text.contains(said)) {
        return Ok(());
    }
    let spelled = ["DocType=\"OFD\"", "DocType='OFD'"];
    let found: usize = spelled.iter().map(|plain| text.matches(plain).count()).sum();
    if found != 1 {
        return Err("does not say what it is in the usual way");
    }
    let said = spelled.iter().fold(text, |text, plain| text.replace(plain, "DocType=\"OFD-A\""));
    package.set(ROOT, said.into_bytes());
    Ok(())
}
