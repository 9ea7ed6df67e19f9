//! The reading side: bytes in, facts out, whatever the bytes.

mod active;
mod changes;
mod collect;
mod display;
pub(crate) mod facts;
pub(crate) mod flaws;
mod raw;
mod spelled;

use crate::budget::Budget;
use crate::problem::{Place, Problem, ProblemKind};
use crate::read::document::Document;
pub(crate) use collect::rect;
use facts::{Change, ChangeKind, Facts, Revision};

/// Reads the facts of any bytes. Total: it never fails, never panics, and works under `budget`.
pub fn inspect(bytes: &[u8], budget: &Budget) -> Facts {
    match Document::open(bytes, budget) {
        Ok(doc) => facts_of(&doc),
        Err(problem) => inspect_damaged(bytes, budget, problem),
    }
}

/// The same of bytes that [`Document::open`] has refused for this reason already: they are not read once more.
pub fn inspect_damaged(bytes: &[u8], budget: &Budget, problem: Problem) -> Facts {
    let mut facts = blank(bytes);
    if bytes.len() <= budget.file_bytes {
        facts.byte_range_words = words(bytes, b"/ByteRange").count();
    }
    facts.encrypted = problem.kind == ProblemKind::Encrypted;
    facts.problems.push(problem);
    if let Some(doc) = older_revision(bytes, budget, problem) {
        read(&doc, &mut facts);
    }
    facts
}

/// Facts of a document that stands open already.
pub(crate) fn facts_of(doc: &Document<'_>) -> Facts {
    let mut facts = blank(doc.bytes);
    facts.byte_range_words = words(doc.bytes, b"/ByteRange").count();
    read(doc, &mut facts);
    facts
}

fn blank(bytes: &[u8]) -> Facts {
    Facts {
        size: bytes.len(),
        version: version(bytes),
        problems: Vec::new(),
        read: 0,
        encrypted: false,
        byte_range_words: 0,
        revisions: Vec::new(),
        pages: 0,
        signatures: Vec::new(),
        empty_fields: Vec::new(),
        certification: None,
        has_dss: false,
        has_xfa: false,
        active: Vec::new(),
        unused: Vec::new(),
    }
}

fn read(doc: &Document<'_>, facts: &mut Facts) {
    facts.read = doc.bytes.len();
    facts.revisions = doc
        .revisions
        .iter()
        .map(|revision| Revision {
            start: revision.start,
            eof: revision.eof,
            end: revision.end,
            xref: revision.xref,
            xref_is_stream: revision.xref_is_stream,
            objects: revision.defined.clone(),
            changes: Vec::new(),
        })
        .collect();
    facts.problems.extend(second_header(doc));
    facts.active = active::objects(doc.last());
    if let Err(problem) = collect::signatures(doc, facts) {
        facts.problems.push(problem);
        return;
    }
    match waiting(doc) {
        Ok(unused) => facts.unused = unused,
        Err(problem) => facts.problems.push(problem),
    }
    let Some(first) = facts.signatures.iter().map(|s| s.defined_in).min() else { return };
    for index in first + 1..doc.revisions.len() {
        match changes::of_revision(doc, index) {
            Ok(mut changes) => {
                if !spelled::plainly(doc, index) {
                    changes.push(Change { object: 0, kind: ChangeKind::Superfluous });
                }
                facts.revisions[index].changes = changes;
            }
            Err(problem) => {
                facts.problems.push(problem);
                return;
            }
        }
    }
}

/// Objects that nothing refers to, and nothing ever did: what was in use once (the blank picture of a field that has been
/// signed since) waits for nothing.
fn waiting(doc: &Document<'_>) -> Result<Vec<u32>, Problem> {
    let mut unused = changes::unused(doc.last())?;
    for revision in 0..doc.revisions.len() - 1 {
        if unused.is_empty() {
            break;
        }
        let view = doc.view(revision);
        let then = changes::unused(view)?;
        unused.retain(|num| view.definition(*num).is_none() || then.contains(num));
    }
    Ok(unused)
}

fn version(bytes: &[u8]) -> Option<(u8, u8)> {
    match bytes.strip_prefix(b"%PDF-")? {
        [major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9', ..] => Some((major - b'0', minor - b'0')),
        _ => None,
    }
}

fn words<'a>(bytes: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    memchr::memmem::find_iter(bytes, word)
}

/// Older revisions that are looked for after a failure, and bytes that are read for it.
const MOST_TRIES: usize = 4;
const MOST_TRIED: usize = 64 << 20;

/// After a failure: the newest older revision that needs no repair, so that the report can name its signatures.
/// Only the places that end like a revision are tried, and few of them.
fn older_revision<'a>(bytes: &'a [u8], budget: &Budget, problem: Problem) -> Option<Document<'a>> {
    if matches!(problem.kind, ProblemKind::Encrypted | ProblemKind::Header | ProblemKind::OverBudget(_)) {
        return None;
    }
    let less = Budget {
        inflated_bytes: budget.inflated_bytes / 4,
        values: budget.values / 4,
        steps: budget.steps / 4,
        ..*budget
    };
    let mut left = MOST_TRIED;
    memchr::memmem::rfind_iter(bytes, b"%%EOF").take(MOST_TRIES).find_map(|at| {
        let eof = at + 5;
        let end = eof + crate::read::parse::eol_len(&bytes[eof..]);
        if end == bytes.len() {
            return None;
        }
        left = left.checked_sub(end)?;
        Document::open(&bytes[..end], &less).ok()
    })
}

/// `%PDF-` after the header and outside objects that are streams: curious, not fatal.
fn second_header(doc: &Document<'_>) -> Option<Problem> {
    let mut streams: Vec<(usize, usize)> =
        doc.definitions().filter_map(|(_, def)| def.stream_bytes()).map(|raw| (raw.start, raw.end)).collect();
    streams.sort_unstable();
    let inside = |at: usize| {
        let before = streams.partition_point(|(start, _)| *start <= at);
        before > 0 && at < streams[before - 1].1
    };
    let at = words(doc.bytes, b"%PDF-").find(|at| *at > 0 && !inside(*at))?;
    Some(Problem { kind: ProblemKind::SecondHeader, place: Place::Offset(at) })
}
