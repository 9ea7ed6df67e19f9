//! Opening a deployment with its store.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use license_server::deployment::{Deployment, OfficeFile, check_key_files};
use license_server::service::{Office, default_store};
use license_server::store::{Store, StoreUrl};
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
        _ => first_line(&data.join("keys").join("password"))
            .context("no password: give --password-file or LICENSE_KEY_PASSWORD"),
    }
}

/// The store that the arguments name.
pub(crate) fn store(args: &DataArgs) -> Result<Arc<dyn Store>> {
    let url: StoreUrl = match &args.store {
        Some(url) => url.parse()?,
        None => StoreUrl::Redb(default_store(&args.data)),
    };
    url.open().with_context(|| format!("cannot open the store {url}"))
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
    let password = password(&args.password, &args.data)?;
    let assets = crate::assets::open(assets)?;
    let catalog = crate::assets::catalog(&*assets)?;
    let fonts = crate::assets::fonts(assets)?;
    check_key_files(&args.data.join("keys"))?;
    let mut file = OfficeFile::read(&args.data.join("office.toml"))?;
    change(&mut file)?;
    let deployment = Deployment::open_office(file, &args.data, &password)?;
    Ok(Office::new(deployment, catalog, fonts, store(args)?))
}

/// The first line of a file, which is a password: wiped when dropped.
pub(crate) fn first_line(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let text = Zeroizing::new(crate::files::read(path)?);
    Ok(Zeroizing::new(text.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default().to_vec()))
}
