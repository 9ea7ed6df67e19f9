//! Forms of a zip that producers write and forgers bend: what honest ones write is read, what could be read in two ways
//! is named.
#![allow(clippy::unwrap_used)]

use ofd::{Budget, Error, ProblemClass, ProblemKind, inspect_bytes};

const FILES: [(&str, &str); 3] = [
    (
        "OFD.xml",
        r#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#,
    ),
    (
        "D.xml",
        r#"<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData/><ofd:Pages><ofd:Page ID="1" BaseLoc="页.xml"/></ofd:Pages></ofd:Document>"#,
    ),
    ("页.xml", r#"<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"/>"#),
];

/// An entry whose headers say what they are told to say.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    data: Vec<u8>,
    flags: u16,
    host: u16,
    attributes: u32,
    extra: Vec<u8>,
    local_extra: Vec<u8>,
    /// Checksum, packed size, size.
    told: [u32; 3],
    local_told: [u32; 3],
    offset: Option<u32>,
    descriptor: Vec<u8>,
}

#[derive(Clone)]
struct Zip {
    entries: Vec<Entry>,
    /// Makes the end from the number of entries, the length of the directory and its place.
    end: fn(u64, u64, u64) -> Vec<u8>,
    behind: Vec<u8>,
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Little-endian numbers of so many bytes each.
fn numbers(list: &[(u64, usize)]) -> Vec<u8> {
    list.iter().flat_map(|(value, length)| value.to_le_bytes()[..*length].to_vec()).collect()
}

fn end_of(disks: [u64; 2], counts: [u64; 2], size: u64, place: u64, comment: u64) -> Vec<u8> {
    let shorts = [disks[0], disks[1], counts[0], counts[1]].map(|value| numbers(&[(value, 2)])).concat();
    [b"PK\x05\x06".to_vec(), shorts, numbers(&[(size, 4), (place, 4), (comment, 2)])].concat()
}

fn plain_end(count: u64, size: u64, place: u64) -> Vec<u8> {
    end_of([0, 0], [count, count], size, place, 0)
}

/// Zip64 end record and locator, true but for what is added to some fields.
fn zip64_end(count: u64, size: u64, place: u64, off: [u64; 4]) -> Vec<u8> {
    let record = numbers(&[(44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (count, 8), (count + off[0], 8)]);
    let rest = numbers(&[(size + off[1], 8), (place + off[2], 8)]);
    let locator = numbers(&[(0, 4), (place + size + off[3], 8), (1, 4)]);
    [b"PK\x06\x06".to_vec(), record, rest, b"PK\x06\x07".to_vec(), locator].concat()
}

impl Zip {
    fn new() -> Zip {
        let entry = |(name, text): &(&str, &str)| {
            let data = text.as_bytes().to_vec();
            let told = [crc32(&data), data.len() as u32, data.len() as u32];
            Entry {
                name: name.as_bytes().to_vec(),
                data,
                flags: 0x800,
                host: 0,
                attributes: 0,
                extra: Vec::new(),
                local_extra: Vec::new(),
                told,
                local_told: told,
                offset: None,
                descriptor: Vec::new(),
            }
        };
        Zip { entries: FILES.iter().map(entry).collect(), end: plain_end, behind: Vec::new() }
    }

    /// With a change to the entry of the page.
    fn page(change: impl FnOnce(&mut Entry)) -> Vec<u8> {
        let mut zip = Zip::new();
        change(&mut zip.entries[2]);
        zip.bytes()
    }

    fn bytes(&self) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let place = out.len() as u64;
            let form = |told: [u32; 3], extra: &[u8]| {
                let head = numbers(&[(20, 2), (entry.flags.into(), 2), (0, 2), (0, 2), (0x21, 2)]);
                let told = told.map(|value| numbers(&[(value.into(), 4)])).concat();
                [head, told, numbers(&[(entry.name.len() as u64, 2), (extra.len() as u64, 2)])].concat()
            };
            out.extend([b"PK\x03\x04".to_vec(), form(entry.local_told, &entry.local_extra)].concat());
            out.extend([&*entry.name, &entry.local_extra, &entry.data, &entry.descriptor].concat());
            directory.extend([b"PK\x01\x02".to_vec(), numbers(&[(u64::from(entry.host) << 8 | 20, 2)])].concat());
            directory.extend(form(entry.told, &entry.extra));
            let offset = entry.offset.map_or(place, u64::from);
            directory.extend(numbers(&[(0, 2), (0, 2), (0, 2), (entry.attributes.into(), 4), (offset, 4)]));
            directory.extend([&*entry.name, &entry.extra].concat());
        }
        let place = out.len() as u64;
        out.extend(&directory);
        let mut end = (self.end)(self.entries.len() as u64, directory.len() as u64, place);
        let comment = end.len() - 2;
        end[comment..].copy_from_slice(&(self.behind.len() as u16).to_le_bytes());
        [out, end, self.behind.clone()].concat()
    }
}

