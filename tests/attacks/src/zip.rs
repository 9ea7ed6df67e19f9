//! A zip by hand, in which every header may lie (APPNOTE 6.3).

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress};

use crate::parts::Parts;

/// Checksum, packed and inflated length: what both headers say.
pub type Told = (u32, u32, u32);

/// One entry: its data, what its local header says, what the directory says.
#[derive(Clone)]
pub struct Entry {
    /// Name in both headers.
    pub name: Vec<u8>,
    /// Another name in the local header.
    pub local_name: Option<Vec<u8>>,
    /// General purpose flags of both headers.
    pub flags: u16,
    /// Method in the directory.
    pub method: u16,
    /// Another method in the local header.
    pub local_method: Option<u16>,
    /// What the directory says.
    pub told: Told,
    /// What the local header says instead.
    pub local_told: Option<Told>,
    /// The packed bytes.
    pub data: Vec<u8>,
    /// Behind the data.
    pub behind: Vec<u8>,
    /// Extra field of the directory.
    pub extra: Vec<u8>,
    /// Extra field of the local header.
    pub local_extra: Vec<u8>,
    /// System that wrote the entry, and mode of the file, as Unix writes it.
    pub mode: Option<(u16, u32)>,
    /// Whether the directory lists it.
    pub listed: bool,
    /// Whether it lies in the zip; else `offset_of` says whose bytes it borrows.
    pub present: bool,
    /// The directory leads to the local header of this entry.
    pub offset_of: Option<usize>,
}

impl Entry {
    /// A deflated file.
    pub fn deflated(name: &str, bytes: &[u8]) -> Entry {
        let data = deflate(bytes);
        let told = (crc32(bytes), data.len() as u32, bytes.len() as u32);
        Entry { method: 8, told, data, ..Entry::empty(name) }
    }

    /// A stored file.
    pub fn stored(name: &str, bytes: &[u8]) -> Entry {
        let told = (crc32(bytes), bytes.len() as u32, bytes.len() as u32);
        Entry { told, data: bytes.to_vec(), ..Entry::empty(name) }
    }

    fn empty(name: &str) -> Entry {
        Entry {
            name: name.as_bytes().to_vec(),
            local_name: None,
            flags: 0x800,
            method: 0,
            local_method: None,
            told: (0, 0, 0),
            local_told: None,
            data: Vec::new(),
            behind: Vec::new(),
            extra: Vec::new(),
            local_extra: Vec::new(),
            mode: None,
            listed: true,
            present: true,
            offset_of: None,
        }
    }
}

/// A whole zip.
#[derive(Clone, Default)]
pub struct Zip {
    /// The entries as they lie; the directory has the same order.
    pub entries: Vec<Entry>,
    /// Bytes before the first entry, which the offsets do not count.
    pub before: Vec<u8>,
    /// Bytes between the last entry and the directory.
    pub gap: Vec<u8>,
    /// The archive comment.
    pub comment: Vec<u8>,
    /// Bytes behind the end record.
    pub after: Vec<u8>,
    /// Another number of entries in the end record.
    pub count: Option<u16>,
}

impl Zip {
    /// Everything true. All files deflated but signature values: those are stored, as issuing stores them.
    pub fn of(parts: &Parts) -> Zip {
        let entry = |(name, bytes): &(String, Vec<u8>)| {
            if name.ends_with("/SignedValue.dat") { Entry::stored(name, bytes) } else { Entry::deflated(name, bytes) }
        };
        Zip { entries: parts.0.iter().map(entry).collect(), ..Zip::default() }
    }

    /// The zip up to its directory.
    pub fn files(&self) -> Vec<u8> {
        self.write_files().0
    }

