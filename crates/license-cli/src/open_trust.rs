//! `--trust PATH`: what to trust. Without it nothing is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use license_core::trust::TrustList;
use license_server::deployment::{Evidence, revocation_data, roots, trust_list};
use pki::Certificate;

use crate::fault::fault;

/// A folder with roots (`*.pem`) and maybe `trust-list.jws` and others' lists (`lists/NAME.jws`), a file of PEM roots, or a
/// signed list together with the roots that must have signed it.
pub(crate) fn open(path: Option<&Path>, pinned: &[PathBuf]) -> Result<TrustList> {
    let pinned = crate::trust::certificates(pinned)?;
    let Some(path) = path else { return Ok(TrustList::default()) };
    if path.is_dir() {
        let roots = if pinned.is_empty() { roots(path)? } else { pinned };
        if roots.is_empty() {
            let advice = "put the roots that you trust there (PEM), the one that signs trust-list.jws among them, or give \
                          --trust another folder or file";
            return Err(fault(path.display(), "there is no root in this folder (no *.pem with a certificate)", advice));
        }
        if path.join("trust-list.jws").is_file() {
            let own = trust_list(path, &roots)?.0;
            tell_unnamed(&own, &path.join("lists"));
            return others(&own, &path.join("lists"));
        }
        tell_unnamed(&TrustList::default(), &path.join("lists"));
        return Ok(TrustList::of_roots(roots));
    }
    let text = String::from_utf8(crate::files::read(path)?).context("the trust file is no text")?;
    let place = || path.display().to_string();
    let pem = text.contains("-----BEGIN ");
    if !pem && text.trim().split('.').count() == 3 {
        if pinned.is_empty() {
            let advice =
                "give --root the certificate of the root that signs the list; it must come from a source you trust";
            return Err(fault(path.display(), "is a signed list, and nothing says whose signature counts", advice));
        }
        return TrustList::open(&text, &pinned).with_context(place);
    }
    let roots = if pem { Certificate::many_from_pem(&text).with_context(place)? } else { Vec::new() };
    if roots.is_empty() {
        let advice = "give --trust a folder with *.pem and trust-list.jws, a file of PEM certificates, or a signed list \
                      with --root";
        return Err(fault(path.display(), "there is no certificate in it", advice));
    }
    Ok(TrustList::of_roots(roots))
}

/// Revocation lists and OCSP answers beside a trust list (`crls/*.crl`, `crls/*.ocsp`).
pub(crate) fn revocation(path: Option<&Path>) -> Result<Evidence> {
    Ok(path.map(|path| revocation_data(&path.join("crls"))).transpose()?.unwrap_or_default())
}

/// Lists that lie there and are not used: nobody would notice otherwise.
fn tell_unnamed(own: &TrustList, folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut unnamed: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "jws"))
        .filter(|path| !own.lists.iter().any(|pointer| path.file_stem().is_some_and(|stem| *stem == *pointer.name)))
        .collect();
    unnamed.sort();
    for path in unnamed {
        let names: Vec<&str> = own.lists.iter().map(|pointer| pointer.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        eprintln!(
            "license: {}: not used: the trust list names no list of this name (it names: {names})\n  → an edition of the own \
             list that names its operator under `lists` lets it count",
            path.display()
        );
    }
}

/// Others' lists within the limits that the own one sets them. A file that the own list does not name is not looked at.
fn others(own: &TrustList, folder: &Path) -> Result<TrustList> {
    let mut found = Vec::new();
    for pointer in &own.lists {
        let path = folder.join(format!("{}.jws", pointer.name));
        if path.is_file() {
            let text = String::from_utf8(crate::files::read(&path)?).with_context(|| path.display().to_string())?;
            let list = TrustList::open(&text, std::slice::from_ref(&pointer.root));
            found.push((pointer.name.as_str(), list.with_context(|| path.display().to_string())?));
        }
    }
    own.merged(found.iter().map(|(name, list)| (*name, list))).map_err(|error| {
        let advice = "its operator has to name fewer, or take it out of this folder: it is not used in part";
        fault(folder.display(), error, advice)
    })
}
