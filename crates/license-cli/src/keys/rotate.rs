//! `license keys rotate`: a new key takes over; what the old one signed stays good, what it signs later is refused.
//!
//! Key, certificate, seal, the next edition of the trust list and `office.toml` are one change of the deployment: an
//! interrupted run has changed nothing, or the next one completes what it decided.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use eseal::{Seal, SealContent, SignerList};
use license_core::trust::{IndexKey, Issuer, KeyUse, Period, SigningKey, Status, TrustList};
use license_server::deployment::{IssuerFile, OfficeFile, Secrecy, roots, trust_list};
use pki::{Certificate, Instant, KeyFileCost, Signer as _, SoftSigner};
use time::{Duration, OffsetDateTime};

use super::names;
use super::press::{Press, Pressed};
use super::role::Role;
use crate::cli::PasswordArgs;
use crate::fault::fault;

#[derive(clap::Args)]
pub(super) struct RotateArgs {
    /// Credit code of the issuer
    issuer: String,
    /// Which of its keys
    #[arg(long, value_enum)]
    what: Role,
    /// A key that is there already, by name (keys/NAME.key.pem and keys/NAME.pem), as a CA elsewhere certified it; without,
    /// the CA of the test deployment certifies a new one
    #[arg(long = "use", value_name = "NAME")]
    existing: Option<String>,
    /// Until when the old key may sign, instead of now: for a service that is started again later
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
}

pub(super) fn run(args: &RotateArgs) -> Result<ExitCode> {
    let now = OffsetDateTime::now_utc();
    let at = match &args.at {
        Some(text) => crate::trust::instant(Some(text))?,
        None => now,
    };
    if at < now {
        let advice = "leave --at out; a key that others may have had is given up by `license keys compromise`";
        return Err(fault("--at", "lies in the past: what the old key has signed since would be refused", advice));
    }
    let at = at.replace_nanosecond(0).unwrap_or(at);
    let password = crate::deployment::password(&args.password, &args.data)?;
    let key = format!("rotate {} {}", args.issuer, args.what.word());
    let Some(mut change) = crate::deployment::begin(&args.data, &key)? else { return Ok(ExitCode::SUCCESS) };
    let mut office = OfficeFile::read(&args.data.join("office.toml"))?;
    let issuer = issuer_mut(&mut office, &args.issuer)?;
    let keys = args.data.join("keys");
    let old_name = args.what.signer(issuer).to_owned();
    let old = crate::trust::first(&keys, &old_name)?;
    let (new_name, new) = match &args.existing {
        Some(name) => {
            // It must open, and belong to its certificate.
            let ready = crate::deployment::key(&keys, name, &password)?;
            (name.clone(), ready.certificate().clone())
        }
        None => {
            let (name, pressed) = certified(&args.data, issuer, args.what, &password, now - Duration::hours(1))?;
            pressed.stage(&name, &mut change)?;
            (name, pressed.certificate)
        }
    };
    if new.public_key().map(pki::PublicKey::kind) != old.public_key().map(pki::PublicKey::kind) {
        return Err(fault(&new_name, "is a key of another kind than the one it replaces", "take one of the same kind"));
    }
    if args.what == Role::Seal {
        let seal = reseal(&args.data, issuer, &new, &password, now)?;
        issuer.seal = format!("seals/{new_name}.esl");
        change.put_new(&issuer.seal, seal.der(), Secrecy::Open)?;
    }
    args.what.put(issuer, &new_name);
    let code = issuer.code.clone();
    let next = crate::trust::next(&args.data, &password, now, |list| {
        take_over(list, &code, args.what, (&old, at), (&new, now.replace_nanosecond(0).unwrap_or(now)))
    })?;
    next.stage(&args.data, &mut change);
    change.put("office.toml", office.to_toml(), Secrecy::Open);
    let what = format!("{} key of {code}: {new_name} in the place of {old_name}", args.what.word());
    let made = change.commit(&key, &what)?;
    say!("{what}");
    say!("trust list: edition {}; the service uses the key when it is started next", next.edition.list.sequence);
    made.close()?;
    Ok(ExitCode::SUCCESS)
}

/// The issuer of `office.toml` with this code.
pub(super) fn issuer_mut<'o>(office: &'o mut OfficeFile, code: &str) -> Result<&'o mut IssuerFile> {
    let known: Vec<String> = office.issuers.iter().map(|issuer| format!("{} {}", issuer.code, issuer.name)).collect();
    let found = office.issuers.iter_mut().find(|issuer| issuer.code == code);
    found.ok_or_else(|| {
        fault(code, "no issuer of this deployment has this code", format!("known: {}", known.join(", ")))
    })
}

/// A new key below the CA of the test deployment, and what it will be called.
fn certified(
    data: &Path,
    issuer: &IssuerFile,
    what: Role,
    password: &[u8],
    from: OffsetDateTime,
) -> Result<(String, Pressed)> {
    let keys = data.join("keys");
    let advice = "have a CA certify a key, put NAME.key.pem and NAME.pem into keys/, and give --use NAME";
    let ca_file = keys.join(format!("{}.key.pem", what.ca()));
    if !ca_file.is_file() {
        return Err(fault(ca_file.display(), "the CA's key is not here", advice));
    }
    let ca = crate::deployment::key(&keys, what.ca(), password)?;
    let above = ca.chain().iter().chain([ca.certificate()]);
    if let Some(since) = given_up_since(data, above)? {
        let why = format!(
            "this CA, or one above it, is compromised since {}: what it certifies now is refused",
            Instant(since)
        );
        return Err(fault(what.ca(), why, advice));
    }
    let base = format!("{}-{}", issuer.code, what.word());
    let name = (2_u32..).map(|number| format!("{base}-{number}"));
    let name = name.into_iter().find(|name| !keys.join(format!("{name}.key.pem")).exists()).unwrap_or(base);
    let press = Press { keys: keys.clone(), password, cost: KeyFileCost::default(), from, years: 10 };
    let root = crate::trust::first(&keys, if what == Role::Seal { names::SM2_ROOT } else { names::P256_ROOT })?;
    let pressed = press.press(what.kind(), what.template(&issuer.code, &issuer.name), &ca, &[root])?;
    Ok((name, pressed))
}

