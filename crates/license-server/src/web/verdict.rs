//! From a report to what the page says first: one word, one colour, one reason; and three answers to "checked where?".

use license_core::verify::{Effect, Outcome, Reason, Report, Verdict};

use super::icon;

/// The big word and its looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Headline {
    /// Class of the style sheet.
    pub(super) tone: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) icon: &'static str,
}

/// The word for a report.
pub(super) fn headline(report: &Report) -> Headline {
    let state = |zh, en| Headline { tone: "ended", zh, en, icon: icon::ENDED };
    match report.verdict {
        Verdict::Passed => Headline { tone: "good", zh: "真实有效", en: "Genuine and valid", icon: icon::GENUINE },
        Verdict::Indeterminate => {
            Headline { tone: "unclear", zh: "无法核验", en: "Cannot be verified", icon: icon::UNCLEAR }
        }
        Verdict::Failed => match decisive(report) {
            Some(Reason::RegisterSuspended) => state("已暂扣", "Suspended"),
            Some(Reason::RegisterCancelled) => state("已注销", "Cancelled"),
            Some(Reason::RegisterWithdrawn) => state("已撤销", "Withdrawn"),
            Some(Reason::RegisterRevoked) => state("已吊销", "Revoked"),
            Some(Reason::RegisterSuperseded) => state("已换发", "Replaced by a newer version"),
            Some(Reason::RegisterTransferredOut) => state("已转出", "Transferred out"),
            Some(Reason::ValidityNotYet) => state("尚未生效", "Not yet valid"),
            Some(Reason::ValidityExpired) => state("已过期", "Expired"),
            _ => Headline {
                tone: "bad",
                zh: "不真实（伪造或被改动）",
                en: "Not genuine (forged or altered)",
                icon: icon::FORGED,
            },
        },
    }
}

/// The reason to tell: what speaks against genuineness goes before what speaks of the state.
pub(super) fn decisive(report: &Report) -> Option<Reason> {
    let forged = report.reasons().find(|reason| reason.effect() == Effect::Fails && !reason.is_state());
    match report.verdict {
        Verdict::Failed => forged.or_else(|| report.headline()),
        _ => report.headline(),
    }
}

/// Where something was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Signature,
    Content,
    Register,
    Time,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Good,
    Ended,
    Bad,
    Unknown,
}

impl Source {
    pub(super) const ALL: [Source; 4] = [Source::Signature, Source::Content, Source::Register, Source::Time];

    /// Which source a check draws on, by its name.
    fn of(check: &str) -> Source {
        match check.split('.').next().unwrap_or_default() {
            "register" => Source::Register,
            "validity" | "time" => Source::Time,
            "record" | "index" | "metadata" | "face" => Source::Content,
            _ => Source::Signature,
        }
    }

    /// The answer of this source, and the reason when it is not good; none when nothing of it was asked.
    pub(super) fn answer(self, report: &Report) -> Option<(Answer, Option<Reason>)> {
        let checks = || report.checks.iter().filter(|check| Source::of(check.name) == self);
        let with = |effect: Effect| checks().filter_map(|check| check.outcome.reason()).find(|r| r.effect() == effect);
        if let Some(reason) = with(Effect::Fails) {
            let forged = checks().filter_map(|check| check.outcome.reason());
            let forged = forged.filter(|r| r.effect() == Effect::Fails).find(|r| !r.is_state());
            return Some(match forged {
                Some(reason) => (Answer::Bad, Some(reason)),
                None => (Answer::Ended, Some(reason)),
            });
        }
        if let Some(reason) = with(Effect::Unclear) {
            return Some((Answer::Unknown, Some(reason)));
        }
        if checks().any(|check| check.outcome == Outcome::Passed) {
            return Some((Answer::Good, None));
        }
        checks().next().map(|check| (Answer::Unknown, check.outcome.reason()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use license_core::verify::{Check, Integrity, Kind};
    use time::macros::datetime;

    fn report(checks: &[(&'static str, Outcome)]) -> Report {
        let check = |&(name, outcome): &(&'static str, Outcome)| Check {
            name,
            outcome,
            place: String::new(),
            detail: String::new(),
            signature: None,
        };
        let at = datetime!(2026-11-21 12:00 +8);
        Report::new(Kind::Qr, Integrity::Intact, at, checks.iter().map(check).collect())
    }

    #[test]
    fn a_forgery_is_never_told_as_a_mere_state() {
        let report = report(&[
            ("register.status", Outcome::Failed(Reason::RegisterCancelled)),
            ("register.content", Outcome::Failed(Reason::RegisterDiffers)),
        ]);
        assert_eq!(headline(&report).tone, "bad");
        assert_eq!(decisive(&report), Some(Reason::RegisterDiffers));
        assert_eq!(Source::Register.answer(&report), Some((Answer::Bad, Some(Reason::RegisterDiffers))));
    }

    #[test]
    fn every_state_has_its_word() {
        let states = Reason::ALL.iter().filter(|reason| reason.is_state());
        for state in states {
            let report = report(&[("token.signature", Outcome::Passed), ("register.status", Outcome::Failed(*state))]);
            assert_eq!(headline(&report).tone, "ended", "{}", state.code());
        }
    }

    #[test]
    fn what_was_not_asked_is_unknown() {
        let report = report(&[
            ("token.signature", Outcome::Passed),
            ("register.status", Outcome::NotDone(Reason::RegisterNotChecked)),
        ]);
        assert_eq!(Source::Signature.answer(&report), Some((Answer::Good, None)));
        assert_eq!(Source::Register.answer(&report), Some((Answer::Unknown, Some(Reason::RegisterNotChecked))));
        assert_eq!(Source::Time.answer(&report), None);
    }
}
