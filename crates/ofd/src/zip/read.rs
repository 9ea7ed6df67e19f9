//! Reading: every header is checked against its twin, every byte must belong to something.

use std::collections::HashMap;

use crate::budget::Budget;
use crate::error::Error;
use crate::package::Package;
use crate::part::{Packed, Part};
use crate::problem::{ProblemKind, Problems};

use super::inflate::{Decompress, Inflated, crc32, inflate_with};
use super::write::is_plain;
use super::{
    CENTRAL_HEADER, CENTRAL_LEN, DATA_DESCRIPTOR, END_LEN, END_OF_CENTRAL, FLAG_DESCRIPTOR, FLAG_ENCRYPTED, FLAG_UTF8,
    LOCAL_HEADER, LOCAL_LEN, METHOD_DEFLATED, METHOD_STORED,
};

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
    within(u64::from(end.count), budget.entries, "zip entries")?;
    let records = central_directory(bytes, &end, &mut problems)?;

    let mut total = 0u64;
    for record in &records {
        let size = u64::from(record.size);
        within(size.saturating_sub(u64::from(record.packed)), budget.entry_bytes, "inflated bytes of one entry")?;
        total += size;
        within(total.saturating_sub(bytes.len() as u64), budget.total_bytes, "inflated bytes")?;
        if size > budget.ratio_free_bytes && size / u64::from(record.packed.max(1)) > budget.ratio {
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
            size: u64::from(record.size),
            packed_size: u64::from(record.packed),
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

fn within(value: u64, limit: u64, what: &'static str) -> Result<(), Error> {
    if value > limit { Err(Error::OverBudget { what, limit }) } else { Ok(()) }
}

/// The end of central directory record (APPNOTE 4.3.16).
struct End {
    /// Where the directory begins and where the record itself stands.
    directory: usize,
    position: usize,
    count: u16,
    /// What must be added to the offsets in the directory: bytes put before the zip.
    shift: usize,
    bytes_after: usize,
}

impl End {
    fn find(bytes: &[u8], problems: &mut Problems) -> Result<End, Error> {
        let first = bytes.len().saturating_sub(END_SEARCH);
        let mut found: Option<End> = None;
        let mut refusal = Error::NotAZip;
        let tail = bytes.get(first..bytes.len().saturating_sub(END_LEN - 4)).unwrap_or_default();
        let signatures: Vec<usize> = memchr::memmem::find_iter(tail, &END_OF_CENTRAL.to_le_bytes()).collect();
        for at in signatures.into_iter().rev().map(|at| first + at) {
            match End::parse(bytes, at) {
                Ok((end, comment)) => {
                    if let Some(taken) = &found {
                        // An end record inside the archive of another one is plain data.
                        if end.position + END_LEN + comment > taken.directory {
                            problems.add(
                                ProblemKind::TwoEnds,
                                "zip",
                                format!("end records at {} and {at}", taken.position),
                            );
                        }
                        break;
                    }
                    if comment > 0 {
                        problems.add(ProblemKind::ArchiveComment, "zip", format!("{comment} bytes"));
                    }
                    if end.bytes_after > 0 {
                        problems.add(ProblemKind::BytesAfterZip, "zip", format!("{} bytes", end.bytes_after));
                    }
                    found = Some(end);
                }
                Err(error) => refusal = error,
            }
        }
        found.ok_or(refusal)
    }

    fn parse(bytes: &[u8], at: usize) -> Result<(End, usize), Error> {
        let damaged = Error::DamagedDirectory { offset: at };
        let short = |offset| u16_at(bytes, at + offset).ok_or(damaged.clone());
        let long = |offset| u32_at(bytes, at + offset).ok_or(damaged.clone());
        let (disks, here, count) = (short(4)?, short(8)?, short(10)?);
        let (size, offset, comment) = (long(12)? as usize, long(16)? as usize, short(20)? as usize);
        if count == u16::MAX || size == u32::MAX as usize || offset == u32::MAX as usize {
            return Err(Error::Unsupported("zip64"));
        }
        if disks != 0 || here != count {
            return Err(Error::Unsupported("archive in several volumes"));
        }
        let directory = at.checked_sub(size).ok_or(damaged.clone())?;
        let shift = directory.checked_sub(offset).ok_or(damaged.clone())?;
        let bytes_after = bytes.len().checked_sub(at + END_LEN + comment).ok_or(damaged.clone())?;
        if count > 0 && u32_at(bytes, directory) != Some(CENTRAL_HEADER) {
            return Err(damaged);
        }
        Ok((End { directory, position: at, count, shift, bytes_after }, comment))
    }
}

/// One record of the central directory (APPNOTE 4.3.12).
struct Record {
    name: String,
    raw_name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    offset: u32,
}

fn central_directory(bytes: &[u8], end: &End, problems: &mut Problems) -> Result<Vec<Record>, Error> {
    let directory = &bytes[..end.position];
    let mut records = Vec::with_capacity(usize::from(end.count));
    let mut at = end.directory;
    for _ in 0..end.count {
        let damaged = || Error::DamagedDirectory { offset: at };
        if u32_at(directory, at) != Some(CENTRAL_HEADER) {
            return Err(damaged());
        }
        let short = |offset| u16_at(directory, at + offset).ok_or_else(damaged);
        let long = |offset| u32_at(directory, at + offset).ok_or_else(damaged);
        let (name_len, extra_len, comment_len) = (short(28)? as usize, short(30)? as usize, short(32)? as usize);
        let name_at = at + CENTRAL_LEN;
        let raw_name = directory.get(name_at..name_at + name_len).ok_or_else(damaged)?;
        let extra = directory.get(name_at + name_len..name_at + name_len + extra_len).ok_or_else(damaged)?;
        let record = Record {
            name: decode_name(raw_name, short(8)?, problems),
            raw_name: raw_name.to_vec(),
            flags: short(8)?,
            method: short(10)?,
            crc: long(16)?,
            packed: long(20)?,
            size: long(24)?,
            offset: long(42)?,
        };
        if record.packed == u32::MAX || record.size == u32::MAX || record.offset == u32::MAX {
            return Err(Error::Unsupported("zip64"));
        }
        if let Some(other) = unicode_path(extra).filter(|other| *other != record.name.as_bytes()) {
            let detail = format!("another name in an extra field: {}", String::from_utf8_lossy(other));
            problems.add(ProblemKind::HeaderMismatch, &record.name, detail);
        }
        // APPNOTE 4.5.3: the field stands only for values that are all ones here; some readers take it anyway.
        let known = (u64::from(record.size), u64::from(record.packed));
        if extra_field(extra, ZIP64).is_some() && zip64_sizes(extra) != Some(known) {
            problems.add(ProblemKind::HeaderMismatch, &record.name, "other sizes in an extra field");
        }
        // External attributes as Unix writes them: readers that unpack to a disk would follow the link.
        let (made_by, mode) = (short(4)? >> 8, long(38)? >> 16);
        if made_by == UNIX && mode & FILE_TYPE == SYMBOLIC_LINK {
            problems.add(ProblemKind::UnsafeName, &record.name, "symbolic link");
        }
        records.push(record);
        at = name_at + name_len + extra_len + comment_len;
        if at > end.position {
            return Err(Error::DamagedDirectory { offset: at });
        }
    }
    if at != end.position {
        problems.add(ProblemKind::UnclaimedBytes, "zip directory", format!("{} bytes", end.position - at));
    }
    Ok(records)
}

/// Names are UTF-8; old producers write GBK without a flag.
fn decode_name(raw: &[u8], flags: u16, problems: &mut Problems) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => {
            if !name.is_ascii() && flags & FLAG_UTF8 == 0 {
                problems.add(ProblemKind::NameNotUtf8, name, "UTF-8 without its flag");
            }
            name.to_owned()
        }
        Err(_) => {
            let name = encoding_rs::GBK.decode_without_bom_handling(raw).0.into_owned();
            problems.add(ProblemKind::NameNotUtf8, &name, "read as GBK");
            name
        }
    }
}

