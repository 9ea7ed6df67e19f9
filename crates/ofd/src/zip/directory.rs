//! The directory: what every reader goes by.

use crate::budget::Budget;
use crate::error::Error;
use crate::problem::{ProblemKind, Problems};

use super::end::End;
use super::extra::Extra;
use super::read::within;
use super::{CENTRAL_HEADER, CENTRAL_LEN, FLAG_UTF8, u16_at, u32_at};

/// One record of the central directory (APPNOTE 4.3.12).
pub(super) struct Record {
    pub(super) name: String,
    pub(super) raw_name: Vec<u8>,
    /// An extra field repeats the decoded name.
    pub(super) second_name: bool,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
}

/// Reads the directory; its records must fill it. Names and fields are kept several times over, here and by the second
/// reader: how many there may be is asked first.
pub(super) fn central_directory(
    bytes: &[u8],
    end: &End,
    budget: &Budget,
    problems: &mut Problems,
) -> Result<Vec<Record>, Error> {
    let directory = &bytes[..end.directory_end];
    within((end.directory_end - end.directory) as u64, budget.directory_bytes, "bytes of the zip directory")?;
    let mut records = Vec::new();
    let mut at = end.directory;
    for _ in 0..end.count {
        within_budget(directory, at, budget)?;
        let (record, stop) = record(directory, at, problems).ok_or(Error::DamagedDirectory { offset: at })?;
        records.push(record);
        at = stop;
    }
    match end.directory_end.checked_sub(at) {
        Some(0) => {}
        Some(left) => problems.add(ProblemKind::UnclaimedBytes, "zip directory", format!("{left} bytes")),
        None => return Err(Error::DamagedDirectory { offset: at }),
    }
    Ok(records)
}

/// Whether name and fields of a record are as long and as many as is read.
fn within_budget(directory: &[u8], at: usize, budget: &Budget) -> Result<(), Error> {
    let short = |offset| u16_at(directory, at + offset).map(usize::from).unwrap_or_default();
    let (name_len, extra_len) = (short(28), short(30));
    within(name_len as u64, budget.name_bytes, "bytes of a name in the zip")?;
    let extra_at = at + CENTRAL_LEN + name_len;
    let extra = directory.get(extra_at..extra_at + extra_len).unwrap_or_default();
    within(Extra::parse(extra).count, budget.extra_fields, "extra fields of a zip entry")
}

/// The record that begins here, and where it ends.
fn record(directory: &[u8], at: usize, problems: &mut Problems) -> Option<(Record, usize)> {
    let short = |offset| u16_at(directory, at + offset);
    let long = |offset| u32_at(directory, at + offset);
    if long(0)? != CENTRAL_HEADER {
        return None;
    }
    let (name_len, extra_len, comment_len) = (short(28)? as usize, short(30)? as usize, short(32)? as usize);
    let name_at = at + CENTRAL_LEN;
    let raw_name = directory.get(name_at..name_at + name_len)?;
    let extra = Extra::parse(directory.get(name_at + name_len..name_at + name_len + extra_len)?);
    let (flags, told) = (short(8)?, [long(24)?, long(20)?, long(42)?]);
    let second_name = extra.second_name(raw_name);
    let name = decode_name(raw_name, flags, second_name.flatten(), problems);
    let mut mismatch = |what: &str| problems.add(ProblemKind::HeaderMismatch, &name, what);
    if second_name.is_some_and(|second| second != Some(&name)) {
        mismatch("another name in an extra field");
    }
    if let Some(fault) = extra.fault {
        mismatch(fault);
    }
    if short(34)? != 0 {
        mismatch("on another disk");
    }
    let sizes = extra.resolve(told);
    if sizes.is_none() {
        mismatch("other sizes in an extra field");
    }
    // All ones that nothing stands for are more than any budget.
    let [size, packed, offset] = sizes.unwrap_or_else(|| told.map(u64::from));
    if let Some((kind, what)) = file_type(long(38)?, &name, size) {
        problems.add(kind, &name, what);
    }
    let record = Record {
        name,
        raw_name: raw_name.to_vec(),
        second_name: second_name.is_some(),
        flags,
        method: short(10)?,
        crc: long(16)?,
        packed,
        size,
        offset,
    };
    Some((record, name_at + name_len + extra_len + comment_len))
}

/// What the external attributes make of a file that is none. Many systems write the mode of Unix into the upper half
/// (APPNOTE 4.4.2), and readers that unpack to a disk believe it of any: they would follow the link.
fn file_type(attributes: u32, name: &str, size: u64) -> Option<(ProblemKind, &'static str)> {
    let folder = name.ends_with('/');
    match attributes >> 16 & FILE_TYPE {
        SYMBOLIC_LINK => Some((ProblemKind::UnsafeName, "symbolic link")),
        FOLDER if !folder => Some((ProblemKind::DirectoryWithData, "a folder by its attributes")),
        0 | REGULAR | FOLDER if attributes & DOS_FOLDER != 0 && !folder && size > 0 => {
            Some((ProblemKind::DirectoryWithData, "a folder by its attributes"))
        }
        0 | REGULAR | FOLDER => None,
        _ => Some((ProblemKind::UnsafeName, "special file")),
    }
}

/// Names are UTF-8; old producers write GBK without a flag. Some names could be both: then the second one decides, where
/// there is one.
fn decode_name(raw: &[u8], flags: u16, second: Option<&str>, problems: &mut Problems) -> String {
    let gbk = || encoding_rs::GBK.decode_without_bom_handling(raw).0.into_owned();
    let read_as_gbk =
        |name: &str| !name.is_ascii() && flags & FLAG_UTF8 == 0 && second.is_some_and(|second| second == gbk());
    match std::str::from_utf8(raw) {
        Ok(name) if !read_as_gbk(name) => {
            if !name.is_ascii() && flags & FLAG_UTF8 == 0 {
                problems.add(ProblemKind::NameNotUtf8, name, "UTF-8 without its flag");
            }
            name.to_owned()
        }
        _ => {
            let name = gbk();
            problems.add(ProblemKind::NameNotUtf8, &name, "read as GBK");
            name
        }
    }
}

/// The bits of a file's type in its mode, and the attribute of MS-DOS.
const FILE_TYPE: u32 = 0o170_000;
const SYMBOLIC_LINK: u32 = 0o120_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const DOS_FOLDER: u32 = 0x10;