/// Everything but habits of honest producers.
fn serious(bytes: &[u8]) -> Vec<ProblemKind> {
    let facts = inspect_bytes(bytes, &Budget::default()).unwrap();
    let kinds = facts.problems.iter().map(|problem| problem.kind);
    kinds.filter(|kind| kind.class() != ProblemClass::Tolerated).collect()
}

/// Readers that search from the end take the last record they can read, whatever another one thinks of it.
#[test]
fn a_comment_hides_no_second_zip() {
    let plain = Zip::new().bytes();
    let (count, size) = (3, plain.len() as u64 - 22);
    let end = |disks, counts, comment| end_of(disks, counts, size, 0, comment);
    let zip64 = [zip64_end(count, size, 0, [0; 4]), end([0, 0], [0xffff, 0xffff], 0)].concat();
    let cases: [(&str, Vec<u8>); 13] = [
        ("another disk", end([1, 0], [count, count], 0)),
        ("the directory on another disk", end([0, 1], [count, count], 0)),
        ("fewer entries here", end([0, 0], [count - 1, count], 0)),
        ("a comment that is too long", end([0, 0], [count, count], 500)),
        ("a directory of nothing", end_of([0, 0], [count, count], 0, 0, 0)),
        ("a directory too long", end_of([0, 0], [count, count], 0xff_ffff, 0, 0)),
        ("zip64", zip64),
        ("cut off", b"PK\x05\x06\0\0\0\0".to_vec()),
        ("the mark alone", b"PK\x05\x06".to_vec()),
        ("a whole zip", plain.clone()),
        ("a file", b"PK\x03\x04\x14\0".to_vec()),
        ("a record of the directory", b"said PK\x01\x02\x14\0".to_vec()),
        ("a locator", b"PK\x06\x07".to_vec()),
    ];
    for (what, hidden) in cases {
        for text in ["", "made by hand "] {
            let behind = [text.as_bytes(), &hidden].concat();
            let found = serious(&Zip { behind, ..Zip::new() }.bytes());
            let named = |kind: &ProblemKind| matches!(kind, ProblemKind::TwoEnds | ProblemKind::UnclaimedBytes);
            assert!(found.iter().any(named), "{what}: {found:?}");
        }
    }
    for comment in
        [b"".as_slice(), b"made by hand", b"PK", b"PK zip, 5 6", b"\xb5\xe7\xd7\xd3\xd6\xa4\xd5\xd5", b"PK\x05"]
    {
        assert_eq!(serious(&Zip { behind: comment.to_vec(), ..Zip::new() }.bytes()), [], "{comment:?}");
    }
}

/// Zip64 ends (APPNOTE 4.3.14) are read where they agree with the classic one.
#[test]
fn zip64_ends_agree_or_are_refused() {
    type End = fn(u64, u64, u64) -> Vec<u8>;
    let honest: [(&str, End); 3] = [
        ("values in both", |n, s, p| [zip64_end(n, s, p, [0; 4]), plain_end(n, s, p)].concat()),
        ("all ones", |n, s, p| {
            [zip64_end(n, s, p, [0; 4]), end_of([0xffff; 2], [0xffff; 2], 0xffff_ffff, 0xffff_ffff, 0)].concat()
        }),
        ("only the place", |n, s, p| [zip64_end(n, s, p, [0; 4]), end_of([0, 0], [n, n], s, 0xffff_ffff, 0)].concat()),
    ];
    for (what, end) in honest {
        assert_eq!(serious(&Zip { end, ..Zip::new() }.bytes()), [], "{what}");
    }
    let refused: [(&str, End); 8] = [
        ("another count", |n, s, p| [zip64_end(n, s, p, [1, 0, 0, 0]), plain_end(n, s, p)].concat()),
        ("another length", |n, s, p| [zip64_end(n, s, p, [0, 1, 0, 0]), plain_end(n, s, p)].concat()),
        ("another place", |n, s, p| [zip64_end(n, s, p, [0, 0, 1, 0]), plain_end(n, s, p)].concat()),
        ("the record elsewhere", |n, s, p| [zip64_end(n, s, p, [0, 0, 0, 1]), plain_end(n, s, p)].concat()),
        ("another count classically", |n, s, p| {
            [zip64_end(n, s, p, [0; 4]), end_of([0, 0], [n - 1, n - 1], s, p, 0)].concat()
        }),
        ("all ones and nothing else", |_, _, _| end_of([0, 0], [0xffff; 2], 0xffff_ffff, 0xffff_ffff, 0)),
        ("a locator without its record", |n, s, p| {
            [zip64_end(n, s, p, [0; 4])[56..].to_vec(), plain_end(n, s, p)].concat()
        }),
        ("several volumes", |n, s, p| [zip64_end(n, s, p, [0; 4]), end_of([1, 0], [n, n], s, p, 0)].concat()),
    ];
    for (what, end) in refused {
        let error = inspect_bytes(&Zip { end, ..Zip::new() }.bytes(), &Budget::default()).unwrap_err();
        assert!(matches!(error, Error::DamagedDirectory { .. } | Error::Unsupported(_)), "{what}: {error}");
    }
}

