//! Local headers, and the files behind them.

use crate::part::{Packed, Part};
use crate::problem::{ProblemKind, Problems};

use super::directory::Record;
use super::end::End;
use super::extra::Extra;
use super::inflate::{Decompress, Inflated, crc32, inflate_with};
use super::{
    DATA_DESCRIPTOR, FLAG_DESCRIPTOR, FLAG_ENCRYPTED, FLAG_HIDDEN, FLAG_PATCHED, FLAG_STRONG, FLAG_UTF8, LOCAL_HEADER,
    LOCAL_LEN, METHOD_DEFLATED, METHOD_STORED, u16_at, u32_at, u64_at,
};

/// Where an entry lies: header to end (descriptor included), and the compressed bytes inside.
pub(super) struct Located {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) body: std::ops::Range<usize>,
    /// Extra fields before it.
    pub(super) fields: u64,
}

/// Finds an entry and compares its local header with its record.
pub(super) fn locate(bytes: &[u8], end: &End, record: &Record, problems: &mut Problems) -> Option<Located> {
    let limit = &bytes[..end.directory];
    let mut corrupt = |detail: &str| {
        problems.add(ProblemKind::CorruptData, &record.name, detail);
        None
    };
    let place = |from: usize, length: u64| from.checked_add(usize::try_from(length).ok()?);
    let Some(start) = place(end.shift, record.offset).filter(|start| *start < limit.len()) else {
        return corrupt("no local header");
    };
    if u32_at(limit, start) != Some(LOCAL_HEADER) {
        return corrupt("no local header");
    }
    let (Some(name_len), Some(extra_len)) = (u16_at(limit, start + 26), u16_at(limit, start + 28)) else {
        return corrupt("cut off");
    };
    let name_at = start + LOCAL_LEN;
    let body_at = name_at + usize::from(name_len) + usize::from(extra_len);
    let (Some(local_name), Some(extra), Some(body)) = (
        limit.get(name_at..name_at + usize::from(name_len)),
        limit.get(name_at + usize::from(name_len)..body_at),
        place(body_at, record.packed).filter(|stop| *stop <= limit.len()).map(|stop| body_at..stop),
    ) else {
        return corrupt("cut off");
    };

    let local16 = |offset| u16_at(limit, start + offset).unwrap_or_default();
    let local32 = |offset| u32_at(limit, start + offset).unwrap_or_default();
    let extra = Extra::parse(extra);
    let descriptor = record.flags & FLAG_DESCRIPTOR != 0;
    let mut mismatch = |what: &str| problems.add(ProblemKind::HeaderMismatch, &record.name, what);
    if local_name != record.raw_name {
        mismatch("name");
    }
    if local16(8) != record.method {
        mismatch("method");
    }
    let flags = local16(6) ^ record.flags;
    if flags & (UNREADABLE | FLAG_PATCHED) != 0 || (flags & FLAG_UTF8 != 0 && !record.raw_name.is_ascii()) {
        mismatch("flags");
    }
    if extra.second_name(local_name).is_some_and(|second| second != Some(&record.name)) {
        mismatch("another name in an extra field");
    }
    if let Some(fault) = extra.fault {
        mismatch(fault);
    }
    // Whoever reads the file as a stream would look for a descriptor that the directory knows nothing of.
    if local16(6) & FLAG_DESCRIPTOR != 0 && !descriptor {
        mismatch("data descriptor");
    }
    let mut loose = flags & (FLAG_DESCRIPTOR | FLAG_UTF8) != 0;
    let streamed = descriptor || local16(6) & FLAG_DESCRIPTOR != 0;
    match told((local32(14), local32(18), local32(22)), &extra, record, streamed) {
        Some(zip64) => loose |= zip64,
        None => mismatch("checksum or sizes"),
    }
    let mut stop = body.end;
    if descriptor {
        match descriptor_end(limit, body.end, record, extra.has_zip64()) {
            Some((end, usual)) => {
                stop = end;
                loose |= !usual;
            }
            None => mismatch("data descriptor"),
        }
    }
    if loose {
        problems.add(ProblemKind::LooseHeader, &record.name, "");
    }
    Some(Located { start, end: stop, body, fields: extra.count })
}

/// Whether the local header says of checksum and sizes what the record says, or, of a streamed entry, nothing yet; then
/// whether it does so by a zip64 field, which must say the same when it is there at all.
fn told(values: (u32, u32, u32), extra: &Extra<'_>, record: &Record, streamed: bool) -> Option<bool> {
    let wide = match extra.has_zip64() {
        false => None,
        true => Some(extra.local_sizes()?),
    };
    let known = (record.size, record.packed);
    let fits = wide.is_none_or(|sizes| sizes == known || streamed && sizes == (0, 0));
    let (crc, packed, size) = values;
    let narrow = match (packed, size) {
        (u32::MAX, u32::MAX) => wide.is_some_and(|sizes| crc == record.crc && sizes == known || streamed && crc == 0),
        sizes => {
            crc == record.crc && (u64::from(sizes.1), u64::from(sizes.0)) == known || streamed && values == (0, 0, 0)
        }
    };
    (fits && narrow).then_some(wide.is_some())
}

/// Where the data descriptor ends that says what the record says (APPNOTE 4.3.9), and whether it has the usual width:
/// eight bytes a size behind a local header with a zip64 field, else four.
fn descriptor_end(limit: &[u8], body_end: usize, record: &Record, zip64: bool) -> Option<(usize, bool)> {
    let at = if u32_at(limit, body_end) == Some(DATA_DESCRIPTOR) { body_end + 4 } else { body_end };
    let crc = u32_at(limit, at)?;
    let narrow = || Some((u64::from(u32_at(limit, at + 4)?), u64::from(u32_at(limit, at + 8)?), at + 12));
    let wide = || Some((u64_at(limit, at + 4)?, u64_at(limit, at + 12)?, at + 20));
    [zip64, !zip64].into_iter().find_map(|form| {
        let (packed, size, end) = if form { wide() } else { narrow() }?;
        let fits = (crc, packed, size) == (record.crc, record.packed, record.size);
        fits.then_some((end, form == zip64))
    })
}

/// The file itself, as far as it is what the record says.
pub(super) fn unpack(
    data: &[u8],
    record: &Record,
    stream: &mut Decompress,
    keep: bool,
    problems: &mut Problems,
) -> Option<Part> {
    if record.flags & UNREADABLE != 0 {
        problems.add(ProblemKind::EncryptedEntry, &record.name, "");
        return None;
    }
    if record.flags & FLAG_PATCHED != 0 {
        problems.add(ProblemKind::UnknownMethod, &record.name, "patched data");
        return None;
    }
    let declared = usize::try_from(record.size).ok()?;
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

/// Flags of every kind of encryption.
const UNREADABLE: u16 = FLAG_ENCRYPTED | FLAG_STRONG | FLAG_HIDDEN;
