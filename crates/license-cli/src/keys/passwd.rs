//! `license keys passwd`: key files under another password, and in the current format.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use license_server::deployment::{Secrecy, check_encrypted, check_private};
use pki::{KeyFileCost, PrivateKey};

use crate::cli::PasswordArgs;
use crate::fault::{count, fault};
use crate::files::{random, read, replace_secret};

/// Without FILES all key files of the deployment.
#[derive(clap::Args)]
pub(super) struct PasswdArgs {
    /// Key files (NAME.key.pem)
    files: Vec<PathBuf>,
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
    /// File whose first line is the new password; the old one when left out, which still renews format and cost
    #[arg(long, value_name = "FILE")]
    new_password_file: Option<PathBuf>,
}

pub(super) fn run(args: &PasswdArgs) -> Result<ExitCode> {
    let password = crate::deployment::password(&args.password, &args.data)?;
    let new = match &args.new_password_file {
        Some(path) => crate::deployment::first_line(path)?,
        None => password.clone(),
    };
    if new.is_empty() {
        return Err(fault("the new password", "is empty and would protect nothing", "put one into the first line"));
    }
    // All keys of a deployment have one password: they change together.
    let change = if args.files.is_empty() { Some(crate::deployment::fresh(&args.data)?) } else { None };
    let files = if args.files.is_empty() { all(&args.data.join("keys"))? } else { args.files.clone() };
    // All are opened before one is written: a wrong password changes nothing.
    let mut changed = Vec::with_capacity(files.len());
    for path in &files {
        check_private(path)?;
        let text = String::from_utf8(read(path)?).map_err(|_| fault(path.display(), "is no text", ""))?;
        check_encrypted(path, &text)?;
        let key = PrivateKey::from_encrypted_pem(&text, &password)
            .map_err(|error| fault(path.display(), error, "all files must have the same old password; give FILES"))?;
        changed.push((path, key.to_key_file(&new, KeyFileCost::default(), &mut random())?));
    }
    if let Some(mut change) = change {
        for (path, text) in &changed {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            change.put(&format!("keys/{name}"), text.as_bytes(), Secrecy::Secret);
        }
        let what = format!("{} under another password", count(changed.len() as u64, "key file"));
        change.commit("passwd", &what)?.close()?;
    } else {
        for (path, text) in &changed {
            replace_secret(path, text.as_bytes())?;
        }
    }
    // The demo keeps its password beside the keys.
    let beside = args.data.join("keys/password");
    if args.files.is_empty() && new != password && beside.is_file() {
        let advice = "remove it, or put the new password into it; nothing else of the deployment changes";
        eprintln!("license: {} still holds the old password\n  → {advice}", beside.display());
    }
    say!("{} written", count(changed.len() as u64, "key file"));
    Ok(ExitCode::SUCCESS)
}

/// Every key file of a folder.
fn all(keys: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(keys).with_context(|| format!("cannot read {}", keys.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".key.pem"));
    files.sort();
    if files.is_empty() {
        return Err(fault(keys.display(), "holds no key files", "give --data the folder of a deployment"));
    }
    Ok(files)
}
