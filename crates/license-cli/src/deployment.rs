//! Opening a deployment with its store.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Error, Result};
use eseal::Seal;
use license_core::trust::{Event, TrustList};
use license_server::deployment::{
    self, Change, Completed, Deployment, OfficeFile, check_encrypted, check_key_files, check_private,
};
use license_server::service::{Office, default_store};
use license_server::store::{Store, StoreError, StoreUrl};
use pki::{Certificate, Instant, Signer as _, SoftSigner};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::cli::{DataArgs, PasswordArgs};
use crate::fault::fault;

/// The password of the key files.
pub(crate) fn password(args: &PasswordArgs, data: &Path) -> Result<Zeroizing<Vec<u8>>> {
    if let Some(path) = &args.password_file {
        return first_line(path);
    }
    match std::env::var_os("LICENSE_KEY_PASSWORD") {
        Some(password) if !password.is_empty() => Ok(Zeroizing::new(password.into_encoded_bytes())),
        _ => {
            let beside = data.join("keys").join("password");
            if !beside.exists() {
                let why = "no password for the key files";
                return Err(fault(beside.display(), why, "give --password-file FILE, or LICENSE_KEY_PASSWORD"));
            }
            first_line(&beside)
        }
    }
}

/// The store that the arguments name.
pub(crate) fn store(args: &DataArgs) -> Result<Arc<dyn Store>> {
    let url: StoreUrl = match &args.store {
        Some(url) => url.parse()?,
        None => StoreUrl::Redb(default_store(&args.data)),
    };
    url.open().map_err(|error| match error {
        // Its own words name the folder.
        StoreError::Locked { .. } => {
            let advice = "stop the service that has it open, and start it again afterwards; what changes while it runs goes \
                          over its interface (/docs)";
            fault(format!("the store {url}"), error, advice)
        }
        error => Error::new(error).context(format!("cannot open the store {url}")),
    })
}

/// The whole office: deployment, templates, fonts, store.
pub(crate) fn office(args: &DataArgs, assets: Option<&Path>) -> Result<Office> {
    office_with(args, assets, |_| Ok(()))
}

/// The same, with `change` made to what `office.toml` says, for this run.
pub(crate) fn office_with(
    args: &DataArgs,
    assets: Option<&Path>,
    change: impl FnOnce(&mut OfficeFile) -> Result<()>,
) -> Result<Office> {
    if !args.data.join("office.toml").is_file() {
        return Err(fault(args.data.display(), "holds no deployment (no office.toml)", "`license demo` makes one"));
    }
    complete(&args.data)?;
    needs_trust_list(&args.data)?;
    let password = password(&args.password, &args.data)?;
    let assets = crate::assets::open(assets)?;
    let catalog = crate::assets::catalog(&*assets)?;
    let fonts = crate::assets::fonts(assets)?;
    check_key_files(&args.data.join("keys"))?;
    let mut file = OfficeFile::read(&args.data.join("office.toml"))?;
    change(&mut file)?;
    let deployment = Deployment::open_office(file, &args.data, &password)?;
    Ok(Office::new(deployment, catalog, fonts, store(args)?).keeping_lists_in(&args.data))
}

/// A deployment that was set up by hand may lack its trust list, and then does nothing.
pub(crate) fn needs_trust_list(data: &Path) -> Result<()> {
    let path = data.join("trust").join("trust-list.jws");
    if path.is_file() || !data.is_dir() {
        return Ok(());
    }
    let data = data.display();
    let advice = format!(
        "put the certificate of the root that signs it into {data}/trust/ (PEM), then: license trust make DRAFT.toml --out \
         list.json; license trust sign list.json --key {data}/keys/ROOT.key.pem --out {data}/trust/trust-list.jws \
         (docs/formats/trust-list.md)"
    );
    Err(fault(path.display(), "this deployment has no trust list yet", advice))
}

/// A key of a folder of key files, whatever their format: `NAME.key.pem` and `NAME.pem`. One that others than its owner may
/// open is not used.
pub(crate) fn key(folder: &Path, name: &str, password: &[u8]) -> Result<SoftSigner> {
    check_private(&folder.join(format!("{name}.key.pem")))?;
    Ok(deployment::signer(folder, name, password)?)
}

/// A key file by its path, NAME.key.pem with the certificate NAME.pem beside it. The password is the one that is given, or
/// lies where that of a deployment does: beside the keys.
pub(crate) fn key_file(path: &Path, args: &PasswordArgs) -> Result<SoftSigner> {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".key.pem"));
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        let advice = "name it NAME.key.pem, and put its certificate, with the chain, beside it as NAME.pem";
        return Err(fault(path.display(), "a key file is called NAME.key.pem", advice));
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !path.exists() {
        let advice =
            "give the path of a key file, such as DATA/keys/NAME.key.pem; a key that is elsewhere signs by --cert";
        return Err(fault(path.display(), "there is no such key file", advice));
    }
    let certificate = folder.join(format!("{name}.pem"));
    if !certificate.exists() {
        let why = format!("its certificate {} is not there", certificate.display());
        return Err(fault(path.display(), why, "put the certificate, with its chain, beside the key"));
    }
    check_private(path)?;
    // Before a password is looked for.
    check_encrypted(path, &String::from_utf8_lossy(&Zeroizing::new(crate::files::read(path)?)))?;
    key(folder, name, &password(args, &folder.join(".."))?)
}