/// Sizes in zip64 fields and behind the data (APPNOTE 4.3.9, 4.5.3), as streaming writers leave them.
#[test]
fn zip64_sizes_agree_or_are_refused() {
    use ProblemKind::{CorruptData, HeaderMismatch};
    const ALL: u32 = u32::MAX;
    let field = |values: &[u64]| {
        let values: Vec<(u64, usize)> = values.iter().map(|value| (*value, 8)).collect();
        [numbers(&[(1, 2), (values.len() as u64 * 8, 2)]), numbers(&values)].concat()
    };
    let size = FILES[2].1.len() as u64;
    let streamed = |descriptor: &dyn Fn(u64, u64) -> Vec<u8>, wide: bool| {
        Zip::page(|page| {
            page.flags |= 8;
            page.local_told = if wide { [0, ALL, ALL] } else { [0; 3] };
            page.local_extra = if wide { field(&[0, 0]) } else { Vec::new() };
            page.descriptor = descriptor(page.told[0].into(), size);
        })
    };
    let wide = |crc, size| [b"PK\x07\x08".to_vec(), numbers(&[(crc, 4), (size, 8), (size, 8)])].concat();
    let narrow = |crc, size| [b"PK\x07\x08".to_vec(), numbers(&[(crc, 4), (size, 4), (size, 4)])].concat();
    let unmarked = |crc, size| numbers(&[(crc, 4), (size, 8), (size, 8)]);
    let cases: Vec<(&str, Vec<u8>, &[ProblemKind])> = vec![
        ("as Python streams with force_zip64", streamed(&wide, true), &[]),
        ("the same without the mark", streamed(&unmarked, true), &[]),
        ("four bytes a size", streamed(&narrow, false), &[]),
        ("eight bytes though nothing says so", streamed(&wide, false), &[]),
        ("another size behind the data", streamed(&|crc, size| wide(crc, size + 1), true), &[HeaderMismatch]),
        ("another checksum behind the data", streamed(&|crc, size| wide(crc ^ 1, size), true), &[HeaderMismatch]),
        (
            "values in the directory",
            Zip::page(|page| {
                page.told = [page.told[0], ALL, ALL];
                page.extra = field(&[size, size]);
            }),
            &[],
        ),
        (
            "all of them",
            Zip::page(|page| {
                let place = FILES[..2].iter().map(|(name, text)| 30 + name.len() + text.len()).sum::<usize>() as u64;
                page.told = [page.told[0], ALL, ALL];
                page.offset = Some(ALL);
                page.extra = field(&[size, size, place]);
            }),
            &[],
        ),
        (
            "another place in a field that nothing asks for",
            Zip::page(|page| page.extra = field(&[size, size, 0])),
            &[HeaderMismatch],
        ),
        ("a field that is too short", Zip::page(|page| page.extra = field(&[size])), &[HeaderMismatch]),
        ("another size in the local field", Zip::page(|page| page.local_extra = field(&[1, 1])), &[HeaderMismatch]),
        (
            "two fields",
            Zip::page(|page| page.extra = [field(&[size, size]), field(&[size, size])].concat()),
            &[HeaderMismatch],
        ),
        (
            "a field beyond the end",
            Zip::page(|page| page.extra = numbers(&[(0x9999, 2), (40, 2), (0, 4)])),
            &[HeaderMismatch],
        ),
    ];
    for (what, bytes, expected) in cases {
        let found = serious(&bytes);
        assert!(expected.iter().all(|kind| found.contains(kind)), "{what}: {found:?}");
        assert!(!expected.is_empty() || found.is_empty(), "{what}: {found:?}");
    }
    // A place that only a field knows, and no field.
    let lost = Zip::page(|page| page.offset = Some(ALL));
    assert!(serious(&lost).contains(&CorruptData));
}

