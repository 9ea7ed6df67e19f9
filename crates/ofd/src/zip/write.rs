//! Writing: local header, data, …, central directory, end. No directories, no extra fields, no clock.

use crate::error::WriteError;
use crate::part::{Compressor, Part};

use super::{
    CENTRAL_HEADER, CENTRAL_LEN, END_LEN, END_OF_CENTRAL, FLAG_UTF8, LOCAL_HEADER, LOCAL_LEN, METHOD_DEFLATED,
    METHOD_STORED,
};

/// Lays the parts out in the given order. Parts already compressed are copied.
pub(crate) fn zip<'a>(parts: impl ExactSizeIterator<Item = (&'a str, &'a Part)>) -> Result<Vec<u8>, WriteError> {
    let count = u16::try_from(parts.len()).map_err(|_| WriteError::PackageTooLarge)?;
    let mut compressor = Compressor::default();
    let mut entries = Vec::with_capacity(parts.len());
    let mut total = END_LEN;
    for (name, part) in parts {
        let packed = part.packed(&mut compressor);
        let (method, data) = match &packed.deflated {
            Some(deflated) => (METHOD_DEFLATED, deflated.as_slice()),
            None => (METHOD_STORED, part.bytes()),
        };
        total += LOCAL_LEN + CENTRAL_LEN + 2 * name.len() + data.len();
        entries.push((name, part, packed.crc, method, data));
    }

    let mut out = Vec::with_capacity(total);
    let mut central = Vec::with_capacity(entries.len() * (CENTRAL_LEN + 40));
    for (name, part, crc, method, data) in entries {
        let offset = length32(out.len())?;
        let fixed = Fixed {
            method,
            crc,
            packed: length32(data.len())?,
            size: length32(part.bytes().len())?,
            name: u16::try_from(name.len()).map_err(|_| WriteError::PackageTooLarge)?,
        };

        put32(&mut out, LOCAL_HEADER);
        fixed.put(&mut out);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(data);

        put32(&mut central, CENTRAL_HEADER);
        put16(&mut central, VERSION);
        fixed.put(&mut central);
        // comment length, disk, internal attributes, external attributes (two words)
        for _ in 0..5 {
            put16(&mut central, 0);
        }
        put32(&mut central, offset);
        central.extend_from_slice(name.as_bytes());
    }
    let start = length32(out.len())?;
    out.extend_from_slice(&central);
    put32(&mut out, END_OF_CENTRAL);
    put32(&mut out, 0); // this disk, disk of the directory
    put16(&mut out, count);
    put16(&mut out, count);
    put32(&mut out, length32(central.len())?);
    put32(&mut out, start);
    put16(&mut out, 0); // comment
    Ok(out)
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
