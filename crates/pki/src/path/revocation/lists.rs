//! What revocation lists tell about a certificate (RFC 5280 6.3.3).

use super::scope::{self, Place};
use super::{Asked, Evidence, EvidenceKind, Known, MissingEvidence};
use crate::certificate::Certificate;
use crate::crl::{Crl, RevocationReason};
use crate::extension::{KeyUsage, Reasons};
use crate::oid;
use crate::path::reason::PathReason;
use crate::path::search::Search;
use crate::path::work::{IssuerKey, Signed};
use crate::path::{Profile, Purpose};
use time::OffsetDateTime;

/// Lists signed by another key than the issuer's need a path for that key, on which revocation is asked again: so deep.
const MAX_DEPTH: usize = 2;

pub(super) fn ask(
    search: &mut Search<'_>,
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    crls: &[Crl],
) -> Result<Known, PathReason> {
    let places = scope::places(asked.certificate);
    let mut authentic: Vec<&Crl> = Vec::new();
    let mut proven: Vec<&Crl> = Vec::new();
    let mut why = MissingEvidence::None;
    for crl in crls {
        // Who may speak is settled by name before any signature is checked.
        if !places.iter().any(|place| place.trusts(crl.issuer())) || authentic.contains(&crl) {
            continue;
        }
        search.step()?;
        match signer_of(search, asked, crl)? {
            Some(signer) => {
                authentic.push(crl);
                if evidence.crl_is_proven(crl, &signer) {
                    proven.push(crl);
                } else {
                    why = why.max(MissingEvidence::Unproven);
                }
            }
            None => why = why.max(MissingEvidence::NotAuthorised),
        }
    }
    if let Some(revoked) = revoked(&authentic, asked, evidence) {
        return Ok(revoked);
    }
    Ok(covered(&proven, &places, asked, evidence, search.profile())
        .unwrap_or_else(|missing| Known::Nothing(missing.max(why))))
}

/// The earliest entry that stands. Being named refuses even when the list is old, partial or not understood.
fn revoked(authentic: &[&Crl], asked: &Asked<'_>, evidence: &Evidence<'_>) -> Option<Known> {
    let certificate = asked.certificate;
    let entry_in = |crl: &Crl| crl.entry_of(certificate.issuer(), certificate.serial());
    let lifted = |hold: &Crl| {
        authentic.iter().any(|newer| {
            let same_scope = newer.issuer().matches(hold.issuer()) && newer.issuing_point() == hold.issuing_point();
            let after = is_after(newer, hold) && newer.is_understood();
            let free = match entry_in(newer) {
                Some(entry) => entry.reason == RevocationReason::RemoveFromCrl,
                None => !newer.is_delta(),
            };
            same_scope && after && free
        })
    };
    authentic
        .iter()
        .filter_map(|crl| entry_in(crl).map(|entry| (entry, *crl)))
        .filter(|(entry, crl)| match entry.reason {
            RevocationReason::RemoveFromCrl => false,
            RevocationReason::CertificateHold => !lifted(crl),
            _ => true,
        })
        .map(|(entry, crl)| (evidence.in_force(entry, crl.this_update(), asked.at), crl.this_update()))
        .min_by_key(|(entry, _)| entry.at)
        .map(|(entry, told)| Known::Revoked { entry, told, kind: EvidenceKind::Crl })
}

fn is_after(newer: &Crl, older: &Crl) -> bool {
    match (newer.number(), older.number()) {
        (Some(new), Some(old)) if new != old => greater(new, old),
        _ => newer.this_update() > older.this_update(),
    }
}

/// Magnitudes without leading zeros.
fn greater(one: &[u8], two: &[u8]) -> bool {
    (one.len(), one) > (two.len(), two)
}

