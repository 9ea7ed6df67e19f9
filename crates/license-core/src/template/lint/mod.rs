//! Everything that is wrong with a template, at once: what `license template lint` prints.
//!
//! [`lint_structure`] looks at the words of `template.toml` alone; [`lint`] also fills the sample, lays out every face
//! and asks the fonts. Severity says whether the type should be used as it is.

mod boxes;
mod core;
mod faces;
mod fields;
mod geometry;
mod sample;
mod words;

use std::fmt;

use super::Template;
use crate::fonts::FontLibrary;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The template must not be used.
    Error,
    /// Worth a look.
    Warning,
}

/// One thing wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Stable code such as `box.off-page`.
    pub code: &'static str,
    /// Where: a path through the template such as `face.main.box.title`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}] {}: {}", self.code, self.place, self.message)?;
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a template, errors first.
pub fn lint(template: &Template, fonts: &FontLibrary) -> Vec<Finding> {
    let mut findings = Findings(structure(template));
    words::check(template, fonts, &mut findings);
    sample::check(template, fonts, &mut findings);
    findings.sorted()
}

/// What can be said without fonts and without filling the sample, errors first.
pub fn lint_structure(template: &Template) -> Vec<Finding> {
    Findings(structure(template)).sorted()
}

fn structure(template: &Template) -> Vec<Finding> {
    let mut findings = Findings::default();
    for problem in template.problems() {
        let place = if problem.place.is_empty() { &problem.file } else { &problem.place };
        findings.error("file", place, format!("{}: {}", problem.file, problem.message), "");
    }
    core::check(&template.file, &mut findings);
    fields::check(template, &mut findings);
    faces::check(template, &mut findings);
    findings.0
}

/// Findings on their way.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, code: &'static str, place: &str, message: impl Into<String>, hint: &str) {
        self.add(Severity::Error, code, place, message.into(), hint);
    }

    fn warning(&mut self, code: &'static str, place: &str, message: impl Into<String>, hint: &str) {
        self.add(Severity::Warning, code, place, message.into(), hint);
    }

    fn add(&mut self, severity: Severity, code: &'static str, place: &str, message: String, hint: &str) {
        let finding = Finding { severity, code, place: place.to_owned(), message, hint: hint.to_owned() };
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }
}
