//! Checking a signed report again: is it this server's, unchanged, and about this file?

use pki::path::{
    self, Evidence, MissingRevocation, PathReason, PathRequest, Purpose as PathPurpose, RevocationPolicy,
    RevocationStatus,
};
use pki::tsp::TimeStampToken;
use time::{Duration, OffsetDateTime};

use super::SignedReport;
use crate::trust::{Purpose, TrustList};
use crate::verify::policy::Policy;
use crate::verify::reasons::Reason;
use crate::verify::report::{Checks, Integrity, Kind, Report, RevocationReport, SignatureReport};

/// Clocks of servers differ by this much at most.
const CLOCK_DRIFT: Duration = Duration::minutes(5);

/// Reads a signed report and checks it again; bytes that are none fail with [`Reason::ReportMalformed`].
pub fn recheck(
    report: &[u8],
    file: Option<&[u8]>,
    trust: &TrustList,
    policy: &Policy<'_>,
    at: OffsetDateTime,
) -> Report {
    match SignedReport::parse(report) {
        Ok(report) => report.recheck(file, trust, policy, at),
        Err(error) => {
            let mut checks = Checks::default();
            checks.failed("report.form", Reason::ReportMalformed, "", error.to_string());
            Report::new(Kind::Report, Integrity::Broken, at, checks.into_inner())
        }
    }
}

impl SignedReport {
    /// Whether the report is to be believed, as of `at`: the signature holds, its certificate has a path to a root of the
    /// trust list and is the operator's, and (when `file` is given) it speaks of these very bytes.
    ///
    /// The answer is about the report; what the report says about the license is [`statement`](Self::statement).
    pub fn recheck(&self, file: Option<&[u8]>, trust: &TrustList, policy: &Policy<'_>, at: OffsetDateTime) -> Report {
        let mut checks = Checks::default();
        checks.passed("report.form", "");
        let holds = self.check_signature(&mut checks);
        let stamped = self.check_stamp(trust, &mut checks);
        if holds {
            self.check_server(stamped, trust, policy, at, &mut checks);
        } else {
            checks.not_possible_at("report.server", "", "the signature does not hold");
        }
        match file {
            Some(file) => {
                let same = self.statement.asked.is_about(file);
                checks.record("report.file", same, Reason::ReportOtherFile, "", "");
            }
            None => checks.not_applicable("report.file", "", "no file was given to compare with"),
        }
        let integrity = if holds { Integrity::Intact } else { Integrity::Broken };
        let mut report = Report::new(Kind::Report, integrity, at, checks.into_inner());
        report.signatures = vec![SignatureReport {
            integrity,
            form: "jws".to_owned(),
            signer: self.envelope.signer.subject().to_string(),
            time: Some(stamped.unwrap_or(self.statement.asked_at)),
            time_proven: stamped.is_some(),
            proof: None,
            revocation: RevocationReport::default(),
            time_stamps: Vec::new(),
            level: None,
            indication: None,
            place: String::new(),
        }];
        report
    }

    fn check_signature(&self, checks: &mut Checks) -> bool {
        let envelope = &self.envelope;
        let holds = envelope
            .signer
            .public_key()
            .is_ok_and(|key| key.verify(envelope.algorithm, &envelope.signing_input, &envelope.signature).is_ok());
        checks.record("report.signature", holds, Reason::ReportSignature, "", "")
    }