/// Since when the trust list says that the key of one of these CAs is compromised.
fn given_up_since<'c>(data: &Path, cas: impl Iterator<Item = &'c Certificate>) -> Result<Option<OffsetDateTime>> {
    let trust = data.join("trust");
    let (list, _) = trust_list(&trust, &roots(&trust)?)?;
    let keys: Vec<&[u8]> = cas.map(Certificate::spki_der).collect();
    let anchors = list.anchors.iter().map(|anchor| (&anchor.certificate, &anchor.history));
    let services = list.services.iter().map(|service| (&service.certificate, &service.history));
    let same = anchors.chain(services).filter(|(certificate, _)| keys.contains(&certificate.spki_der()));
    let events = same.flat_map(|(_, history)| history);
    Ok(events.filter(|event| event.status == Status::Compromised).map(|event| event.at).min())
}

/// Refuses a seal maker that the trust list, once there is one, has given up.
pub(crate) fn trusted_maker(data: &Path, maker: &SoftSigner) -> Result<()> {
    if !data.join("trust/trust-list.jws").is_file() {
        return Ok(());
    }
    match given_up_since(data, maker.chain().iter().chain([maker.certificate()]))? {
        None => Ok(()),
        Some(since) => {
            let since = Instant(since);
            let why = format!("this seal maker, or a CA above it, is compromised since {since}: its seals are refused");
            Err(fault(names::SEAL_MAKER, why, super::SEAL_REMEDY))
        }
    }
}

/// The seal as it was, for the new certificate, signed by the seal maker again.
fn reseal(
    data: &Path,
    issuer: &IssuerFile,
    certificate: &Certificate,
    password: &[u8],
    at: OffsetDateTime,
) -> Result<Seal> {
    let old_path = data.join(&issuer.seal);
    let old = Seal::from_der(&crate::files::read(&old_path)?).with_context(|| old_path.display().to_string())?;
    let maker = crate::deployment::key(&data.join("keys"), names::SEAL_MAKER, password)
        .context("a seal for the new key needs the seal maker's key")?;
    trusted_maker(data, &maker)?;
    let content = SealContent {
        signers: SignerList::Certificates(vec![certificate.der().to_vec()]),
        created: at,
        valid_from: certificate.not_before(),
        valid_until: certificate.not_after(),
        ..old.content().clone()
    };
    let prepared = eseal::prepare_seal(&content, old.version(), maker.certificate())?;
    let signature = maker.sign(prepared.to_be_signed())?;
    Ok(prepared.finish(&signature)?)
}

/// The old key's period ends at a time, the new one's begins at another, not later: the service changes over in between.
fn take_over(
    list: &mut TrustList,
    code: &str,
    what: Role,
    (old, at): (&Certificate, OffsetDateTime),
    (new, from): (&Certificate, OffsetDateTime),
) -> Result<()> {
    let issuer = listed(list, code)?;
    let period = Period { from: Some(from), until: Some(new.not_after()) };
    match what {
        Role::Index => {
            for key in issuer.index_keys.iter_mut().filter(|key| key.key.spki_der() == old.spki_der()) {
                key.period.until = Some(key.period.until.map_or(at, |until| until.min(at)));
            }
            let key = new.public_key().map_err(Clone::clone)?.clone();
            issuer.index_keys.push(IndexKey::new(key, period).context("a key of this kind signs no indexes")?);
        }
        Role::Document | Role::Seal => {
            let key_use = key_use(what);
            let former = signing_key(issuer, key_use, old);
            former.period.until = Some(former.period.until.map_or(at, |until| until.min(at)));
            signing_key(issuer, key_use, new).period = period;
        }
    }
    Ok(())
}

/// The issuer as the list names it.
pub(super) fn listed<'l>(list: &'l mut TrustList, code: &str) -> Result<&'l mut Issuer> {
    let found = list.issuers.iter_mut().find(|issuer| issuer.code == code);
    found.ok_or_else(|| fault(code, "the trust list does not name this issuer", "`license trust sign` adds it"))
}

pub(super) fn key_use(what: Role) -> KeyUse {
    if what == Role::Seal { KeyUse::Seal } else { KeyUse::Document }
}

/// The entry about a signing key; a new one when there is none yet.
pub(super) fn signing_key<'i>(issuer: &'i mut Issuer, key_use: KeyUse, of: &Certificate) -> &'i mut SigningKey {
    let at = match issuer.signing_keys.iter().position(|key| key.spki == of.spki_der()) {
        Some(at) => at,
        None => {
            let period = Period { from: Some(of.not_before()), until: Some(of.not_after()) };
            let spki = of.spki_der().to_vec();
            issuer.signing_keys.push(SigningKey { spki, key_use, period, history: Vec::new() });
            issuer.signing_keys.len() - 1
        }
    };
    &mut issuer.signing_keys[at]
}
