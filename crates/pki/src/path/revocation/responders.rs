//! What answers of OCSP responders tell about a certificate (RFC 6960 3.2, 4.2.2).

use super::{Asked, DEFAULT_AGE, Evidence, EvidenceKind, Known, MissingEvidence, lists};
use crate::certificate::Certificate;
use crate::crl::RevocationReason;
use crate::extension::KeyUsage;
use crate::ocsp::{CertStatus, OcspResponse, SingleResponse};
use crate::oid;
use crate::path::reason::PathReason;
use crate::path::search::Search;
use crate::path::work::{IssuerKey, Signed};

pub(super) fn ask(
    search: &mut Search<'_>,
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    responses: &[OcspResponse],
) -> Result<Known, PathReason> {
    ask_by(search, asked, evidence, responses, Who::Anybody)
}

/// Who is listened to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The issuer and those to whom it gave the right.
    Anybody,
    /// The issuer's own key alone: about its responders, who do not vouch for each other.
    Issuer,
}

fn ask_by(
    search: &mut Search<'_>,
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    responses: &[OcspResponse],
    who: Who,
) -> Result<Known, PathReason> {
    let mut best: Option<Known> = None;
    let mut why = MissingEvidence::None;
    for response in responses {
        for single in response.responses() {
            search.step()?;
            if !single.id.names(asked.certificate, &asked.issuer.certificate) {
                continue;
            }
            let Some(signer) = signer_of(search, asked, evidence, response, who)? else {
                why = why.max(MissingEvidence::NotAuthorised);
                continue;
            };
            match judge(response, single, asked, evidence, &signer) {
                Ok(known) => best = Some(best.map_or(known, |before| decisive(before, known))),
                Err(missing) => why = why.max(missing),
            }
        }
    }
    Ok(best.unwrap_or(Known::Nothing(why)))
}

/// Of two answers the revocation counts, unless it was a hold and the newer one lifts it; of two good ones the newer.
fn decisive(one: Known, two: Known) -> Known {
    match (one, two) {
        (Known::Revoked { entry, told, .. }, Known::Good { this, .. })
        | (Known::Good { this, .. }, Known::Revoked { entry, told, .. }) => {
            let lifted = entry.reason == RevocationReason::CertificateHold && this > told;
            let one_is_good = matches!(one, Known::Good { .. });
            if lifted == one_is_good { one } else { two }
        }
        (Known::Revoked { entry: first, .. }, Known::Revoked { entry: second, .. }) => {
            if second.at < first.at {
                two
            } else {
                one
            }
        }
        (Known::Good { this: first, .. }, Known::Good { this: second, .. }) => {
            if second > first {
                two
            } else {
                one
            }
        }
        (Known::Nothing(_), known) | (known, Known::Nothing(_)) => known,
    }
}

fn judge(
    response: &OcspResponse,
    single: &SingleResponse,
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    signer: &Certificate,
) -> Result<Known, MissingEvidence> {
    let kind = EvidenceKind::Ocsp;
    match single.status {
        // Being called revoked refuses even when the answer is old or not understood.
        CertStatus::Revoked(entry) if entry.reason != RevocationReason::RemoveFromCrl => {
            let told = single.this_update;
            Ok(Known::Revoked { entry: evidence.in_force(entry, told, asked.at), told, kind })
        }
        CertStatus::Unknown => Err(MissingEvidence::ResponderUnknowing),
        CertStatus::Good | CertStatus::Revoked(_) => {
            if !response.is_understood() || !single.understood {
                return Err(MissingEvidence::NotInScope);
            }
            // RFC 6960 2.4: without nextUpdate newer knowledge is always there.
            let age = evidence.max_age.unwrap_or(DEFAULT_AGE);
            let until = single.next_update.or_else(|| single.this_update.checked_add(age));
            // 4.4.4: after expiry only a responder that says so still remembers.
            let kept = single.this_update <= asked.certificate.not_after()
                || single.archive_cutoff.is_some_and(|cutoff| cutoff <= asked.certificate.not_after());
            if !evidence.ocsp_is_proven(response, [signer, &asked.issuer.certificate]) {
                Err(MissingEvidence::Unproven)
            } else if kept
                && !evidence.is_ahead(response.produced_at())
                && evidence.is_fresh(single.this_update, until, asked.at)
            {
                let existed = evidence.existed_ocsp(response);
                Ok(Known::Good { this: single.this_update, next: single.next_update, kind, existed })
            } else {
                Err(MissingEvidence::Stale)
            }
        }
    }
}

