//! What an entry may vouch for, from when to when, and how it stood over time.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A time span; both ends inclusive, an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// From when.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub from: Option<OffsetDateTime>,
    /// Until when.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
}

impl Period {
    /// Whether `at` lies inside.
    pub fn contains(&self, at: OffsetDateTime) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// How an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Trusted.
    Granted,
    /// Not trusted for the time being.
    Suspended,
    /// Not trusted any more; what was signed before stays.
    Withdrawn,
    /// From this time on somebody else may have the key: only what a time-stamp or the register shows to be older stays.
    Compromised,
}

impl Status {
    /// Every status with its word.
    pub const ALL: [(Status, &'static str); 4] = [
        (Status::Granted, "granted"),
        (Status::Suspended, "suspended"),
        (Status::Withdrawn, "withdrawn"),
        (Status::Compromised, "compromised"),
    ];

    /// As written in lists.
    pub fn word(self) -> &'static str {
        Status::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }
}

/// A change of status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// From when on.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The status since then.
    pub status: Status,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// How something stood at `at`. Without events it is granted. Before the first event it was not listed, when that event
/// grants; else it was granted without being said.
pub fn status_at(history: &[Event], at: OffsetDateTime) -> Status {
    match history.iter().rev().find(|event| event.at <= at) {
        Some(event) => event.status,
        None if history.first().is_some_and(|event| event.status == Status::Granted) => Status::Withdrawn,
        None => Status::Granted,
    }
}

/// Since when the key may be in other hands.
pub(super) fn compromised_since(history: &[Event]) -> Option<OffsetDateTime> {
    history.iter().filter(|event| event.status == Status::Compromised).map(|event| event.at).min()
}

/// For whom and for what an entry vouches; each part is a list, `*` in it means all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Type codes (GB/T 36903), or their beginnings followed by `*`.
    pub types: Vec<String>,
    /// Credit codes of issuers (GB 32100).
    pub issuers: Vec<String>,
    /// Beginnings of the issuers' divisions (GB/T 2260): 2, 4 or 6 digits.
    pub areas: Vec<String>,
}

impl Default for Scope {
    fn default() -> Scope {
        let all = || vec![ALL.to_owned()];
        Scope { types: all(), issuers: all(), areas: all() }
    }
}

/// What stands for all.
pub(super) const ALL: &str = "*";

/// Whether a list names all there is.
pub(super) fn is_all(list: &[String]) -> bool {
    list.iter().any(|one| one == ALL)
}

/// Whether a list of type codes, or of their beginnings followed by `*`, names this one.
pub(super) fn names_type(list: &[String], code: &str) -> bool {
    list.iter().any(|one| match one.strip_suffix('*') {
        Some(beginning) => code.starts_with(beginning),
        None => one == code,
    })
}

impl Scope {
    /// Whether nothing is left out.
    pub fn is_unlimited(&self) -> bool {
        is_all(&self.types) && is_all(&self.issuers) && is_all(&self.areas)
    }

    pub(super) fn has_issuer(&self, code: &str) -> bool {
        is_all(&self.issuers) || self.issuers.iter().any(|one| one == code)
    }

    pub(super) fn has_area(&self, area: &str) -> bool {
        is_all(&self.areas) || self.areas.iter().any(|one| area.starts_with(one.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_history_answers_how_it_stood() {
        let day = |day: u8| datetime!(2026-03-01 0:00 UTC).replace_day(day).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let event = |at, status| Event { at: day(at), status, reason: String::new() };
        let history = [event(5, Status::Granted), event(10, Status::Suspended), event(12, Status::Granted)];
        let stood = |at| status_at(&history, day(at));
        assert_eq!([stood(4), stood(5), stood(9)], [Status::Withdrawn, Status::Granted, Status::Granted]);
        assert_eq!([stood(10), stood(11), stood(12)], [Status::Suspended, Status::Suspended, Status::Granted]);
        assert_eq!(status_at(&[], day(1)), Status::Granted);
        let lost = [event(7, Status::Compromised)];
        assert_eq!([status_at(&lost, day(6)), status_at(&lost, day(7))], [Status::Granted, Status::Compromised]);
        assert_eq!(compromised_since(&lost), Some(day(7)));
    }

    #[test]
    fn types_are_named_whole_or_by_their_beginning() {
        let list = ["11100000MB0143028R*".to_owned(), "11100000000013338W900".to_owned()];
        assert!(names_type(&list, "11100000MB0143028R900") && names_type(&list, "11100000000013338W900"));
        assert!(!names_type(&list, "11100000000013338W901") && !names_type(&[], "x"));
    }
}
