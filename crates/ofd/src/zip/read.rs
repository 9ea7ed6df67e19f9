//! Reading: every header is checked against its twin, every byte must belong to something.

use crate::budget::Budget;
use crate::error::Error;
use crate::package::Package;
use crate::problem::{ProblemKind, Problems};

use super::directory::central_directory;
use super::end::End;
use super::inflate::Decompress;
use super::local::{locate, unpack};
use super::names::check_names;
use super::second::second_opinion;
use super::write::is_plain;
use super::{FLAG_DESCRIPTOR, FLAG_ENCRYPTED};

/// One entry of the zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFacts {
    /// Its name, decoded.
    pub name: String,
    /// Inflated length.
    pub size: u64,
    /// Length in the zip.
    pub packed_size: u64,
    /// Compression method (0 stored, 8 deflated).
    pub method: u16,
    /// General purpose flags.
    pub flags: u16,
    /// A directory entry.
    pub directory: bool,
    /// Whether its bytes could be read.
    pub readable: bool,
}

impl EntryFacts {
    /// Sizes follow the data rather than precede it.
    pub fn data_descriptor(&self) -> bool {
        self.flags & FLAG_DESCRIPTOR != 0
    }

    /// Encrypted: unreadable for everybody without a password.
    pub fn encrypted(&self) -> bool {
        self.flags & FLAG_ENCRYPTED != 0
    }
}

/// What was found in the zip.
#[derive(Clone, Debug, Default)]
pub(crate) struct Container {
    pub(crate) entries: Vec<EntryFacts>,
    pub(crate) bytes_before: u64,
    pub(crate) bytes_after: u64,
    pub(crate) length: u64,
    pub(crate) problems: Problems,
}

/// Reads a package out of a zip. Only what cannot be opened at all is an error; the rest is noted.
///
/// Files that cannot be inflated are left out of the package and named in the facts.
pub fn read(bytes: &[u8], budget: &Budget) -> Result<Package, Error> {
    within(bytes.len() as u64, budget.package_bytes, "package bytes")?;
    let mut problems = Problems::new(budget.problems);
    let end = End::find(bytes, &mut problems)?;
    within(end.count, budget.entries, "zip entries")?;
    let records = central_directory(bytes, &end, budget, &mut problems)?;

    let mut total = 0u64;
    for record in &records {
        let size = record.size;
        within(size.saturating_sub(record.packed), budget.entry_bytes, "inflated bytes of one entry")?;
        total = total.saturating_add(size);
        within(total.saturating_sub(bytes.len() as u64), budget.total_bytes, "inflated bytes")?;
        if size > budget.ratio_free_bytes && size / record.packed.max(1) > budget.ratio {
            return Err(Error::OverBudget { what: "compression ratio", limit: budget.ratio });
        }
    }

    let mut package = Package::new();
    let mut entries = Vec::with_capacity(records.len());
    let mut claimed = Vec::with_capacity(records.len());
    // A small package is inflated once; of a large one every file again when it is needed.
    let keep = total <= budget.kept_bytes as u64;
    let mut stream = Decompress::new(false);
    for record in &records {
        let located = locate(bytes, &end, record, &mut problems);
        let fields = located.as_ref().map_or(0, |data| data.fields);
        within(fields, budget.extra_fields, "extra fields of a zip entry")?;
        let part = located.as_ref().and_then(|data| {
            claimed.push((data.start, data.end, record.name.as_str()));
            unpack(&bytes[data.body.clone()], record, &mut stream, keep, &mut problems)
        });
        let directory = record.name.ends_with('/');
        if directory && record.size != 0 {
            problems.add(ProblemKind::DirectoryWithData, &record.name, "");
        }
        entries.push(EntryFacts {
            name: record.name.clone(),
            size: record.size,
            packed_size: record.packed,
            method: record.method,
            flags: record.flags,
            directory,
            readable: part.is_some(),
        });
        // A second entry of the same name is noted by `check_names`; the first one stands.
        if let (Some(part), false) = (part, directory) {
            let _ = package.add(record.name.clone(), part);
        }
    }
    let bytes_before = check_claims(claimed, &end, &mut problems);
    check_names(&records, &mut problems);
    // Of a zip without a single unusual field nobody has another opinion.
    if !is_plain(bytes) {
        second_opinion(bytes, &records, &end, &mut problems);
    }

    let container =
        Container { entries, bytes_before, bytes_after: end.bytes_after as u64, length: bytes.len() as u64, problems };
    Ok(package.with_container(container))
}

pub(super) fn within(value: u64, limit: u64, what: &'static str) -> Result<(), Error> {
    if value > limit { Err(Error::OverBudget { what, limit }) } else { Ok(()) }
}

/// Entries must neither overlap nor leave room between them. Returns how many bytes precede the first.
fn check_claims(mut claimed: Vec<(usize, usize, &str)>, end: &End, problems: &mut Problems) -> u64 {
    claimed.sort_unstable();
    let first = claimed.first().map_or(end.directory, |claim| claim.0);
    if first > 0 {
        problems.add(ProblemKind::BytesBeforeZip, "zip", format!("{first} bytes"));
    }
    let mut reached = first;
    for (start, stop, name) in claimed {
        if start < reached {
            problems.add(ProblemKind::OverlappingEntries, name, "");
        } else if start > reached {
            problems.add(ProblemKind::UnclaimedBytes, name, format!("{} bytes before it", start - reached));
        }
        reached = reached.max(stop);
    }
    if reached < end.directory {
        problems.add(
            ProblemKind::UnclaimedBytes,
            "zip",
            format!("{} bytes before the directory", end.directory - reached),
        );
    }
    first as u64
}