/// The Info-ZIP Unicode path (APPNOTE 4.6.9): a second name that some readers prefer.
fn unicode_path(extra: &[u8]) -> Option<&[u8]> {
    extra_field(extra, UNICODE_PATH)?.get(5..)
}

/// Both sizes of a zip64 field (APPNOTE 4.5.3), inflated first.
fn zip64_sizes(extra: &[u8]) -> Option<(u64, u64)> {
    let body = extra_field(extra, ZIP64)?;
    Some((u64::from_le_bytes(*body.first_chunk()?), u64::from_le_bytes(*body.get(8..)?.first_chunk()?)))
}

/// The body of an extra field.
fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let body = extra.get(4..4 + usize::from(length))?;
        if id == wanted {
            return Some(body);
        }
        extra = &extra[4 + usize::from(length)..];
    }
    None
}

/// Where an entry lies: header to end (descriptor included), and the compressed bytes inside.
struct Located {
    start: usize,
    end: usize,
    body: std::ops::Range<usize>,
}

fn locate(bytes: &[u8], end: &End, record: &Record, problems: &mut Problems) -> Option<Located> {
    let start = end.shift + record.offset as usize;
    let limit = &bytes[..end.directory];
    let mut corrupt = |detail: &str| {
        problems.add(ProblemKind::CorruptData, &record.name, detail);
        None
    };
    if u32_at(limit, start) != Some(LOCAL_HEADER) {
        return corrupt("no local header");
    }
    let (Some(name_len), Some(extra_len)) = (u16_at(limit, start + 26), u16_at(limit, start + 28)) else {
        return corrupt("cut off");
    };
    let name_at = start + LOCAL_LEN;
    let body_at = name_at + usize::from(name_len) + usize::from(extra_len);
    let body = body_at..body_at + record.packed as usize;
    let Some(local_name) = limit.get(name_at..name_at + usize::from(name_len)).filter(|_| body.end <= limit.len())
    else {
        return corrupt("cut off");
    };

    let local16 = |offset| u16_at(limit, start + offset).unwrap_or_default();
    let local32 = |offset| u32_at(limit, start + offset).unwrap_or_default();
    let extra = limit.get(name_at + usize::from(name_len)..body_at).unwrap_or_default();
    let descriptor = record.flags & FLAG_DESCRIPTOR != 0;
    let mut mismatch = |what: &str| problems.add(ProblemKind::HeaderMismatch, &record.name, what);
    if local_name != record.raw_name {
        mismatch("name");
    }
    if local16(8) != record.method {
        mismatch("method");
    }
    let flags = local16(6) ^ record.flags;
    if flags & FLAG_ENCRYPTED != 0 || (flags & FLAG_UTF8 != 0 && !record.raw_name.is_ascii()) {
        mismatch("flags");
    }
    if unicode_path(extra).is_some_and(|other| other != record.name.as_bytes()) {
        mismatch("another name in an extra field");
    }
    let told = (local32(14), local32(18), local32(22));
    let mut loose = flags & (FLAG_DESCRIPTOR | FLAG_UTF8) != 0;
    if told != (record.crc, record.packed, record.size) {
        let later = told == (0, 0, 0) && (descriptor || local16(6) & FLAG_DESCRIPTOR != 0);
        let zip64 = told == (record.crc, u32::MAX, u32::MAX)
            && zip64_sizes(extra) == Some((u64::from(record.size), u64::from(record.packed)));
        if !later && !zip64 {
            mismatch("checksum or sizes");
        }
        loose |= zip64;
    }
    let mut stop = body.end;
    if descriptor {
        let at = if u32_at(limit, stop) == Some(DATA_DESCRIPTOR) { stop + 4 } else { stop };
        let values = (u32_at(limit, at), u32_at(limit, at + 4), u32_at(limit, at + 8));
        if values == (Some(record.crc), Some(record.packed), Some(record.size)) {
            stop = at + 12;
        } else {
            mismatch("data descriptor");
        }
    }
    if loose {
        problems.add(ProblemKind::LooseHeader, &record.name, "");
    }
    Some(Located { start, end: stop, body })
}

