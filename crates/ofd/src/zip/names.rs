//! Names that could mean two files.

use std::collections::HashMap;

use crate::problem::{ProblemKind, Problems};

use super::directory::Record;

/// Notes unsafe names, and names that stand twice or nearly.
pub(super) fn check_names(records: &[Record], problems: &mut Problems) {
    let mut exact: HashMap<&str, ()> = HashMap::with_capacity(records.len());
    let mut folded: HashMap<String, &str> = HashMap::with_capacity(records.len());
    for record in records {
        let name = record.name.as_str();
        if let Some(reason) = unsafe_name(name) {
            problems.add(ProblemKind::UnsafeName, name, reason);
        }
        if exact.insert(name, ()).is_some() {
            problems.add(ProblemKind::DuplicateEntry, name, "");
            continue;
        }
        let key = name.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/");
        if let Some(other) = folded.insert(key.to_lowercase(), name) {
            problems.add(ProblemKind::SimilarEntries, name, other);
        }
    }
}

/// Why a name could mean different files to different readers.
fn unsafe_name(name: &str) -> Option<&'static str> {
    let path = name.strip_suffix('/').unwrap_or(name);
    if path.is_empty() {
        Some("empty")
    } else if path.contains('\\') {
        Some("backslash")
    } else if path.starts_with('/') {
        Some("absolute")
    } else if path.contains(':') {
        Some("colon")
    } else if path.chars().any(char::is_control) {
        Some("control character")
    } else if path.chars().any(is_unseen) {
        Some("invisible character")
    } else if path
        .split('/')
        .any(|part| part.ends_with(' ') || part.ends_with('.') && !part.trim_matches('.').is_empty())
    {
        Some("a blank or dot at the end")
    } else if path.split('/').any(|part| part == ".." || part == ".") {
        Some("dots")
    } else if path.split('/').any(str::is_empty) {
        Some("doubled slash")
    } else {
        None
    }
}

/// Characters that turn the direction of the others, or that nobody sees (Unicode `Bidi_Control` and zero-width ones).
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
