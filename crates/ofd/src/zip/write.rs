//! Writing: local header, data, …, central directory, end. No directories, no extra fields, no clock.

use crate::error::WriteError;
use crate::part::{Compressor, Part};

use super::inflate::crc32;
use super::{
    CENTRAL_HEADER, CENTRAL_LEN, END_LEN, END_OF_CENTRAL, FLAG_UTF8, LOCAL_HEADER, LOCAL_LEN, METHOD_DEFLATED,
    METHOD_STORED,
};

/// Lays the parts out in the given order. Parts already compressed are copied.
pub(crate) fn zip<'a>(parts: impl ExactSizeIterator<Item = (&'a str, &'a Part)>) -> Result<Vec<u8>, WriteError> {
    let mut writer = ZipWriter::default();
    writer.add_all(parts)?;
    writer.finish()
}

/// A zip that grows: files first, then the directory of them all.
#[derive(Clone, Debug, Default)]
pub(crate) struct ZipWriter {
    out: Vec<u8>,
    central: Vec<u8>,
    count: u16,
}

impl ZipWriter {
    /// Appends the parts in the given order.
    pub(crate) fn add_all<'a>(
        &mut self,
        parts: impl ExactSizeIterator<Item = (&'a str, &'a Part)>,
    ) -> Result<(), WriteError> {
        let mut compressor = Compressor::default();
        let mut entries = Vec::with_capacity(parts.len());
        let (mut files, mut records) = (0, END_LEN);
        for (name, part) in parts {
            let packed = part.packed(&mut compressor);
            let (method, data) = match &packed.deflated {
                Some(deflated) => (METHOD_DEFLATED, deflated.as_slice()),
                None => (METHOD_STORED, part.bytes()),
            };
            files += LOCAL_LEN + name.len() + data.len();
            records += CENTRAL_LEN + name.len();
            entries.push((name, Fixed::new(name, part.size(), packed.crc, method, data)?, data));
        }
        // Room for the directory too: it follows in the same buffer.
        self.out.reserve(files + records);
        self.central.reserve(records);
        for (name, fixed, data) in entries {
            self.put(name, &fixed, data)?;
        }
        Ok(())
    }

    /// Appends one file as it is, not compressed.
    pub(crate) fn add_stored(&mut self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let fixed = Fixed::new(name, bytes.len(), crc32(bytes), METHOD_STORED, bytes)?;
        self.put(name, &fixed, bytes)
    }

    /// The files so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// Appends the directory.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        let start = self.out.len();
        let mut out = std::mem::take(&mut self.out);
        out.extend_from_slice(&self.central);
        put_end(&mut out, self.count, length32(self.central.len())?, length32(start)?);
        Ok(out)
    }

    fn put(&mut self, name: &str, fixed: &Fixed, data: &[u8]) -> Result<(), WriteError> {
        let offset = length32(self.out.len())?;
        self.count = self.count.checked_add(1).ok_or(WriteError::PackageTooLarge)?;
        put32(&mut self.out, LOCAL_HEADER);
        fixed.put(&mut self.out);
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(data);
        put_central(&mut self.central, fixed, offset, name.as_bytes());
        Ok(())
    }
}

/// One record of the directory.
fn put_central(out: &mut Vec<u8>, fixed: &Fixed, offset: u32, name: &[u8]) {
    put32(out, CENTRAL_HEADER);
    put16(out, VERSION);
    fixed.put(out);
    // comment length, disk, internal attributes, external attributes (two words)
    for _ in 0..5 {
        put16(out, 0);
    }
    put32(out, offset);
    out.extend_from_slice(name);
}

/// The end record.
fn put_end(out: &mut Vec<u8>, count: u16, length: u32, start: u32) {
    put32(out, END_OF_CENTRAL);
    put32(out, 0); // this disk, disk of the directory
    put16(out, count);
    put16(out, count);
    put32(out, length);
    put32(out, start);
    put16(out, 0); // comment
}

