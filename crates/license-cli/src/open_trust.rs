//! `--trust PATH`: what to trust. Without it nothing is.

use std::path::Path;

use anyhow::{Context as _, Result};
use license_core::trust::TrustList;
use license_server::deployment::{roots, trust_list};
use pki::Certificate;

use crate::fault::fault;

/// A folder with roots (`*.pem`) and maybe `trust-list.jws`, or a file of PEM roots.
pub(crate) fn open(path: Option<&Path>) -> Result<TrustList> {
    let Some(path) = path else { return Ok(TrustList::default()) };
    if path.is_dir() {
        let roots = roots(path)?;
        if path.join("trust-list.jws").is_file() {
            return Ok(trust_list(path, &roots)?.0);
        }
        return Ok(TrustList::of_roots(roots));
    }
    let pem = String::from_utf8(crate::files::read(path)?).context("the trust file is no text")?;
    let roots = Certificate::many_from_pem(&pem).with_context(|| format!("{}", path.display()))?;
    if roots.is_empty() {
        let advice = "give --trust a folder with *.pem and trust-list.jws, or a file of PEM certificates";
        return Err(fault(path.display(), "holds no certificate", advice));
    }
    Ok(TrustList::of_roots(roots))
}
