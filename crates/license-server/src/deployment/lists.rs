//! Trust lists into a deployment's folder.

use std::path::Path;

use license_core::trust::TrustList;

use super::{Change, DeploymentError, Secrecy, content, roots, trust_list};

/// An edition of the own list.
#[derive(Clone, Copy, Debug)]
pub struct OwnList<'a> {
    /// Its number.
    pub sequence: u64,
    /// As signed.
    pub text: &'a str,
}

/// Puts an edition of the own list in the place of the one at hand, which goes to `trust/editions/`; one that is kept there
/// already stays.
pub fn stage_own_list(change: &mut Change, folder: &Path, former: OwnList<'_>, (list, text): (&TrustList, &str)) {
    let kept = format!("trust/editions/{:06}.jws", former.sequence);
    if !folder.join(&kept).exists() {
        change.put(&kept, former.text.as_bytes(), Secrecy::Open);
    }
    change.put("trust/trust-list.json", list.to_json(), Secrecy::Open);
    change.put("trust/trust-list.jws", text.trim().as_bytes(), Secrecy::Open);
}

/// Puts another operator's list among those that are in use.
pub fn stage_others_list(change: &mut Change, name: &str, text: &str) {
    change.put(&format!("trust/lists/{name}.jws"), text.trim().as_bytes(), Secrecy::Open);
}

/// Writes a list that was taken in: the own one, or the one of this name.
pub(crate) fn keep_list(folder: &Path, name: Option<&str>, text: &str) -> Result<(), DeploymentError> {
    let (mut change, _) = Change::begin(folder)?;
    match name {
        Some(name) => stage_others_list(&mut change, name, text),
        None => {
            let trust = folder.join("trust");
            let roots = roots(&trust)?;
            let (held, held_text) = trust_list(&trust, &roots)?;
            let place = trust.join("trust-list.jws");
            let list = TrustList::open(text, &roots).map_err(|error| content(&place, error))?;
            let digest = TrustList::digest_of(&held_text);
            if digest == TrustList::digest_of(text) {
                return Ok(());
            }
            // Somebody made another edition here meanwhile.
            list.replaces(&held, Some(digest)).map_err(|error| content(&place, error))?;
            let former = OwnList { sequence: held.sequence, text: &held_text };
            stage_own_list(&mut change, folder, former, (&list, text));
        }
    }
    change.commit("trust list", &format!("trust list of {}", name.unwrap_or("this deployment")))?.close()
}