    /// The entry of this name.
    #[track_caller]
    pub fn entry(&mut self, name: &str) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.name == name.as_bytes()).unwrap_or_else(|| panic!("no {name}"))
    }

    /// Its place.
    #[track_caller]
    pub fn position(&self, name: &str) -> usize {
        self.entries.iter().position(|entry| entry.name == name.as_bytes()).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut out, offsets) = self.write_files();
        out.extend_from_slice(&self.gap);
        let start = out.len();
        let listed = self.entries.iter().enumerate().filter(|(_, entry)| entry.listed);
        let mut count = 0;
        for (at, entry) in listed {
            count += 1;
            put32(&mut out, 0x0201_4b50);
            let (host, mode) = entry.mode.unwrap_or_default();
            put16(&mut out, &[host << 8 | 20, 20, entry.flags, entry.method, 0, 0x21]);
            told(&mut out, entry.told);
            put16(&mut out, &[entry.name.len() as u16, entry.extra.len() as u16, 0, 0, 0, 0, mode as u16]);
            put32(&mut out, offsets[entry.offset_of.unwrap_or(at)]);
            out.extend_from_slice(&entry.name);
            out.extend_from_slice(&entry.extra);
        }
        let size = (out.len() - start) as u32;
        let count = self.count.unwrap_or(count);
        put32(&mut out, 0x0605_4b50);
        put16(&mut out, &[0, 0, count, count]);
        put32(&mut out, size);
        put32(&mut out, (start - self.before.len()) as u32);
        put16(&mut out, &[self.comment.len() as u16]);
        out.extend_from_slice(&self.comment);
        out.extend_from_slice(&self.after);
        out
    }

    /// The entries one after the other, and where each begins.
    fn write_files(&self) -> (Vec<u8>, Vec<u32>) {
        let mut out = self.before.clone();
        let mut offsets = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            offsets.push((out.len() - self.before.len()) as u32);
            if entry.present {
                let name = entry.local_name.as_ref().unwrap_or(&entry.name);
                put32(&mut out, 0x0403_4b50);
                put16(&mut out, &[20, entry.flags, entry.local_method.unwrap_or(entry.method), 0, 0x21]);
                told(&mut out, entry.local_told.unwrap_or(entry.told));
                put16(&mut out, &[name.len() as u16, entry.local_extra.len() as u16]);
                out.extend_from_slice(name);
                out.extend_from_slice(&entry.local_extra);
                out.extend_from_slice(&entry.data);
                out.extend_from_slice(&entry.behind);
            }
        }
        (out, offsets)
    }
}

/// A raw deflate stream.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::new(9), false);
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 1000 + 64);
    stream.compress_vec(bytes, &mut out, FlushCompress::Finish).expect("room for the worst case");
    out
}

/// The files of one of our own zips: plain local headers one after the other, nothing between them.
pub fn files_of(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, length: usize| {
        zip[at..at + length].iter().rev().fold(0usize, |value, byte| value << 8 | usize::from(*byte))
    };
    let mut files = Vec::new();
    let mut at = 0;
    while zip[at..].starts_with(b"PK\x03\x04") {
        let (method, packed, size) = (number(at + 8, 2), number(at + 18, 4), number(at + 22, 4));
        let name_at = at + 30;
        let body = name_at + number(at + 26, 2) + number(at + 28, 2);
        let name = String::from_utf8(zip[name_at..name_at + number(at + 26, 2)].to_vec()).expect("our names are UTF-8");
        let data = &zip[body..body + packed];
        files.push((name, if method == 0 { data.to_vec() } else { inflate(data, size) }));
        at = body + packed;
    }
    assert!(zip[at..].starts_with(b"PK\x01\x02"), "one of our own zips");
    files
}

fn inflate(data: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(size);
    Decompress::new(false).decompress_vec(data, &mut out, FlushDecompress::Finish).expect("our own stream");
    assert_eq!(out.len(), size, "the whole file");
    out
}

/// CRC-32 as zip counts it.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// An Info-ZIP Unicode path field: a second name for an entry (APPNOTE 4.6.9).
pub fn unicode_path(name: &[u8], other: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put16(&mut out, &[0x7075, 5 + other.len() as u16]);
    out.push(1);
    put32(&mut out, crc32(name));
    out.extend_from_slice(other.as_bytes());
    out
}

/// A zip64 field that tells other sizes than the header (APPNOTE 4.5.3).
pub fn zip64(size: u64, packed: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put16(&mut out, &[1, 16]);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&packed.to_le_bytes());
    out
}

fn told(out: &mut Vec<u8>, (crc, packed, size): Told) {
    put32(out, crc);
    put32(out, packed);
    put32(out, size);
}

/// Appends words of 16 bits.
pub fn put16(out: &mut Vec<u8>, values: &[u16]) {
    values.iter().for_each(|value| out.extend_from_slice(&value.to_le_bytes()));
}

/// Appends a word of 32 bits.
pub fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}