/// Where the last file begins in a zip that [`ZipWriter`] wrote, when that file is stored and has this name.
///
/// Everything behind that place follows from what is before it and from the file itself: its header, the directory,
/// the end. Nothing for a zip with one header that is written otherwise, or with a byte too many.
pub(crate) fn last_file_at(zip: &[u8], name: &str) -> Option<usize> {
    let last = walk(zip)?;
    let stored = last.fixed.method == METHOD_STORED && last.fixed.size == last.fixed.packed;
    (stored && last.name == name.as_bytes()).then_some(last.at)
}

/// Whether every header is as [`ZipWriter`] writes it, and no byte belongs to nothing.
pub(crate) fn is_plain(zip: &[u8]) -> bool {
    walk(zip).is_some()
}

/// The last file of a zip of our form.
struct Last<'a> {
    at: usize,
    name: &'a [u8],
    fixed: Fixed,
}

fn walk(zip: &[u8]) -> Option<Last<'_>> {
    let mut tail = Vec::new();
    let (mut at, mut count) = (0usize, 0u16);
    loop {
        let header = zip.get(at..at.checked_add(LOCAL_LEN)?)?;
        let (signature, fixed) = header.split_at(4);
        if signature != LOCAL_HEADER.to_le_bytes() {
            return None;
        }
        let fixed = Fixed::parse(fixed)?;
        let data_at = at + LOCAL_LEN + usize::from(fixed.name);
        let name = zip.get(at + LOCAL_LEN..data_at).filter(|name| std::str::from_utf8(name).is_ok())?;
        let end = data_at.checked_add(fixed.packed as usize)?;
        put_central(&mut tail, &fixed, u32::try_from(at).ok()?, name);
        count = count.checked_add(1)?;
        if zip.get(end..end + 4)? == CENTRAL_HEADER.to_le_bytes() {
            let length = u32::try_from(tail.len()).ok()?;
            put_end(&mut tail, count, length, u32::try_from(end).ok()?);
            return (zip.get(end..)? == tail).then_some(Last { at, name, fixed });
        }
        at = end;
    }
}

/// The run of fields that both headers share, from "version needed" to "extra length".
struct Fixed {
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    name: u16,
}

impl Fixed {
    fn new(name: &str, size: usize, crc: u32, method: u16, data: &[u8]) -> Result<Fixed, WriteError> {
        Ok(Fixed {
            method,
            crc,
            packed: length32(data.len())?,
            size: length32(size)?,
            name: u16::try_from(name.len()).map_err(|_| WriteError::PackageTooLarge)?,
        })
    }

    /// The fields as [`put`](Fixed::put) writes them; nothing for any others.
    fn parse(fields: &[u8]) -> Option<Fixed> {
        let short = |at: usize| Some(u16::from_le_bytes(*fields.get(at..)?.first_chunk()?));
        let long = |at: usize| Some(u32::from_le_bytes(*fields.get(at..)?.first_chunk()?));
        let fixed = Fixed { method: short(4)?, crc: long(10)?, packed: long(14)?, size: long(18)?, name: short(22)? };
        let mut again = Vec::with_capacity(LOCAL_LEN);
        fixed.put(&mut again);
        (again == fields && matches!(fixed.method, METHOD_STORED | METHOD_DEFLATED)).then_some(fixed)
    }

    fn put(&self, out: &mut Vec<u8>) {
        put16(out, VERSION);
        put16(out, FLAG_UTF8);
        put16(out, self.method);
        put16(out, 0); // midnight
        put16(out, FIRST_DOS_DAY);
        put32(out, self.crc);
        put32(out, self.packed);
        put32(out, self.size);
        put16(out, self.name);
        put16(out, 0); // no extra field
    }
}

/// Zip64 is neither written nor seen in the field, so four gigabytes end it.
fn length32(length: usize) -> Result<u32, WriteError> {
    match u32::try_from(length) {
        Ok(length) if length != u32::MAX => Ok(length),
        _ => Err(WriteError::PackageTooLarge),
    }
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

const VERSION: u16 = 20;
/// 1980-01-01: the same input gives the same bytes on any day.
const FIRST_DOS_DAY: u16 = 0x0021;
