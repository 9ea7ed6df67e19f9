//! What has changed between a report and the verdict of today.

use std::collections::BTreeSet;

use super::SignedReport;
use super::wire::{SaidCheck, said_check, said_register};
use crate::pdf_signing::Level;
use crate::trust::TrustList;
use crate::verify::register::Register;
use crate::verify::report::Report;

/// One thing that is otherwise now than the report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `verdict`, `integrity`, `register`, `trust`, `level of` a signature, or the name of a check.
    pub what: String,
    /// As the report says it.
    pub then: String,
    /// As it is now.
    pub now: String,
}

impl SignedReport {
    /// Compares with what verifying the same bytes gives now, by this trust list and with this answer of the register.
    /// Empty when nothing has changed that matters: particulars and the order of checks do not.
    pub fn differences(&self, now: &Report, trust: &TrustList, register: &Register) -> Vec<Difference> {
        let then = &self.statement;
        let mut found = Vec::new();
        let mut compare = |what: &str, then: &str, now: &str| {
            if then != now {
                found.push(Difference { what: what.to_owned(), then: then.to_owned(), now: now.to_owned() });
            }
        };
        compare("verdict", &then.verdict, now.verdict.word());
        compare("integrity", &then.integrity, now.integrity.word());
        let said = said_register(register);
        let state = |answer: &str, status: &Option<String>| status.clone().unwrap_or_else(|| answer.to_owned());
        compare("register", &state(&then.register.answer, &then.register.status), &state(&said.answer, &said.status));
        let edition = |operator: &str, sequence: u64| format!("{operator} edition {sequence}");
        let edition_now = edition(&trust.operator, trust.sequence);
        compare("trust", &edition(&then.trust.operator, then.trust.sequence), &edition_now);

        for signature in &now.signatures {
            let said = then.signatures.iter().find(|said| said.place == signature.place);
            if let Some(said) = said {
                let (then, now) = (said.level.as_deref(), signature.level.map(Level::name));
                compare(&format!("level of {}", said.place), then.unwrap_or("none"), now.unwrap_or("none"));
            }
        }

        let checks: Vec<SaidCheck> = now.checks.iter().map(said_check).collect();
        let (before, after) = (summary(&then.checks), summary(&checks));
        let names: BTreeSet<&str> = before.iter().chain(&after).map(|(name, _)| *name).collect();
        for name in names {
            let of = |all: &BTreeSet<(&str, &str)>| {
                let codes: Vec<&str> = all.iter().filter(|(of, _)| *of == name).map(|(_, code)| *code).collect();
                if codes.is_empty() { "not made".to_owned() } else { codes.join(", ") }
            };
            compare(name, &of(&before), &of(&after));
        }
        found
    }
}

/// Each check by name, with how it went: its code, or `passed`.
fn summary(checks: &[SaidCheck]) -> BTreeSet<(&str, &str)> {
    checks.iter().map(|check| (check.check.as_str(), check.code.as_deref().unwrap_or("passed"))).collect()
}
