//! What is said about bad input, in one pattern: what and where, why, and what to do about it.
//!
//! ```text
//! license: record.json: line 3, column 7: expected `,` or `}`
//!   → send one JSON object with the fields of the type
//! ```

use std::fmt;

use anyhow::Error;

/// A fault with advice.
#[derive(Debug)]
pub(crate) struct Fault {
    text: String,
    advice: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}

/// `place: why`, and what to do.
pub(crate) fn fault(place: impl fmt::Display, why: impl fmt::Display, advice: impl Into<String>) -> Error {
    Error::new(Fault { text: format!("{place}: {why}"), advice: advice.into() })
}

/// The whole story: each cause once, the advice below.
pub(crate) fn told(error: &Error) -> String {
    let mut story = String::new();
    for cause in error.chain() {
        let words = cause.to_string();
        // Many errors say their cause in their own words: nobody wants to read it twice.
        if !story.contains(words.trim()) {
            if !story.is_empty() {
                story.push_str(": ");
            }
            story.push_str(words.trim());
        }
    }
    let advice = error.chain().find_map(|cause| cause.downcast_ref::<Fault>()).map(|fault| fault.advice.as_str());
    match advice.filter(|advice| !advice.is_empty()) {
        Some(advice) => format!("{story}\n  → {advice}"),
        None => story,
    }
}

/// `1 license`, `2 licenses`.
pub(crate) fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn a_cause_is_told_once_and_the_advice_last() {
        let error: Error =
            Err::<(), _>(std::io::Error::other("disk full")).context("cannot write x: disk full").unwrap_err();
        assert_eq!(told(&error), "cannot write x: disk full");
        let error = Err::<(), _>(fault("--at", "no time", "say it otherwise")).context("verify").unwrap_err();
        assert_eq!(told(&error), "verify: --at: no time\n  → say it otherwise");
        assert_eq!((count(1, "fault"), count(0, "fault")), ("1 fault".to_owned(), "0 faults".to_owned()));
    }
}
