//! `license trust sign`: a list under the root's signature.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use license_core::trust::TrustList;
use license_server::deployment::OfficeFile;
use pki::Signer as _;

use crate::cli::PasswordArgs;
use crate::fault::{count, fault};
use crate::files::write_new;

#[derive(Args)]
pub(super) struct SignArgs {
    /// JSON of a list, as `trust make` writes it
    #[arg(requires_all = ["key", "out"])]
    file: Option<PathBuf>,
    /// Key file of the root, NAME.key.pem; its certificate is NAME.pem beside it
    #[arg(long, value_name = "FILE", requires = "file")]
    key: Option<PathBuf>,
    /// Where the signed list goes; must not exist
    #[arg(long, value_name = "FILE", requires = "file")]
    out: Option<PathBuf>,
    /// The edition before, signed: the new one must be newer, and names it as its predecessor
    #[arg(long, value_name = "FILE", requires = "file")]
    after: Option<PathBuf>,
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
}

pub(super) fn run(args: &SignArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let (Some(file), Some(key), Some(out)) = (&args.file, &args.key, &args.out) else {
        return of_deployment(args, assets);
    };
    let root = crate::deployment::key_file(key, &args.password)?;
    let mut list = super::read(file, &[])?.list;
    if let Some(after) = &args.after {
        let held = super::read(after, std::slice::from_ref(root.certificate()))?;
        if list.sequence <= held.list.sequence {
            let why = format!("its sequence {} is not above {}", list.sequence, held.list.sequence);
            return Err(fault(file.display(), why, "raise `sequence`"));
        }
        list.previous = Some(TrustList::digest_of(&held.text));
        if let Err(problem) = list.replaces(&held.list, list.previous) {
            return Err(fault(file.display(), problem, "put `issued_at` right: verifiers refuse such an edition"));
        }
    }
    let edition = super::edition::signed(list, &root)?;
    write_new(out, edition.text.as_bytes())?;
    say!("edition {} signed: {}", edition.list.sequence, out.display());
    Ok(ExitCode::SUCCESS)
}

fn of_deployment(args: &SignArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let password = crate::deployment::password(&args.password, &args.data)?;
    let catalog = crate::assets::catalog(&*crate::assets::open(assets)?)?;
    // An edition more does no harm: an interrupted one is completed, and this one made nevertheless.
    let mut change = crate::deployment::fresh(&args.data)?;
    let office = OfficeFile::read(&args.data.join("office.toml"))?;
    let now = time::OffsetDateTime::now_utc();
    let next =
        super::next(&args.data, &password, now, |list| super::refresh::refresh(list, &args.data, &office, &catalog))?;
    next.stage(&args.data, &mut change);
    let list = &next.edition.list;
    let made = change.commit("trust sign", &format!("trust list, edition {}", list.sequence))?;
    say!("edition {}: {}", list.sequence, count(list.issuers.len() as u64, "issuer"));
    made.close()?;
    Ok(ExitCode::SUCCESS)
}