    /// The time that a trusted service proves.
    fn check_stamp(&self, trust: &TrustList, checks: &mut Checks) -> Option<OffsetDateTime> {
        let Some(token) = &self.envelope.time_stamp else {
            checks.not_applicable("report.time-stamp", "", "the report has none");
            return None;
        };
        let verified = TimeStampToken::from_der(token)
            .and_then(|token| Ok((token.verify(|digest| digest.digest(&self.envelope.value))?, token)));
        let (verified, token) = match verified {
            Ok(verified) => verified,
            Err(error) => {
                checks.failed("report.time-stamp", Reason::ReportTime, "", error.to_string());
                return None;
            }
        };
        let anchors = trust.anchors_for(Purpose::TimeStamping, verified.time());
        let mut between = token.certificates().to_vec();
        between.extend_from_slice(&trust.authorities);
        let request = PathRequest::new(verified.signer(), &anchors, verified.time(), PathPurpose::TimeStamping);
        match path::validate(&request.with_intermediates(&between)) {
            Ok(_) => {
                // What is said to be asked after it was stamped was not.
                let order = self.statement.asked_at <= verified.time() + CLOCK_DRIFT;
                checks.record("report.time-stamp", order, Reason::ReportTime, "", "it is older than the question");
                Some(verified.time())
            }
            Err(error) => {
                checks.not_done_because("report.time-stamp", Reason::TimeStampUntrusted, "", error.to_string());
                None
            }
        }
    }

    fn check_server(
        &self,
        stamped: Option<OffsetDateTime>,
        trust: &TrustList,
        policy: &Policy<'_>,
        at: OffsetDateTime,
        checks: &mut Checks,
    ) {
        let (signer, asked_at) = (&self.envelope.signer, self.statement.asked_at);
        let order = asked_at <= at + CLOCK_DRIFT;
        checks.record("report.time", order, Reason::ReportTime, "", "it was asked in the future");

        let anchors = trust.anchors_for(Purpose::DocumentSigning, asked_at);
        let mut between = self.envelope.chain.clone();
        between.extend_from_slice(&trust.authorities);
        between.extend_from_slice(policy.intermediates);
        let revocation = match policy.crls {
            [] => RevocationPolicy::NotChecked,
            crls => RevocationPolicy::Evidence(
                Evidence::new(MissingRevocation::Tolerate)
                    .with_crls(crls)
                    .known_at(policy.present(at))
                    .with_skew(CLOCK_DRIFT),
            ),
        };
        let request = PathRequest::new(signer, &anchors, asked_at, PathPurpose::DocumentSigning);
        let path = match path::validate(&request.with_intermediates(&between).with_revocation(revocation)) {
            Ok(path) => path,
            Err(error) => {
                let reason = match error.reason {
                    PathReason::NoPath | PathReason::UntrustedRoot => Reason::ReportServerUntrusted,
                    _ => Reason::ReportServerCertificate,
                };
                return checks.failed("report.server", reason, "", error.to_string());
            }
        };
        checks.passed("report.server", "");
        // The CA vouches for the name; the list says whose server it speaks for. Issuers sign licenses, not verdicts.
        let attributes = signer.subject().attributes().iter();
        let organizations: Vec<&str> = attributes
            .filter(|attribute| attribute.oid == pki::oid::ORGANIZATION)
            .map(|attribute| attribute.text.as_str())
            .collect();
        // With two organisations it would be one thing to this reader and another to the next.
        let organization = if let [one] = organizations[..] { one } else { "" };
        let ours = !trust.operator.is_empty()
            && organization == trust.operator
            && self.statement.operator == trust.operator
            && !trust.issuers.iter().any(|issuer| issuer.owns(signer));
        checks.record("report.operator", ours, Reason::ReportServerForeign, "", organization);
        let statuses = || path.certificates().map(|(_, status)| status);
        if !statuses().all(|status| matches!(status, RevocationStatus::Good | RevocationStatus::RevokedLater(_))) {
            checks.not_done("report.revocation", Reason::RevocationNotChecked, "");
        } else {
            checks.passed("report.revocation", "");
        }
        // A key that was lost, or whose certificate nobody watches any more, may have signed with an older date.
        let weak = statuses().any(|status| matches!(status, RevocationStatus::RevokedLater(_)))
            || path.certificates().any(|(certificate, _)| !certificate.valid_at(at));
        match (stamped, weak) {
            (Some(_), _) => checks.passed("report.time-proof", ""),
            (None, true) => checks.failed("report.time-proof", Reason::ReportTimeUnproven, "", ""),
            (None, false) => checks.not_done("report.time-proof", Reason::TimeNotProven, ""),
        }
    }
}
