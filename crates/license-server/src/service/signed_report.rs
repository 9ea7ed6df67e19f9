//! Answering a question with a report that the server signs.

use license_core::id::LicenseId;
use license_core::issue::IssueError;
use license_core::verify::signed_report::{Asked, AskedKind, Context, SaidPolicy, prepare};
use license_core::verify::{self, Limits, Register, Report, Verdict};
use pki::Certificate;

use super::verify::entry;
use super::{Office, ServiceError};
use crate::deployment::Evidence;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The text of a QR code.
    Text(String),
    /// An identifier.
    Id(String),
    /// A file's bytes.
    File(Vec<u8>),
}

impl Office {
    /// Whether reports can be signed here: the deployment has a key for it.
    pub fn signs_reports(&self) -> bool {
        self.report_signer.is_some()
    }

    /// The report about something, signed (`docs/formats/verification-report.md`).
    pub fn signed_report(&self, question: &Question) -> Result<(Verdict, Vec<u8>), ServiceError> {
        let signer = self.report_signer.as_deref().ok_or(ServiceError::NoReportSigner)?;
        let evidence = self.verification.evidence();
        let (asked, report, register) = self.answer(question, &evidence)?;
        let view = self.trust.view();
        let context = Context {
            operator: &self.operator,
            address: &self.address,
            asked: &asked,
            trust_text: &view.text,
            trust: &view.own,
            policy: SaidPolicy {
                plain_cms: false,
                revocation: !evidence.crls.is_empty() || !evidence.ocsp.is_empty(),
                templates: true,
            },
            register: &register,
        };
        // Whoever trusts the root has it; the others must not take it from here.
        let chain: Vec<Certificate> = signer.chain().iter().filter(|ca| !ca.is_self_issued()).cloned().collect();
        let failed = |error: &dyn std::fmt::Display| ServiceError::Report(error.to_string());
        let prepared = prepare(&report, &context, signer.certificate(), &chain).map_err(|error| failed(&error))?;
        let signature = signer.sign(prepared.to_be_signed()).map_err(IssueError::from)?;
        Ok((report.verdict, prepared.finish(&signature).map_err(|error| failed(&error))?))
    }

    fn answer(&self, question: &Question, evidence: &Evidence) -> Result<(Asked, Report, Register), ServiceError> {
        let now = self.clock.now();
        let facts = match question {
            Question::File(bytes) => verify::inspect(bytes, &Limits::default()),
            Question::Text(text) => verify::inspect_text(text, &Limits::default()),
            Question::Id(id) => {
                let id = id.trim();
                let parsed = id.parse::<LicenseId>().map_err(|error| ServiceError::BadId(error.to_string()))?;
                let found = self.store.get(&parsed)?;
                let index = found.as_ref().map(|license| license.index_token.clone());
                let register = found.map_or(Register::Unknown, |license| entry(&license));
                let report = verify::judge_id(
                    index.as_deref(),
                    &self.trust.view().merged,
                    &self.policy(&register, evidence),
                    now,
                );
                return Ok((Asked::about(AskedKind::Id, id.as_bytes()), report, register));
            }
        };
        let asked = match question {
            Question::File(bytes) => Asked::about(AskedKind::File, bytes),
            Question::Text(text) | Question::Id(text) => Asked::about(AskedKind::Text, text.as_bytes()),
        };
        let (register, _) = self.ask_register(&facts)?;
        let report = verify::judge(&facts, &self.trust.view().merged, &self.policy(&register, evidence), now);
        Ok((asked, report, register))
    }
}
