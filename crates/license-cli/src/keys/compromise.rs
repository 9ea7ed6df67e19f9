//! `license keys compromise`: a key may be in other hands since a date. The next edition of the trust list says so, and the
//! CA revokes the certificate when its key is here.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use license_core::trust::{Event, Status, TrustList};
use license_server::deployment::{Change, OfficeFile, Secrecy};
use pki::{Certificate, Instant, RevocationReason};
use time::OffsetDateTime;

use super::compromise_ca;
use super::revoke::revoke;
use super::role::Role;
use super::rotate::{issuer_mut, key_use, listed, signing_key};
use crate::cli::PasswordArgs;
use crate::fault::fault;

#[derive(clap::Args)]
pub(super) struct CompromiseArgs {
    /// Credit code of the issuer whose key it is
    #[arg(required_unless_present = "ca", requires = "what")]
    issuer: Option<String>,
    /// Which of its keys
    #[arg(long, value_enum, requires = "issuer")]
    what: Option<Role>,
    /// Instead of an issuer's key that of a CA, a seal maker, a time-stamp service or another operator: its name in keys/, a
    /// file of its certificate (PEM), or its name in the trust list
    #[arg(long, value_name = "NAME", conflicts_with_all = ["issuer", "what", "key"])]
    ca: Option<String>,
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
    let event = Event { at: from, status: Status::Compromised, reason: args.reason.clone() };
    let loss = Loss { data: &args.data, event, now, password: &password };
    match (&args.ca, &args.issuer, args.what) {
        (Some(ca), ..) => compromise_ca::run(&loss, ca),
        (None, Some(issuer), Some(what)) => of_issuer(&loss, issuer, what, args.key.as_deref()),
        _ => Err(fault("whose key?", "neither an issuer's nor a CA's is named", "give CODE --what, or --ca NAME")),
    }
}

/// What happened to a key, wherever it belongs.
pub(super) struct Loss<'a> {
    pub(super) data: &'a Path,
    pub(super) event: Event,
    pub(super) now: OffsetDateTime,
    pub(super) password: &'a [u8],
}

impl Loss<'_> {
    /// Makes one change of edition and revocation list, known by `key`.
    pub(super) fn record(
        &self,
        (mut change, key): (Change, &str),
        (whose, certificate, reason): (&str, &Certificate, RevocationReason),
        give_up: impl FnOnce(&mut TrustList) -> Result<()>,
        also: &[String],
    ) -> Result<ExitCode> {
        let next = crate::trust::next(self.data, self.password, self.now, give_up)?;
        next.stage(self.data, &mut change);
        let since = self.event.at;
        let revoked = revoke(self.data, certificate, (since, reason), self.now, self.password)?;
        if let Some((path, der)) = &revoked {
            change.put(path, der.as_slice(), Secrecy::Open);
        }
        let what = format!("{whose}: compromised since {}", Instant(since));
        let made = change.commit(key, &what)?;
        say!("{what}");
        say!("trust list: edition {}; hand it to everyone who verifies", next.edition.list.sequence);
        revoked.iter().for_each(|(path, _)| say!("revocation list: {}", self.data.join(path).display()));
        also.iter().for_each(|line| say!("{line}"));
        made.close()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn of_issuer(loss: &Loss<'_>, code: &str, what: Role, key: Option<&str>) -> Result<ExitCode> {
    let since = loss.event.at.unix_timestamp();
    let known = format!("compromise {code} {} {} {since}", what.word(), key.unwrap_or_default());
    let Some(change) = crate::deployment::begin(loss.data, &known)? else { return Ok(ExitCode::SUCCESS) };
    let mut office = OfficeFile::read(&loss.data.join("office.toml"))?;
    let issuer = issuer_mut(&mut office, code)?;
    let in_use = what.signer(issuer).to_owned();
    let name = key.unwrap_or(&in_use);
    let certificate = crate::trust::first(&loss.data.join("keys"), name)?;
    let mut also = Vec::new();
    if name == in_use {
        let word = what.word();
        also.push(format!("nothing more is issued with it; a running service follows once it has this edition\n  → license keys rotate {code} --what {word}"));
    }
    let whose = format!("{} key {name} of {code}", what.word());
    let lost = (whose.as_str(), &certificate, RevocationReason::KeyCompromise);
    let event = loss.event.clone();
    loss.record((change, &known), lost, |list| give_up(list, code, what, &certificate, event), &also)
}

fn give_up(list: &mut TrustList, code: &str, what: Role, certificate: &Certificate, event: Event) -> Result<()> {
    let issuer = listed(list, code)?;
    let history = match what {
        Role::Index => {
            let key = issuer.index_keys.iter_mut().find(|key| key.key.spki_der() == certificate.spki_der());
            &mut key.context("the trust list does not name this index key")?.history
        }
        Role::Document | Role::Seal => &mut signing_key(issuer, key_use(what), certificate).history,
    };
    enter(history, code, event)
}

/// An earlier date takes the place of a later one, never the other way round.
pub(super) fn enter(history: &mut Vec<Event>, whose: &str, event: Event) -> Result<()> {
    if let Some(known) = history.iter().find(|known| known.status == Status::Compromised && known.at <= event.at) {
        return Err(fault(
            whose,
            format!("the list says already: compromised since {}", Instant(known.at)),
            "an earlier date may be given",
        ));
    }
    history.retain(|known| known.at < event.at);
    history.push(event);
    Ok(())
}
