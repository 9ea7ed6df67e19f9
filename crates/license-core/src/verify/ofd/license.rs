//! The rules for a file that presents itself as a license of this house.

use ofd::{Facts, SignatureFacts};

use super::{OfdFacts, Value, place, protected};
use crate::verify::form;
use crate::verify::memory::{self, Met};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Sealed by the issuer, every file of the seal protected too, and nothing about container and signature value that is
/// not as issuing writes it.
pub(in crate::verify) fn check_license(ofd: &OfdFacts, checks: &mut Checks) {
    super::vocabulary::check(&ofd.facts, checks);
    super::contents::check(&ofd.facts, checks);
    let fault = ofd.container_fault;
    checks.record("ofd.container", fault.is_none(), Reason::OfdStructure, "", fault.unwrap_or_default());
    let Some(last) = ofd.facts.signatures.last() else { return };
    if !in_signed_order(&ofd.facts, last) {
        checks.failed(
            "ofd.container",
            Reason::OfdStructure,
            "",
            "the files stand in another order than they were signed",
        );
    }
    for file in &last.uncovered_signature_files {
        checks.failed("ofd.coverage", Reason::OfdUncovered, file, "no signature protects the list of signatures");
    }
    let met = Met::default();
    for (value, signature) in ofd.signatures.iter().zip(&ofd.facts.signatures) {
        let place = place(signature);
        match value {
            Value::Seal(seal, report) => {
                let sound = report.time_stamp.as_ref().is_some_and(|stamp| stamp.verified.is_ok());
                let fault = form::seal_fault(seal, sound, &met);
                let detail = fault.unwrap_or_default();
                let reason = memory::reason_of(fault, Reason::SealStructure);
                checks.record("seal.form", fault.is_none(), reason, &*place, detail);
                let named = seal.property_info().strip_prefix('/') == signature.path.as_deref();
                checks.record("seal.property-form", named, Reason::SealProperty, place, seal.property_info());
            }
            Value::Plain(..) => checks.failed("ofd.sealed", Reason::OfdUnsigned, place, "a signature without a seal"),
            Value::Bare | Value::Unreadable(_) | Value::Over => {}
        }
    }
}

/// A package is written in the order in which its last signature lists the files, the signature's own behind them.
fn in_signed_order(facts: &Facts, last: &SignatureFacts) -> bool {
    let signed: Vec<&str> = protected(last).chain(last.path.as_deref()).chain(last.value_path.as_deref()).collect();
    let mut at = 0;
    facts.container.entries.iter().all(|entry| match signed.iter().position(|name| *name == entry.name) {
        Some(place) => std::mem::replace(&mut at, place) <= place,
        None => true,
    })
}
