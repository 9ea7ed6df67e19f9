//! The key of a CA, a seal maker, a time-stamp service or another operator is lost: the list says so of every entry about it,
//! and of a CA between root and signers in an entry of its own.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use eseal::Seal;
use license_core::trust::{Event, Purpose, Service, TrustList};
use license_server::deployment::{OfficeFile, roots, trust_list};
use pki::{Certificate, RevocationReason};

use super::compromise::{Loss, enter};
use super::role::Role;
use crate::fault::fault;

pub(super) fn run(loss: &Loss<'_>, name: &str) -> Result<ExitCode> {
    let known = format!("compromise {name} {}", loss.event.at.unix_timestamp());
    let Some(change) = crate::deployment::begin(loss.data, &known)? else { return Ok(ExitCode::SUCCESS) };
    let trust = loss.data.join("trust");
    let roots = roots(&trust)?;
    let (list, text) = trust_list(&trust, &roots)?;
    let certificate = find(loss.data, &list, name)?;
    if TrustList::named_signer(&text, &roots).is_some_and(|root| root.spki_der() == certificate.spki_der()) {
        let advice = "make another root, have it sign the next edition (`license trust sign FILE --key`), and have everyone \
                      who verifies pin it instead of this one";
        return Err(fault(name, "signs the trust list, and whoever has its key can sign another one", advice));
    }
    let office = OfficeFile::read(&loss.data.join("office.toml"))?;
    let also = below(loss.data, &office, &certificate);
    let lost = (name, &certificate, RevocationReason::CaCompromise);
    loss.record((change, &known), lost, |list| give_up(list, name, &certificate, &loss.event), &also)
}

/// A file, a name in `keys/`, or an entry of the list.
fn find(data: &Path, list: &TrustList, name: &str) -> Result<Certificate> {
    let keys = data.join("keys");
    if Path::new(name).is_file() {
        return Ok(crate::trust::certificates(&[name.into()])?.remove(0));
    }
    // A name, and no path to somewhere else.
    if !name.contains(['/', '\\']) && keys.join(format!("{name}.pem")).is_file() {
        return crate::trust::first(&keys, name);
    }
    let anchors = list.anchors.iter().map(|anchor| (&anchor.name, &anchor.certificate));
    let services = list.services.iter().map(|service| (&service.name, &service.certificate));
    let lists = list.lists.iter().map(|pointer| (&pointer.name, &pointer.root));
    let entries: Vec<(&String, &Certificate)> = anchors.chain(services).chain(lists).collect();
    let mut named = entries.iter().filter(|(known, _)| *known == name).map(|(_, certificate)| *certificate);
    let first = named.next().cloned();
    if named.any(|other| first.as_ref().is_some_and(|first| first.spki_der() != other.spki_der())) {
        return Err(fault(name, "several entries of the trust list are called so", "give the file of the certificate"));
    }
    first.ok_or_else(|| {
        let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        let advice = format!("give the file of its certificate (PEM); the list names {}", names.join(", "));
        fault(name, "is no file, no key of keys/ and no entry of the trust list", advice)
    })
}

fn give_up(list: &mut TrustList, name: &str, certificate: &Certificate, event: &Event) -> Result<()> {
    let same = |other: &Certificate| other.spki_der() == certificate.spki_der();
    let anchors = list.anchors.iter_mut().filter(|anchor| same(&anchor.certificate));
    let services = list.services.iter_mut().filter(|service| same(&service.certificate));
    let lists = list.lists.iter_mut().filter(|pointer| same(&pointer.root));
    let histories: Vec<&mut Vec<Event>> = anchors
        .map(|anchor| &mut anchor.history)
        .chain(services.map(|service| &mut service.history))
        .chain(lists.map(|pointer| &mut pointer.history))
        .collect();
    if !histories.is_empty() {
        return histories.into_iter().try_for_each(|history| enter(history, name, event.clone()));
    }
    // Nothing was said about it yet: a CA between a root and its signers, a seal maker, whatever it vouched for.
    if let Some(issuer) = list.issuer_of(certificate) {
        let advice = format!("`license keys compromise {} --what ROLE --key NAME` gives it up", issuer.code);
        return Err(fault(name, format!("is a key of the issuer {}", issuer.name), advice));
    }
    let mut service = Service::new(name, certificate.clone(), Purpose::ALL.map(|(purpose, _)| purpose).to_vec());
    service.name = certificate.subject().to_string().chars().take(MAX_NAME).collect();
    service.history.push(event.clone());
    list.services.push(service);
    Ok(())
}

/// Longest name of an entry (`docs/formats/trust-list.md`).
const MAX_NAME: usize = 200;

/// The keys and seals in use that it certified or made: what is signed with them from now on is refused.
fn below(data: &Path, office: &OfficeFile, ca: &Certificate) -> Vec<String> {
    let keys = data.join("keys");
    let mut lines = Vec::new();
    for issuer in &office.issuers {
        for role in [Role::Document, Role::Seal] {
            let name = role.signer(issuer);
            let pem = std::fs::read_to_string(keys.join(format!("{name}.pem")));
            let chain = pem.map_err(anyhow::Error::from);
            let chain = chain.and_then(|pem| Certificate::many_from_pem(&pem).context("no certificates"));
            if chain.is_ok_and(|chain| chain.iter().skip(1).any(|above| above.spki_der() == ca.spki_der())) {
                let (code, word) = (&issuer.code, role.word());
                lines.push(format!("the service signs with {name}, which it certified\n  → license keys rotate {code} --what {word} --use NAME"));
            }
        }
        let seal = std::fs::read(data.join(&issuer.seal)).ok().and_then(|der| Seal::from_der(&der).ok());
        if seal.and_then(|seal| seal.maker().ok()).is_some_and(|maker| maker.spki_der() == ca.spki_der()) {
            let (file, remedy) = (&issuer.seal, super::SEAL_REMEDY);
            lines.push(format!("the service seals with {file}, which it made\n  → {remedy}"));
        }
    }
    lines
}