/// A key that must not sign, and what to do about it.
#[derive(Debug)]
pub(crate) struct GivenUp(String);

impl std::fmt::Display for GivenUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GivenUp {}

/// Opens a key file to sign something with. The trust list of the deployment that it lies in is asked whether the key is given
/// up ([`GivenUp`]); of a key that lies elsewhere nobody here says anything.
pub(crate) fn signing_key_file(path: &Path, args: &PasswordArgs) -> Result<SoftSigner> {
    let key = key_file(path, args)?;
    let Some(list) = list_beside(path)? else { return Ok(key) };
    let (now, above) = (OffsetDateTime::now_utc(), std::iter::once(key.certificate()).chain(key.chain()));
    let (why, advice) = if let Some(event) = list.given_up("", above, now) {
        (since(event), "`license keys check` tells what to do")
    } else if let Some(until) = replaced(&list, key.certificate(), now) {
        (format!("its time was over at {}", Instant(until)), "office.toml names the key in its place")
    } else {
        return Ok(key);
    };
    let place = path.display();
    Err(Error::new(GivenUp(format!(
        "{place}: the trust list of its deployment does not let this key sign any more ({why}); nothing was signed\n  → nobody \
         would believe what it signs; {advice}"
    ))))
}

/// When the time of a key was over that the list knows as an issuer's: another one was put in its place.
fn replaced(list: &TrustList, of: &Certificate, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let own = list.issuers.iter().filter(|issuer| issuer.origin.is_none());
    let keys = own.flat_map(|issuer| &issuer.signing_keys).filter(|key| key.spki == of.spki_der());
    let ends: Option<Vec<OffsetDateTime>> = keys.map(|key| key.period.until).collect();
    ends?.into_iter().max().filter(|until| *until < now)
}

/// The same question about the maker of a seal that the key file at `path` is about to use.
pub(crate) fn usable(seal: &Seal, path: &Path) -> Result<()> {
    let list = list_beside(path)?;
    match list.as_ref().and_then(|list| list.seal_given_up(seal, OffsetDateTime::now_utc())) {
        None => Ok(()),
        Some(event) => Err(Error::new(GivenUp(format!(
            "the seal {}: the trust list beside the key has given up its maker ({}); nothing was sealed\n  → {}",
            seal.content().id,
            since(event),
            crate::keys::SEAL_REMEDY
        )))),
    }
}

/// The trust list of the deployment that a key file lies in: DATA/keys/NAME.key.pem, DATA/trust.
fn list_beside(key: &Path) -> Result<Option<TrustList>> {
    let trust = key.parent().unwrap_or(Path::new("")).join("../trust");
    if !trust.join("trust-list.jws").is_file() {
        return Ok(None);
    }
    Ok(Some(deployment::trust_list(&trust, &deployment::roots(&trust)?)?.0))
}

fn since(event: &Event) -> String {
    let why = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
    format!("{} since {}{why}", event.status.word(), Instant(event.at))
}

/// Begins a change that is known by `key`. Nothing, and said so, when an earlier run was interrupted in this very change: it is
/// complete now, and not made twice. Another one that was interrupted is completed first.
pub(crate) fn begin(data: &Path, key: &str) -> Result<Option<Change>> {
    let (change, found) = Change::begin(data)?;
    match found {
        Some(found) if found.key == key => {
            say!("an earlier run was interrupted, and its work is complete now: {}", found.what);
            say!("nothing more was done");
            return Ok(None);
        }
        Some(found) => tell(&found),
        None => {}
    }
    Ok(Some(change))
}

/// Begins a change that is made whatever an earlier run did.
pub(crate) fn fresh(data: &Path) -> Result<Change> {
    let (change, found) = Change::begin(data)?;
    found.iter().for_each(tell);
    Ok(change)
}

/// Completes what an interrupted run had begun, and says so.
pub(crate) fn complete(data: &Path) -> Result<()> {
    deployment::complete(data)?.iter().for_each(tell);
    Ok(())
}

fn tell(found: &Completed) {
    eprintln!("license: an earlier run was interrupted, and its work is complete now: {}", found.what);
}

/// The first line of a file, which is a password: wiped when dropped. The file is its owner's alone.
pub(crate) fn first_line(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    if path.exists() {
        check_private(path)?;
    }
    let text = Zeroizing::new(crate::files::read(path)?);
    Ok(Zeroizing::new(text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default().to_vec()))
}