fn unpack(data: &[u8], record: &Record, stream: &mut Decompress, keep: bool, problems: &mut Problems) -> Option<Part> {
    if record.flags & FLAG_ENCRYPTED != 0 {
        problems.add(ProblemKind::EncryptedEntry, &record.name, "");
        return None;
    }
    let declared = record.size as usize;
    let bytes = match record.method {
        METHOD_STORED if data.len() == declared => data.to_vec(),
        METHOD_STORED => {
            problems.add(ProblemKind::SizeMismatch, &record.name, "stored with two lengths");
            return None;
        }
        METHOD_DEFLATED => match inflate_with(stream, data, declared) {
            Inflated::Exact(bytes) => bytes,
            Inflated::OtherSize(bytes) => {
                problems.add(ProblemKind::SizeMismatch, &record.name, format!("declared {declared} bytes"));
                return Some(Part::new(bytes));
            }
            Inflated::Corrupt => {
                problems.add(ProblemKind::CorruptData, &record.name, "does not inflate");
                return None;
            }
        },
        other => {
            problems.add(ProblemKind::UnknownMethod, &record.name, format!("method {other}"));
            return None;
        }
    };
    if crc32(&bytes) != record.crc {
        problems.add(ProblemKind::ChecksumMismatch, &record.name, "");
        return Some(Part::new(bytes));
    }
    let deflated = (record.method == METHOD_DEFLATED).then(|| data.to_vec());
    let packed = Packed { crc: record.crc, deflated };
    let deflated_alone = packed.deflated.is_some() && !keep;
    Some(if deflated_alone { Part::deflated(packed, declared) } else { Part::with_packed(bytes, packed) })
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

fn check_names(records: &[Record], problems: &mut Problems) {
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
pub(crate) fn unsafe_name(name: &str) -> Option<&'static str> {
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

/// The `zip` crate is the second reader: when it sees other entries than we do, so may the viewer.
fn second_opinion(bytes: &[u8], records: &[Record], end: &End, problems: &mut Problems) {
    let archive = match zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return problems.add(ProblemKind::ReadersDisagree, "zip", error.to_string()),
    };
    let mut ours: HashMap<&[u8], Vec<&Record>> = HashMap::with_capacity(records.len());
    for record in records {
        ours.entry(&record.raw_name).or_default().push(record);
    }
    let mut seen = 0;
    for index in 0..archive.len() {
        let Ok(theirs) = archive.by_index_data(index) else { break };
        seen += 1;
        let same = |record: &&&Record| {
            theirs.header_start() == (end.shift + record.offset as usize) as u64
                && theirs.size() == u64::from(record.size)
                && theirs.compressed_size() == u64::from(record.packed)
                && theirs.crc32() == record.crc
        };
        if ours.get(theirs.name_raw()).is_none_or(|list| list.iter().find(same).is_none()) {
            let name = String::from_utf8_lossy(theirs.name_raw()).into_owned();
            problems.add(ProblemKind::ReadersDisagree, name, "");
        }
    }
    if seen != ours.len() {
        problems.add(ProblemKind::ReadersDisagree, "zip", format!("{seen} names against {}", ours.len()));
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The end record, its longest comment, and as much again for what may have been appended.
const END_SEARCH: usize = END_LEN + 2 * 65_535;
const UNICODE_PATH: u16 = 0x7075;
const ZIP64: u16 = 0x0001;
/// "Made by" of Unix (APPNOTE 4.4.2), and the bits of a file's type in its mode.
const UNIX: u16 = 3;
const FILE_TYPE: u32 = 0o170_000;
const SYMBOLIC_LINK: u32 = 0o120_000;
