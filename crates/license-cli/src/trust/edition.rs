//! The next edition of a deployment's list: what is at hand, changed, numbered, chained to the former, signed, kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use license_core::trust::TrustList;
use license_server::deployment::{Change, OwnList, roots, stage_own_list, trust_list};
use pki::{Certificate, Signer, SoftSigner};
use time::{Duration, OffsetDateTime};

use crate::fault::fault;

/// How long an edition stands unless it says otherwise.
pub(super) const USUAL_LIFE: Duration = Duration::days(365);

/// An edition that was made.
pub(crate) struct Edition {
    pub(crate) list: TrustList,
    pub(crate) text: String,
}

/// An edition that is to take the place of another.
pub(crate) struct Successor {
    pub(crate) edition: Edition,
    /// Number and text of the one at hand.
    pub(super) former: (u64, String),
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

/// Makes and signs the next edition.
pub(crate) fn next(
    data: &Path,
    password: &[u8],
    now: OffsetDateTime,
    change: impl FnOnce(&mut TrustList) -> Result<()>,
) -> Result<Successor> {
    crate::deployment::needs_trust_list(data)?;
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
    Ok(Successor { edition: signed(list, &root)?, former: (held.sequence, held_text) })
}

impl Successor {
    /// Puts it in the place of the one at hand, which goes to `trust/editions/`; one that is kept there already stays.
    pub(crate) fn stage(&self, data: &Path, change: &mut Change) {
        let (sequence, text) = &self.former;
        let former = OwnList { sequence: *sequence, text };
        stage_own_list(change, data, former, (&self.edition.list, &self.edition.text));
    }
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
            return crate::deployment::key(&keys, name, password);
        }
    }
    let advice =
        "take trust/trust-list.json where the root key is, change it, and `license trust sign FILE --key` it there";
    Err(fault(keys.display(), format!("the key of the root {} is not here", wanted.subject()), advice))
}
