//! Every reason code is reached by a case built from a good license, and every case says exactly what is wrong.
//!
//! A case names all reasons that decide (those that fail or leave open); notes such as "the register was not asked" may
//! stand beside them. The last test holds the list of codes against the table: none may be out of reach.
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

#[path = "reasons/attacks.rs"]
mod attacks;
#[path = "reasons/content.rs"]
mod content;
#[path = "reasons/evidence.rs"]
mod evidence;
#[path = "reasons/input.rs"]
mod input;
#[path = "reasons/listed.rs"]
mod listed;
#[path = "reasons/ofd.rs"]
mod ofd_cases;
#[path = "reasons/package.rs"]
mod package_cases;
#[path = "reasons/pdf.rs"]
mod pdf_cases;
#[path = "reasons/report.rs"]
mod report_cases;
#[path = "reasons/seal.rs"]
mod seal;
#[path = "reasons/signer.rs"]
mod signer_cases;
#[path = "reasons/token.rs"]
mod token;
mod verify_support;
#[path = "reasons/vouched.rs"]
mod vouched;
#[path = "reasons/whole.rs"]
mod whole;

use std::collections::BTreeSet;

use license_core::verify::{self, Effect, Reason, Report, Verdict, signed_report};
use verify_support::{Court, assert_consistent, explain, good};

/// What is handed in.
pub enum Given {
    File(Vec<u8>),
    Text(String),
    /// An identifier, and the index that the register keeps for it.
    Id(Option<String>),
    /// A signed report, and the file that it should be about.
    Report(Vec<u8>, Option<Vec<u8>>),
}

/// Something handed in, how it is judged, and what must come out.
pub struct Case {
    name: &'static str,
    given: Given,
    court: Court,
    expect: Vec<Reason>,
}

impl Case {
    pub fn file(name: &'static str, bytes: impl Into<Vec<u8>>, expect: &[Reason]) -> Case {
        Case { name, given: Given::File(bytes.into()), court: Court::default(), expect: expect.to_vec() }
    }

    pub fn text(name: &'static str, text: impl Into<String>, expect: &[Reason]) -> Case {
        Case { name, given: Given::Text(text.into()), court: Court::default(), expect: expect.to_vec() }
    }

    pub fn id(name: &'static str, index: Option<String>, expect: &[Reason]) -> Case {
        Case { name, given: Given::Id(index), court: Court::default(), expect: expect.to_vec() }
    }

    pub fn report(name: &'static str, report: Vec<u8>, file: Option<Vec<u8>>, expect: &[Reason]) -> Case {
        let given = Given::Report(report, file);
        Case { name, given, court: Court::default(), expect: expect.to_vec() }
    }

    pub fn before(self, court: Court) -> Case {
        Case { court, ..self }
    }

    fn judge(&self) -> Report {
        let court = &self.court;
        let judge = |facts: &verify::Facts| verify::judge(facts, &court.trust, &court.policy(), court.at);
        match &self.given {
            Given::File(bytes) => judge(&verify::inspect(bytes, &court.limits)),
            Given::Text(text) => judge(&verify::inspect_text(text, &court.limits)),
            Given::Report(report, file) => {
                signed_report::recheck(report, file.as_deref(), &court.trust, &court.policy(), court.at)
            }
            Given::Id(index) => verify::judge_id(index.as_deref(), &court.trust, &court.policy(), court.at),
        }
    }
}

fn cases() -> Vec<Case> {
    let groups = [
        input::cases,
        token::cases,
        content::cases,
        ofd_cases::cases,
        package_cases::cases,
        listed::cases,
        seal::cases,
        whole::cases,
        pdf_cases::cases,
        signer_cases::cases,
        vouched::cases,
        report_cases::cases,
        attacks::cases,
        evidence::cases,
    ];
    groups.iter().flat_map(|group| group()).collect()
}

/// A license is a closed list: what a fault is made with is often none of it, and told beside the fault.
const BESIDE: [Reason; 3] = [Reason::OfdForeign, Reason::StampSlot, Reason::FaceForeign];

fn check(case: &Case, report: &Report) -> Result<(), String> {
    let name = case.name;
    assert_consistent(name, report);
    let expected: BTreeSet<Reason> = case.expect.iter().copied().collect();
    let beside = |reason: &Reason| BESIDE.contains(reason) && !expected.contains(reason);
    let found: BTreeSet<Reason> = report.reasons().filter(|reason| !beside(reason)).collect();
    let decides = |reason: &&Reason| reason.effect() != Effect::Note;
    let verdict = match expected.iter().map(|reason| reason.effect()).fold(Effect::Note, worse) {
        Effect::Fails => Verdict::Failed,
        Effect::Unclear => Verdict::Indeterminate,
        Effect::Note => Verdict::Passed,
    };
    let same = found.iter().filter(decides).eq(expected.iter().filter(decides));
    if !same || !expected.is_subset(&found) || report.verdict != verdict {
        let codes: Vec<_> = case.expect.iter().map(|reason| reason.code()).collect();
        return Err(format!("{name}: {verdict:?} by {codes:?} expected, got {}", explain(report)));
    }
    Ok(())
}

fn worse(a: Effect, b: Effect) -> Effect {
    match (a, b) {
        (Effect::Fails, _) | (_, Effect::Fails) => Effect::Fails,
        (Effect::Unclear, _) | (_, Effect::Unclear) => Effect::Unclear,
        _ => Effect::Note,
    }
}

#[test]
fn every_code_is_reached_and_every_case_says_what_is_wrong() {
    let cases = cases();
    let mut reached = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let report = case.judge();
        reached.extend(report.reasons());
        wrong.extend(check(case, &report).err());
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let missing: Vec<_> =
        Reason::ALL.iter().filter(|reason| !reached.contains(reason)).map(|reason| reason.code()).collect();
    assert_eq!(missing, [""; 0], "no case reaches these codes");
}

#[test]
fn good_licenses_pass_and_show_what_they_say() {
    let text = good().index().to_string();
    for bytes in [good().ofd(), good().pdf(), text.as_bytes()] {
        let report = verify_support::judge(bytes);
        assert_eq!(report.verdict, Verdict::Passed, "{}", explain(&report));
        assert_eq!(report.integrity, verify::Integrity::Intact);
        let subject = report.subject.unwrap();
        assert_eq!((subject.id, subject.number), (good().id().to_string(), good().record().number().to_owned()));
    }
}