/// Info-ZIP's second name (APPNOTE 4.6.9) is what newer writers put beside an old one; it must be the same name.
#[test]
fn second_names_repeat_the_first() {
    let field = |version: u64, crc: u32, name: &[u8]| {
        let body = [numbers(&[(version, 1), (crc.into(), 4)]), name.to_vec()].concat();
        [numbers(&[(0x7075, 2), (body.len() as u64, 2)]), body].concat()
    };
    let page_in = |name: &str, raw: &[u8], extra: &[u8], local: &[u8]| {
        let mut zip = Zip::new();
        let root = FILES[1].1.replace("页", name).into_bytes();
        let told = [crc32(&root), root.len() as u32, root.len() as u32];
        zip.entries[1] = Entry { data: root, told, local_told: told, ..zip.entries[1].clone() };
        let page = &mut zip.entries[2];
        (page.name, page.flags) = (raw.to_vec(), 0);
        (page.extra, page.local_extra) = (extra.to_vec(), local.to_vec());
        serious(&zip.bytes())
    };
    // The second one is UTF-8, too, by chance: without the field it is taken for that.
    for (stem, raw) in [("照", b"\xd5\xd5.xml"), ("页", b"\xd2\xb3.xml")] {
        let name = format!("{stem}.xml");
        let with = |extra: &[u8], local: &[u8]| page_in(stem, raw, extra, local);
        let crc = crc32(raw);
        let good = field(1, crc, name.as_bytes());
        assert_eq!(with(&good, &[]), []);
        assert_eq!(with(&good, &good), []);
        for bad in [
            field(1, crc, "面.xml".as_bytes()),
            field(1, crc, b"OFD.xml"),
            field(1, crc ^ 1, name.as_bytes()),
            field(2, crc, name.as_bytes()),
            field(1, crc, b"\xd5\xd5.xml"),
            [good.clone(), field(1, crc, b"OFD.xml")].concat(),
            numbers(&[(0x7075, 2), (2, 2), (1, 2)]),
        ] {
            assert!(with(&bad, &[]).contains(&ProblemKind::HeaderMismatch), "{bad:?}");
            assert!(with(&good, &bad).contains(&ProblemKind::HeaderMismatch), "{bad:?} in the local header");
        }
    }
    assert_eq!(page_in("照", b"\xd5\xd5.xml", &[], &[]), []);
}

/// What a reader that unpacks makes of a file is in its attributes, whichever system wrote them.
#[test]
fn entries_are_files_whatever_wrote_them() {
    let with =
        |host: u16, attributes: u32| serious(&Zip::page(|page| (page.host, page.attributes) = (host, attributes)));
    for host in [0, 3, 5, 7, 11, 16, 19, 30] {
        for link in [0o120_777u32 << 16, 0o120_000 << 16 | 0x20] {
            assert!(with(host, link).contains(&ProblemKind::UnsafeName), "host {host}");
        }
        assert!(with(host, 0o010_644 << 16).contains(&ProblemKind::UnsafeName), "a pipe, host {host}");
        assert!(with(host, 0o040_755 << 16).contains(&ProblemKind::DirectoryWithData), "a folder, host {host}");
        for file in [0, 0x20, 0o100_644 << 16, 0o100_644 << 16 | 0x20, 0o644 << 16] {
            assert_eq!(with(host, file), [], "host {host}, attributes {file:o}");
        }
    }
    assert!(with(0, 0x10).contains(&ProblemKind::DirectoryWithData));
}

#[test]
fn flags_that_make_something_else_of_the_data() {
    for (flag, kind) in [
        (0x0001, ProblemKind::EncryptedEntry),
        (0x0020, ProblemKind::UnknownMethod),
        (0x0040, ProblemKind::EncryptedEntry),
        (0x2000, ProblemKind::EncryptedEntry),
    ] {
        assert!(serious(&Zip::page(|page| page.flags |= flag)).contains(&kind), "{flag:#x}");
    }
    // A descriptor that only the local header speaks of: found by readers of streams alone.
    let mut local = Zip::new().bytes();
    local[6] |= 8;
    assert!(serious(&local).contains(&ProblemKind::HeaderMismatch));
    // An entry on another disk than the only one.
    let mut disk = Zip::new().bytes();
    let record = disk.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    disk[record + 34] = 1;
    assert!(serious(&disk).contains(&ProblemKind::HeaderMismatch));
    // Speed and strength of deflating.
    for flag in [0x0002, 0x0004, 0x0006] {
        assert_eq!(serious(&Zip::page(|page| page.flags |= flag)), [], "{flag:#x}");
    }
}
