//! `license keys crl`: the next revocation lists of the CAs whose keys are here. Without one, nobody can say that a certificate
//! is not revoked, and no signature reaches B-LT.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use license_server::deployment::Secrecy;
use time::{Duration, OffsetDateTime};

use super::revoke::{LIFE, Next, known_certificates};
use crate::cli::PasswordArgs;
use crate::fault::{count, fault};

#[derive(clap::Args)]
#[command(after_help = "Exit code 0: made; 3: misuse.")]
pub(super) struct CrlArgs {
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// How many days the lists stand
    #[arg(long, value_name = "DAYS", default_value_t = LIFE.whole_days() as u16, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    #[command(flatten)]
    password: PasswordArgs,
}

pub(super) fn run(args: &CrlArgs) -> Result<ExitCode> {
    let password = crate::deployment::password(&args.password, &args.data)?;
    let mut change = crate::deployment::fresh(&args.data)?;
    let keys = args.data.join("keys");
    let known = known_certificates(&keys)?;
    let life = Duration::days(args.days.into());
    let next = Next { data: &args.data, known: &known, now: OffsetDateTime::now_utc(), life, password: &password };
    let mut paths = Vec::new();
    for (name, certificate) in &known {
        let authority = certificate.basic_constraints().is_some_and(|constraints| constraints.ca);
        if authority && keys.join(format!("{name}.key.pem")).is_file() {
            let (path, der) = next.of(name, None)?;
            change.put(&path, der, Secrecy::Open);
            paths.push(path);
        }
    }
    if paths.is_empty() {
        let advice = "fetch the lists of the CAs that certified the keys into DATA/trust/crls/ (*.crl)";
        return Err(fault(keys.display(), "no key of a CA is here", advice));
    }
    let made = change.commit("crl", &count(paths.len() as u64, "revocation list"))?;
    paths.iter().for_each(|path| say!("{}", args.data.join(path).display()));
    made.close()?;
    Ok(ExitCode::SUCCESS)
}
