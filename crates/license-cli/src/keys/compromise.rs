//! `license keys compromise`: a key may be in other hands since a date. The next edition of the trust list says so, and the
//! test deployment's CA revokes the certificate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use license_core::trust::{Event, Status, TrustList};
use license_server::deployment::{OfficeFile, signer};
use pki::{Certificate, Crl, CrlTemplate, RevocationReason};
use time::{Duration, OffsetDateTime};

use super::role::Role;
use super::rotate::{issuer_mut, key_use, listed, signing_key};
use crate::cli::PasswordArgs;
use crate::fault::fault;
use crate::files::replace;

#[derive(clap::Args)]
pub(super) struct CompromiseArgs {
    /// Credit code of the issuer
    issuer: String,
    /// Which of its keys
    #[arg(long, value_enum)]
    what: Role,
    /// Since when, at the earliest, others may have had it
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Name of the key (keys/NAME.pem), when it is not the one in use
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// What happened, for the list
    #[arg(long, default_value = "key compromise")]
    reason: String,
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
}

pub(super) fn run(args: &CompromiseArgs) -> Result<ExitCode> {
    let now = OffsetDateTime::now_utc();
    let from = crate::trust::instant(Some(&args.from))?;
    if from > now {
        return Err(fault(
            format!("--from {}", args.from),
            "lies in the future",
            "say since when others may have had it",
        ));
    }
    let password = crate::deployment::password(&args.password, &args.data)?;
    let mut office = OfficeFile::read(&args.data.join("office.toml"))?;
    let issuer = issuer_mut(&mut office, &args.issuer)?;
    let in_use = args.what.signer(issuer).to_owned();
    let name = args.key.clone().unwrap_or_else(|| in_use.clone());
    let certificate = crate::trust::first(&args.data.join("keys"), &name)?;
    let event = Event { at: from, status: Status::Compromised, reason: args.reason.clone() };
    let edition = crate::trust::next(&args.data, &password, now, |list| {
        give_up(list, &args.issuer, args.what, &certificate, event)
    })?;
    say!("{} key {name} of {}: compromised since {}", args.what.word(), args.issuer, from.date());
    say!("trust list: edition {}; hand it to everyone who verifies", edition.list.sequence);
    if let Some(path) = revoke(&args.data, args.what, &certificate, from, now, &password)? {
        say!("revocation list: {}", path.display());
    }
    if name == in_use {
        let what = args.what.word();
        say!("the service still signs with it\n  → license keys rotate {} --what {what}", args.issuer);
    }
    Ok(ExitCode::SUCCESS)
}

/// An earlier date takes the place of a later one, never the other way round.
fn give_up(list: &mut TrustList, code: &str, what: Role, certificate: &Certificate, event: Event) -> Result<()> {
    let issuer = listed(list, code)?;
    let history = match what {
        Role::Index => {
            let key = issuer.index_keys.iter_mut().find(|key| key.key.spki_der() == certificate.spki_der());
            &mut key.context("the trust list does not name this index key")?.history
        }
        Role::Document | Role::Seal => &mut signing_key(issuer, key_use(what), certificate).history,
    };
    if let Some(known) = history.iter().find(|known| known.status == Status::Compromised && known.at <= event.at) {
        return Err(fault(
            code,
            format!("the list says already: compromised since {}", known.at.date()),
            "an earlier date may be given",
        ));
    }
    history.retain(|known| known.at < event.at);
    history.push(event);
    Ok(())
}

/// The CA's next revocation list, when the CA is here: what it listed before, and this certificate.
fn revoke(
    data: &Path,
    what: Role,
    certificate: &Certificate,
    from: OffsetDateTime,
    now: OffsetDateTime,
    password: &[u8],
) -> Result<Option<PathBuf>> {
    let keys = data.join("keys");
    if !keys.join(format!("{}.key.pem", what.ca())).is_file() {
        return Ok(None);
    }
    let ca = signer(&keys, what.ca(), password)?;
    if !certificate.issuer().matches(pki::Signer::certificate(&ca).subject()) {
        return Ok(None);
    }
    let folder = data.join("trust/crls");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(format!("{}.crl", what.ca()));
    let now = now.replace_nanosecond(0).unwrap_or(now);
    // Everything that this CA has given up is in keys/: the former list says which.
    let former = fs::read(&path).ok().and_then(|der| Crl::from_der(&der).ok());
    let number = u32::try_from(now.unix_timestamp()).unwrap_or(u32::MAX);
    let mut list = CrlTemplate::new(number, now, now + Duration::days(30));
    for known in known_certificates(&keys)? {
        let ours = known.issuer().matches(pki::Signer::certificate(&ca).subject());
        let revoked = former.as_ref().filter(|_| ours).and_then(|former| former.entry(known.serial()));
        if let Some(revocation) = revoked.filter(|_| known != *certificate) {
            list = list.revoke(&known, revocation.at, revocation.reason);
        }
    }
    let from = from.replace_nanosecond(0).unwrap_or(from);
    let crl = list.revoke(certificate, from, RevocationReason::KeyCompromise).issue(&ca)?;
    replace(&path, crl.der())?;
    Ok(Some(path))
}

fn known_certificates(keys: &Path) -> Result<Vec<Certificate>> {
    let entries = fs::read_dir(keys).with_context(|| format!("cannot read {}", keys.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(".pem") && !path.to_string_lossy().ends_with(".key.pem"));
    paths.sort();
    let first = |path: &PathBuf| {
        let pem = fs::read_to_string(path).ok()?;
        Certificate::many_from_pem(&pem).ok()?.into_iter().next()
    };
    Ok(paths.iter().filter_map(first).collect())
}
