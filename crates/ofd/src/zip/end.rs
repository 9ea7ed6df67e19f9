//! The end of the zip, where readers begin.

use crate::error::Error;
use crate::problem::{ProblemKind, Problems};

use super::{CENTRAL_HEADER, END_LEN, END_OF_CENTRAL, u16_at, u32_at, u64_at};

/// The end of central directory record (APPNOTE 4.3.16), with its zip64 twin where there is one (4.3.14, 4.3.15).
pub(super) struct End {
    /// Where the directory begins and ends; behind it stand the zip64 records or this one.
    pub(super) directory: usize,
    pub(super) directory_end: usize,
    /// Where the record itself stands.
    position: usize,
    pub(super) count: u64,
    /// What must be added to the offsets in the directory: bytes put before the zip.
    pub(super) shift: usize,
    pub(super) bytes_after: usize,
}

impl End {
    /// Takes the last record that can be one. Another one behind it, in its comment or in the directory is noted: readers
    /// differ in which they take, and in what they ask of it.
    pub(super) fn find(bytes: &[u8], problems: &mut Problems) -> Result<End, Error> {
        let first = bytes.len().saturating_sub(END_SEARCH);
        let tail = bytes.get(first..).unwrap_or_default();
        let marks: Vec<usize> =
            memchr::memmem::find_iter(tail, &END_OF_CENTRAL.to_le_bytes()).map(|at| first + at).collect();
        let mut refusal = Error::NotAZip;
        let found = marks.iter().rev().find_map(|at| match End::parse(bytes, *at) {
            Ok(found) => Some(found),
            // Behind the last record nobody can read there may be one for which they are right.
            Err(error) => {
                refusal = error;
                None
            }
        });
        let Some((end, comment)) = found else { return Err(refusal) };
        for at in marks.iter().filter(|at| **at != end.position) {
            // An end record inside the archive of another one is plain data, unless its comment reaches out of it.
            let reaches_out =
                || End::parse(bytes, *at).is_ok_and(|(other, comment)| other.stop(comment) > end.directory);
            if *at >= end.directory || reaches_out() {
                problems.add(ProblemKind::TwoEnds, "zip", format!("end records at {} and {at}", end.position));
                break;
            }
        }
        if comment > 0 {
            problems.add(ProblemKind::ArchiveComment, "zip", format!("{comment} bytes"));
        }
        if end.bytes_after > 0 {
            problems.add(ProblemKind::BytesAfterZip, "zip", format!("{} bytes", end.bytes_after));
        }
        let behind = bytes.get(end.position + END_LEN..).unwrap_or_default();
        if memchr::memmem::find_iter(behind, b"PK").any(|at| is_record(behind, at)) {
            problems.add(ProblemKind::UnclaimedBytes, "zip", "records of a zip in the comment");
        }
        Ok(end)
    }

    fn stop(&self, comment: usize) -> usize {
        self.position + END_LEN + comment
    }

    fn parse(bytes: &[u8], at: usize) -> Result<(End, usize), Error> {
        let damaged = Error::DamagedDirectory { offset: at };
        let short = |offset| u16_at(bytes, at + offset).ok_or(damaged.clone());
        let long = |offset| u32_at(bytes, at + offset).ok_or(damaged.clone());
        let disks = (short(4)?, short(6)?);
        let told = [(short(8)?, u16::MAX), (short(10)?, u16::MAX)].map(|(value, all)| (value.into(), value == all));
        let sizes = [long(12)?, long(16)?].map(|value| (u64::from(value), value == u32::MAX));
        let told: [(u64, bool); 4] = [told[0], told[1], sizes[0], sizes[1]];
        let comment = usize::from(short(20)?);

        let zip64 = Zip64::before(bytes, at)?;
        let [here, count, size, offset] = match &zip64 {
            // APPNOTE 4.4.1.4: all ones send to the zip64 record; some readers go there in any case.
            Some(zip64) if told.iter().zip(zip64.totals).all(|((value, open), wide)| *open || *value == wide) => {
                zip64.totals
            }
            Some(_) => return Err(damaged),
            None if told.iter().any(|(_, open)| *open) => return Err(damaged),
            None => told.map(|(value, _)| value),
        };
        let one_disk = |disk: u16| disk == 0 || zip64.is_some() && disk == u16::MAX;
        if !one_disk(disks.0) || !one_disk(disks.1) || here != count {
            return Err(Error::Unsupported("archive in several volumes"));
        }
        let directory_end = zip64.as_ref().map_or(at, |zip64| zip64.position);
        let before = |end: usize, length: u64| end.checked_sub(usize::try_from(length).ok()?);
        let directory = before(directory_end, size).ok_or(damaged.clone())?;
        let shift = before(directory, offset).ok_or(damaged.clone())?;
        let bytes_after = bytes.len().checked_sub(at + END_LEN + comment).ok_or(damaged.clone())?;
        if count > 0 && u32_at(bytes, directory) != Some(CENTRAL_HEADER) {
            return Err(damaged);
        }
        if zip64.is_some_and(|zip64| zip64.offset.checked_add(shift as u64) != Some(zip64.position as u64)) {
            return Err(damaged);
        }
        Ok((End { directory, directory_end, position: at, count, shift, bytes_after }, comment))
    }
}

/// The zip64 end record and its locator, as everybody writes them: right before the end record, without anything between.
struct Zip64 {
    position: usize,
    /// Where the locator says it stands.
    offset: u64,
    /// Entries here and in all, length and place of the directory.
    totals: [u64; 4],
}

impl Zip64 {
    /// Nothing when there is no locator before the end record at this place.
    fn before(bytes: &[u8], end: usize) -> Result<Option<Zip64>, Error> {
        let Some(locator) = end.checked_sub(LOCATOR_LEN) else { return Ok(None) };
        if u32_at(bytes, locator) != Some(ZIP64_LOCATOR) {
            return Ok(None);
        }
        let damaged = Error::DamagedDirectory { offset: locator };
        let position = locator.checked_sub(ZIP64_END_LEN).ok_or(damaged.clone())?;
        let long = |at| u32_at(bytes, at).ok_or(damaged.clone());
        let wide = |at| u64_at(bytes, at).ok_or(damaged.clone());
        let sound = long(position)? == ZIP64_END && wide(position + 4)? == (ZIP64_END_LEN - 12) as u64;
        if !sound || wide(position + 16)? != 0 || long(locator + 4)? != 0 || long(locator + 16)? > 1 {
            return Err(damaged);
        }
        let totals = [wide(position + 24)?, wide(position + 32)?, wide(position + 40)?, wide(position + 48)?];
        Ok(Some(Zip64 { position, offset: wide(locator + 8)?, totals }))
    }
}

/// Whether one of the records of a zip begins here.
fn is_record(bytes: &[u8], at: usize) -> bool {
    const KINDS: [[u8; 2]; 8] = [[1, 2], [3, 4], [5, 5], [5, 6], [6, 6], [6, 7], [6, 8], [7, 8]];
    bytes.get(at + 2..at + 4).is_some_and(|kind| KINDS.iter().any(|known| known == kind))
}

/// The end record, its longest comment, and as much again for what may have been appended.
const END_SEARCH: usize = END_LEN + 2 * 65_535;
const ZIP64_END: u32 = 0x0606_4b50;
const ZIP64_END_LEN: usize = 56;
const ZIP64_LOCATOR: u32 = 0x0706_4b50;
const LOCATOR_LEN: usize = 20;