/// Whether lists that do not name the certificate cover every reason for which it might be named.
fn covered(
    authentic: &[&Crl],
    places: &[Place<'_>],
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    profile: Profile,
) -> Result<Known, MissingEvidence> {
    let mut reasons = Reasons::NONE;
    let mut why = MissingEvidence::None;
    let mut times: Option<(OffsetDateTime, Option<OffsetDateTime>)> = None;
    let mut existed = None;
    for place in places {
        for crl in authentic.iter().filter(|crl| !crl.is_delta()) {
            let adds = place.covered_by(crl);
            if reasons.contains(adds) || !crl.is_understood() || !keeps_profile(crl, profile) {
                why = why.max(MissingEvidence::NotInScope);
                continue;
            }
            let Some((this, next)) = current(crl, authentic, asked, evidence) else {
                why = why.max(MissingEvidence::Stale);
                continue;
            };
            reasons = reasons.union(adds);
            existed = existed.max(evidence.existed_crl(crl));
            // The oldest part of the knowledge tells how old it is.
            times = match times {
                Some((oldest, _)) if oldest <= this => times,
                _ => Some((this, next)),
            };
        }
    }
    match times {
        Some((this, next)) if reasons == Reasons::ALL => {
            Ok(Known::Good { this, next, kind: EvidenceKind::Crl, existed })
        }
        Some(_) => Err(MissingEvidence::NotInScope),
        None => Err(why),
    }
}

/// thisUpdate and nextUpdate of a list that tells enough about the time in question, by itself or with a delta on it.
fn current(
    crl: &Crl,
    authentic: &[&Crl],
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
) -> Option<(OffsetDateTime, Option<OffsetDateTime>)> {
    // A list made after expiry may have dropped the certificate.
    let kept = |list: &Crl| list.this_update() <= asked.certificate.not_after() || list.keeps_expired();
    let deltas = authentic.iter().filter(|delta| delta.is_delta() && delta.is_understood() && extends(delta, crl));
    std::iter::once(&crl)
        .chain(deltas)
        .filter(|list| kept(list) && evidence.is_fresh(list.this_update(), list.next_update(), asked.at))
        .map(|list| (list.this_update(), list.next_update()))
        .max_by_key(|(this, _)| *this)
}

/// RFC 5280 6.3.3 c and 5.2.4: the delta belongs to this complete list.
fn extends(delta: &Crl, base: &Crl) -> bool {
    let (Some(from), Some(number), Some(own)) = (delta.base_number(), delta.number(), base.number()) else {
        return false;
    };
    delta.issuer().matches(base.issuer())
        && delta.issuing_point() == base.issuing_point()
        && delta.authority_key_id() == base.authority_key_id()
        && !greater(from, own)
        && greater(number, own)
}

/// RFC 5280 5.2: CRLNumber is there and not critical, authorityKeyIdentifier is there.
fn keeps_profile(crl: &Crl, profile: Profile) -> bool {
    let critical = crl.extensions().iter().any(|extension| extension.oid == oid::CRL_NUMBER && extension.critical);
    profile == Profile::Standard || (crl.number().is_some() && !critical && crl.authority_key_id().is_some())
}

/// Who signed a list, when it is one who may sign lists in the name it bears, under the same anchor.
fn signer_of(search: &mut Search<'_>, asked: &Asked<'_>, crl: &Crl) -> Result<Option<Certificate>, PathReason> {
    let signed = Signed::Crl(crl.clone());
    let issuer = &asked.issuer.certificate;
    // The issuer itself is being validated as part of the path.
    if may_sign(issuer, crl) && verified(search, &signed, asked.issuer)? {
        return Ok(Some(issuer.clone()));
    }
    if search.depth() >= MAX_DEPTH {
        return Ok(None);
    }
    // Asked about the past, a later list counts, too, and its signer may be younger than the question.
    let signed_at = asked.at.max(crl.this_update());
    for candidate in search.named(crl.issuer()) {
        if candidate == *issuer || !may_sign(&candidate, crl) {
            continue;
        }
        // An anchor has no path of its own; it vouches for lists below itself only. And where the CA names the signer of
        // lists as the one who tells about himself, there is nobody else to ask.
        let own = candidate == *asked.anchor || candidate == *asked.certificate && scope::names_itself(&candidate);
        if verified(search, &signed, &IssuerKey::new(candidate.clone()))?
            && (own || search.is_trusted(&candidate, asked.anchor, Purpose::CrlSigning, signed_at)?)
        {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// A key that cannot be used signs nothing; only the budget ends the question.
fn verified(search: &mut Search<'_>, signed: &Signed, key: &IssuerKey) -> Result<bool, PathReason> {
    match search.verify(signed, key) {
        Ok(holds) => Ok(holds),
        Err(PathReason::BudgetExceeded) => Err(PathReason::BudgetExceeded),
        Err(_) => Ok(false),
    }
}

fn may_sign(signer: &Certificate, crl: &Crl) -> bool {
    let same_key = match (crl.authority_key_id(), signer.subject_key_id()) {
        (Some(wanted), Some(own)) => wanted == own,
        _ => true,
    };
    same_key
        && signer.subject().matches(crl.issuer())
        && signer.key_usage().is_none_or(|usage| usage.any(KeyUsage::CRL_SIGN))
}
