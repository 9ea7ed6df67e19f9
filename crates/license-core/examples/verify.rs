//! Verifies OFD, PDF and QR text files without any network:
//! `cargo run -p license-core --example verify [TRUST FILE…]`. `TRUST` holds roots (`*.pem`) and `trust-list.jws`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_core::trust::TrustList;
use license_core::verify::{self, Limits, Policy, Press, Report};
use pki::Certificate;
use time::OffsetDateTime;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let trust = args.next().unwrap_or_else(|| "fixtures/pki/trust".into());
    let mut files: Vec<PathBuf> = args.collect();
    if files.is_empty() {
        files = ["ofd", "pdf", "qr.txt"].map(|kind| format!("target/example-out/license.{kind}").into()).to_vec();
    }
    for (file, report) in files.iter().zip(verify_all(&trust, &files, OffsetDateTime::now_utc())?) {
        println!("{}: {:?}", file.display(), report.verdict);
        if let Some(subject) = &report.subject {
            println!("  {} {} {}", subject.number, subject.public_holder(), subject.issuer_name);
        }
        for reason in report.reasons() {
            println!("  {}: {}", reason.code(), reason.citizen().zh);
        }
    }
    Ok(())
}

pub(crate) fn verify_all(trust: &Path, files: &[PathBuf], at: OffsetDateTime) -> Result<Vec<Report>> {
    // Whom to believe: roots that were handed over in person, and the list that one of them signed.
    let mut roots = Vec::new();
    for entry in fs::read_dir(trust)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            roots.extend(Certificate::many_from_pem(&fs::read_to_string(path)?)?);
        }
    }
    let trust = TrustList::open(&fs::read_to_string(trust.join("trust-list.jws"))?, &roots)?;

    // Templates and fonts, to compare the drawn words with the data inside the file.
    let catalog = Catalog::load(&Bundled).map_err(|errors| format!("{errors:?}"))?;
    let fonts = FontLibrary::new(Arc::new(Bundled))?;
    let policy = Policy { press: Some(Press { catalog: &catalog, fonts: &fonts }), ..Policy::default() };

    let judge = |bytes: &[u8]| verify::judge(&verify::inspect(bytes, &Limits::default()), &trust, &policy, at);
    files.iter().map(|file| Ok(judge(&fs::read(file)?))).collect()
}