/// Who answers, when it is one who may (RFC 6960 4.2.2.2): the issuer itself, or one to whom the issuer's key gave the right.
fn signer_of(
    search: &mut Search<'_>,
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    response: &OcspResponse,
    who: Who,
) -> Result<Option<Certificate>, PathReason> {
    let signed = Signed::Ocsp(response.clone());
    if response.is_by(&asked.issuer.certificate) && verified(search, &signed, asked.issuer)? {
        return Ok(Some(asked.issuer.certificate.clone()));
    }
    if who == Who::Issuer {
        return Ok(None);
    }
    let candidates: Vec<Certificate> =
        response.certificates().iter().chain(search.pool()).filter(|found| response.is_by(found)).cloned().collect();
    for candidate in candidates {
        search.step()?;
        // Nobody vouches for himself, whatever his CA lets him say about others.
        let himself = candidate.spki_der() == asked.certificate.spki_der();
        let delegated = !himself
            && may_answer(&candidate)
            && candidate.issuer().matches(asked.issuer.certificate.subject())
            && is_in_time(&candidate, response, asked, evidence);
        if delegated
            && verified(search, &signed, &IssuerKey::below(asked.issuer, candidate.clone()))?
            && verified(search, &Signed::Certificate(candidate.clone()), asked.issuer)?
            && is_unrevoked(search, asked, evidence, &candidate, response)?
        {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Whether the responder's certificate was valid when it answered, and still is when the answer is used: an old key may
/// have been given away. With proofs of existence these tell instead ([`Evidence::with_existence`]).
fn is_in_time(responder: &Certificate, response: &OcspResponse, asked: &Asked<'_>, evidence: &Evidence<'_>) -> bool {
    let made = response.produced_at();
    responder.valid_at(made) && (evidence.asks_existence() || responder.valid_at(made.max(asked.at)))
}

fn may_answer(responder: &Certificate) -> bool {
    let usage = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
    let critical_known = [oid::KEY_USAGE, oid::EXTENDED_KEY_USAGE, oid::BASIC_CONSTRAINTS, oid::OCSP_NO_CHECK];
    let known = |oid| critical_known.contains(oid);
    // anyExtendedKeyUsage does not suffice.
    responder.extended_key_usage().is_some_and(|found| found.contains(&oid::KP_OCSP_SIGNING))
        && responder.key_usage().is_none_or(|found| found.any(usage))
        && responder.algorithms_agree()
        && responder.extensions().iter().all(|extension| !extension.critical || known(&extension.oid))
}

/// RFC 6960 4.2.2.2.1: the CA says that nobody need ask, or its lists and its own answers tell. Where the CA gives no way to
/// ask at all and nothing is at hand, its responder is believed for as long as its certificate runs.
fn is_unrevoked(
    search: &mut Search<'_>,
    asked: &Asked<'_>,
    evidence: &Evidence<'_>,
    responder: &Certificate,
    response: &OcspResponse,
) -> Result<bool, PathReason> {
    if responder.extension(&oid::OCSP_NO_CHECK).is_some() {
        return Ok(true);
    }
    let at = response.produced_at().max(asked.at).min(responder.not_after());
    let about = Asked { certificate: responder, issuer: asked.issuer, anchor: asked.anchor, at };
    let told = ask_by(search, &about, evidence, evidence.ocsp, Who::Issuer)?;
    let mut known = decisive(told, lists::ask(search, &about, evidence, evidence.crls)?);
    if let Some(source) = evidence.source {
        if matches!(known, Known::Nothing(_)) && !responder.ocsp_urls().is_empty() && search.may_fetch() {
            let fetched = source.ocsp(responder, &asked.issuer.certificate);
            known = decisive(known, ask_by(search, &about, evidence, &fetched, Who::Issuer)?);
        }
        if matches!(known, Known::Nothing(_)) && !responder.crl_urls().is_empty() && search.may_fetch() {
            known = lists::ask(search, &about, evidence, &source.crls(responder))?;
        }
    }
    Ok(match known {
        Known::Good { .. } => true,
        Known::Revoked { entry, .. } => response.produced_at() < entry.at,
        Known::Nothing(_) => responder.distribution_points().is_empty() && responder.ocsp_urls().is_empty(),
    })
}

fn verified(search: &mut Search<'_>, signed: &Signed, key: &IssuerKey) -> Result<bool, PathReason> {
    match search.verify(signed, key) {
        Err(PathReason::BudgetExceeded) => Err(PathReason::BudgetExceeded),
        result => Ok(result.unwrap_or(false)),
    }
}
