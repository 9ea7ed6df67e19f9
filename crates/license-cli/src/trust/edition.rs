//! The next edition of a deployment's list: what is at hand, changed, numbered, chained to the former, signed, kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use license_core::trust::TrustList;
use license_server::deployment::{roots, signer, trust_list};
use pki::{Certificate, Signer, SoftSigner};
use time::{Duration, OffsetDateTime};

use crate::fault::fault;
use crate::files::{replace, write_new};

/// How long an edition stands unless it says otherwise.
pub(super) const USUAL_LIFE: Duration = Duration::days(365);

/// An edition that was made.
pub(crate) struct Edition {
    pub(crate) list: TrustList,
    pub(crate) text: String,
}

/// Signs a list.
pub(super) fn signed(list: TrustList, root: &dyn Signer) -> Result<Edition> {
    // What would not be read back is not signed.
    let list = TrustList::from_json(&list.to_json())?;
    let prepared = list.prepare(root.certificate())?;
    let signature = root.sign(prepared.to_be_signed())?;
    let text = prepared.finish(&signature)?;
    TrustList::open(&text, std::slice::from_ref(root.certificate()))?;
    Ok(Edition { list, text })
}

/// Makes, signs and keeps the next edition. The former one goes to `trust/editions/`.
pub(crate) fn next(
    data: &Path,
    password: &[u8],
    now: OffsetDateTime,
    change: impl FnOnce(&mut TrustList) -> Result<()>,
) -> Result<Edition> {
    let trust = data.join("trust");
    let roots = roots(&trust)?;
    let (held, held_text) = trust_list(&trust, &roots)?;
    let root = root_key(data, &held_text, &roots, password)?;
    let mut list = held.clone();
    change(&mut list)?;
    let now = now.replace_nanosecond(0).unwrap_or(now);
    list.sequence = held.sequence.saturating_add(1);
    list.previous = Some(TrustList::digest_of(&held_text));
    list.issued_at = Some(now);
    list.next_update = Some(now + USUAL_LIFE);
    let edition = signed(list, &root)?;
    keep_former(&trust, held.sequence, &held_text)?;
    store(&trust, &edition)?;
    Ok(edition)
}

/// Puts an edition in the place of the one at hand.
pub(super) fn store(trust: &Path, edition: &Edition) -> Result<()> {
    replace(&trust.join("trust-list.json"), &edition.list.to_json())?;
    replace(&trust.join("trust-list.jws"), edition.text.as_bytes())
}

/// Keeps an edition that is about to be replaced; one that is kept already stays.
pub(super) fn keep_former(trust: &Path, sequence: u64, text: &str) -> Result<()> {
    let folder = trust.join("editions");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(format!("{sequence:06}.jws"));
    if path.exists() { Ok(()) } else { write_new(&path, text.as_bytes()) }
}

/// The key of the root that signed the edition at hand.
fn root_key(data: &Path, text: &str, roots: &[Certificate], password: &[u8]) -> Result<SoftSigner> {
    let keys = data.join("keys");
    let wanted = TrustList::named_signer(text, roots).context("the list names no pinned root")?;
    let mut names: Vec<PathBuf> = fs::read_dir(&keys)
        .with_context(|| format!("cannot read {}", keys.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with("root.key.pem"))
        .collect();
    names.sort();
    for path in &names {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().trim_end_matches(".key.pem");
        let pem = fs::read_to_string(keys.join(format!("{name}.pem"))).unwrap_or_default();
        if Certificate::many_from_pem(&pem).is_ok_and(|chain| chain.first() == Some(wanted)) {
            return Ok(signer(&keys, name, password)?);
        }
    }
    let advice =
        "take trust/trust-list.json where the root key is, change it, and `license trust sign FILE --key` it there";
    Err(fault(keys.display(), format!("the key of the root {} is not here", wanted.subject()), advice))
}
