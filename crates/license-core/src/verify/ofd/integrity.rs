//! GM/T 0099-2020 annex D: OFDEntries.xml lists all files of a package and is signed as a whole, so that none can be
//! smuggled in. It does not say what the files hold; that is for the signatures of the document.

use ofd::IntegrityFacts;
use pki::cms::{CmsReport, SignedData};

use super::OfdFacts;
use crate::verify::memory::{self, Met};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

const LIST: &str = "integrity.list";
const UNLISTED: &str = "integrity.unlisted";
const SIGNATURE: &str = "integrity.signature";

/// The opened signature over the list.
#[derive(Debug)]
pub(in crate::verify) struct ListSignature {
    data: Box<SignedData>,
    reports: Vec<CmsReport>,
    flaw: Option<&'static str>,
}

impl ListSignature {
    /// Who closed the package, and the certificates that came along; nothing unless the signature holds.
    pub(in crate::verify) fn signer(&self) -> Option<(&pki::Certificate, &[pki::Certificate])> {
        let certificate = self.reports.first()?.certificate.as_ref()?;
        self.holds().then_some((certificate, self.data.certificates.as_slice()))
    }

    /// When, as the signer says.
    pub(in crate::verify) fn time(&self) -> Option<time::OffsetDateTime> {
        self.data.signers.first()?.signing_time()
    }

    fn holds(&self) -> bool {
        self.flaw.is_none() && self.reports.iter().all(CmsReport::passed)
    }
}

/// What lies where the signature value should be.
#[derive(Debug)]
pub(super) enum Closing {
    Signed(ListSignature),
    Bare,
    Unreadable(String),
}

/// Opens the value over the list, when there is a list.
pub(super) fn open(facts: &ofd::Facts, met: &Met<'_>) -> Option<Closing> {
    let list = facts.integrity.as_ref()?;
    let (Some(xml), Some(value)) = (&list.xml, &list.value) else {
        return Some(Closing::Unreadable("the signature value is missing".to_owned()));
    };
    Some(match eseal::inspect(value.bytes()) {
        eseal::Facts::SignedData(data) => {
            let reports = super::plain::verify(&data, xml.bytes(), met);
            let flaw = super::plain::flaw(&data, met);
            Closing::Signed(ListSignature { data, reports, flaw })
        }
        eseal::Facts::BareSignature => Closing::Bare,
        eseal::Facts::Unreadable(error) => Closing::Unreadable(error.to_string()),
        _ => Closing::Unreadable("the value is no SignedData of GB/T 35275".to_owned()),
    })
}

/// Whether list and package agree and the list is what was signed; true without a list.
pub(super) fn check(ofd: &OfdFacts, checks: &mut Checks) -> bool {
    let (Some(list), Some(closing)) = (&ofd.facts.integrity, &ofd.closing) else {
        for name in [LIST, UNLISTED, SIGNATURE] {
            checks.not_applicable(name, "", "the package has no OFDEntries.xml");
        }
        return true;
    };
    let complete = check_list(ofd, list, checks);
    let whole = check_unlisted(list, checks);
    let signed = match closing {
        Closing::Signed(signature) => {
            let failures = || signature.reports.first().map(super::plain::failures).unwrap_or_default();
            let detail = signature.flaw.map_or_else(failures, str::to_owned);
            let sound = signature.reports.iter().all(CmsReport::passed);
            let reason = memory::reason_of(signature.flaw.filter(|_| sound), Reason::IntegritySignature);
            checks.record(SIGNATURE, signature.holds(), reason, &*list.path, detail) || reason == Reason::InputTooLarge
        }
        Closing::Bare => {
            checks.failed(SIGNATURE, Reason::OfdUnverifiable, &*list.path, "{ r, s } without a certificate");
            true
        }
        Closing::Unreadable(why) => {
            checks.failed(SIGNATURE, Reason::IntegritySignature, &*list.path, why);
            false
        }
    };
    complete && whole && signed
}

fn check_list(ofd: &OfdFacts, list: &IntegrityFacts, checks: &mut Checks) -> bool {
    let before = checks.len();
    if list.files.is_empty() {
        checks.failed(LIST, Reason::IntegrityList, &*list.path, "it lists no files, or cannot be read");
    }
    for file in list.files.iter().filter(|file| file.entry.is_none()) {
        checks.failed(LIST, Reason::IntegrityList, &*file.file_loc, "listed, but not in the package");
    }
    let twice =
        |problem: &&ofd::Problem| problem.place == list.path && problem.kind == ofd::ProblemKind::DuplicateReference;
    for problem in ofd.facts.problems.iter().filter(twice) {
        checks.failed(LIST, Reason::IntegrityList, &*list.path, problem.to_string());
    }
    pass(checks, before, LIST, &list.path)
}

fn check_unlisted(list: &IntegrityFacts, checks: &mut Checks) -> bool {
    let before = checks.len();
    for name in &list.unlisted {
        checks.failed(UNLISTED, Reason::IntegrityUnlisted, name, "");
    }
    pass(checks, before, UNLISTED, &list.path)
}

fn pass(checks: &mut Checks, before: usize, name: &'static str, place: &str) -> bool {
    let good = checks.len() == before;
    if good {
        checks.passed(name, place);
    }
    good
}
