//! What a path shows about revocation.

use pki::Instant;
use pki::path::{EvidenceKind, MissingEvidence, RevocationFinding, RevocationStatus, TrustedPath};

use super::super::reasons::Reason;
use super::super::report::{Checks, RevocationKnowledge, RevocationReport, RevocationState};
use super::RevocationMode;

/// Notes whether revocation is known for the whole path, and by what.
pub(in super::super) fn note_revocation(
    path: &TrustedPath,
    mode: RevocationMode,
    (name, place): (&'static str, &str),
    checks: &mut Checks,
) {
    let any = |status: RevocationStatus| path.findings().any(|(_, finding)| finding.status == status);
    let unknown = any(RevocationStatus::Unknown);
    if any(RevocationStatus::NotChecked) || unknown {
        let missing = path.findings().filter_map(|(_, finding)| finding.missing).max();
        let detail = missing.map_or_else(String::new, |_| words(path));
        let detail = format!("{}{}{detail}", mode.name(), if detail.is_empty() { "" } else { ": " });
        match (mode, missing) {
            (RevocationMode::Hard, Some(MissingEvidence::Stale | MissingEvidence::Unproven)) => {
                checks.failed(name, Reason::RevocationStale, place, detail);
            }
            (RevocationMode::Hard, _) => checks.failed(name, Reason::RevocationUnknown, place, detail),
            _ => checks.not_done_because(name, Reason::RevocationNotChecked, place, detail),
        }
    } else {
        checks.passed_with(name, place, format!("{}: {}", mode.name(), words(path)));
    }
}

/// The same as data.
pub(in super::super) fn report(path: &TrustedPath, mode: RevocationMode) -> RevocationReport {
    let of = |(certificate, finding): (&pki::Certificate, &RevocationFinding)| RevocationKnowledge {
        subject: certificate.subject().to_string(),
        state: state(finding.status),
        evidence: finding.evidence.map(kind),
        this_update: finding.this_update,
        next_update: finding.next_update,
    };
    // Without a question there is nothing to tell of each.
    let asked = path.findings().any(|(_, finding)| finding.status != RevocationStatus::NotChecked);
    let certificates = if asked { path.findings().map(of).collect() } else { Vec::new() };
    let worst = path.findings().map(|(_, finding)| state(finding.status)).max().unwrap_or_default();
    RevocationReport { mode, state: worst, certificates }
}

fn state(status: RevocationStatus) -> RevocationState {
    match status {
        RevocationStatus::Good => RevocationState::Good,
        RevocationStatus::RevokedLater(_) => RevocationState::RevokedLater,
        RevocationStatus::Unknown => RevocationState::Unknown,
        _ => RevocationState::NotChecked,
    }
}

fn kind(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Ocsp => "ocsp",
        _ => "crl",
    }
}

/// One certificate a clause.
fn words(path: &TrustedPath) -> String {
    let clause = |(certificate, finding): (&pki::Certificate, &RevocationFinding)| {
        let subject = certificate.subject();
        match (finding.evidence, finding.this_update, finding.missing) {
            (Some(found), Some(at), _) => {
                format!("{subject}: {} by {} of {}", state(finding.status).name(), kind(found), Instant(at))
            }
            (.., Some(why)) => format!("{subject}: {}", missing(why)),
            _ => format!("{subject}: {}", state(finding.status).name()),
        }
    };
    path.findings().map(clause).collect::<Vec<_>>().join("; ")
}

const fn missing(why: MissingEvidence) -> &'static str {
    match why {
        MissingEvidence::NotAuthorised => "nobody who may speak about it has spoken",
        MissingEvidence::NotInScope => "what is at hand does not speak about it",
        MissingEvidence::ResponderUnknowing => "the responder does not know it",
        MissingEvidence::Stale => "what is at hand is not fresh",
        MissingEvidence::Unproven => "what is at hand is not proven to be as old as it says",
        _ => "nothing at hand speaks about it",
    }
}
