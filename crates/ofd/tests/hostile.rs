//! Bytes that mean harm: an answer every time, never a panic, never more work than the budget allows.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use ofd::*;

/// A zip made by hand, so that every header can lie.
struct Entry<'a> {
    local: &'a [u8],
    central: &'a [u8],
    data: Vec<u8>,
    method: u16,
    flags: u16,
    size: u32,
    crc: Option<u32>,
}

fn stored<'a>(name: &'a str, data: &[u8]) -> Entry<'a> {
    let name = name.as_bytes();
    Entry {
        local: name,
        central: name,
        data: data.to_vec(),
        method: 0,
        flags: 0x800,
        size: data.len() as u32,
        crc: None,
    }
}

fn zip_of(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut central = Vec::new();
    for entry in entries {
        let offset = out.len() as u32;
        let crc = entry.crc.unwrap_or_else(|| {
            let mut crc = flate2::Crc::new();
            crc.update(&entry.data);
            crc.sum()
        });
        let mut fields = Vec::new();
        for word in [20, entry.flags, entry.method, 0, 0x21] {
            fields.extend_from_slice(&u16::to_le_bytes(word));
        }
        for long in [crc, entry.data.len() as u32, entry.size] {
            fields.extend_from_slice(&u32::to_le_bytes(long));
        }
        let lengths = |name: &[u8]| [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&fields);
        out.extend_from_slice(&lengths(entry.local));
        out.extend_from_slice(entry.local);
        out.extend_from_slice(&entry.data);
        central.extend_from_slice(b"PK\x01\x02\x14\0");
        central.extend_from_slice(&fields);
        central.extend_from_slice(&lengths(entry.central));
        central.extend_from_slice(&[0; 10]);
        central.extend_from_slice(&offset.to_le_bytes());
        central.extend_from_slice(entry.central);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&central);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        out.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(&(central.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn kinds(bytes: &[u8]) -> Vec<ProblemKind> {
    let mut kinds: Vec<ProblemKind> =
        inspect_bytes(bytes, &Budget::default()).unwrap().problems.iter().map(|problem| problem.kind).collect();
    kinds.dedup();
    kinds
}

const ENTRY: &[u8] = br#"<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;
const ROOT: &[u8] = br#"<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData/><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>"#;
const PAGE: &[u8] = br#"<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"/>"#;

fn base() -> Vec<Entry<'static>> {
    vec![stored("OFD.xml", ENTRY), stored("D.xml", ROOT), stored("P.xml", PAGE)]
}

fn with(entry: Entry<'static>) -> Vec<ProblemKind> {
    let mut entries = base();
    entries.push(entry);
    kinds(&zip_of(&entries))
}

#[test]
fn the_plain_base_is_clean() {
    assert_eq!(kinds(&zip_of(&base())), []);
}

#[test]
fn not_a_package() {
    let budget = Budget::default();
    assert_eq!(inspect_bytes(b"", &budget).unwrap_err(), Error::NotAZip);
    assert_eq!(inspect_bytes(&[b'P'; 100_000], &budget).unwrap_err(), Error::NotAZip);
    assert_eq!(inspect_bytes(b"%PDF-1.7", &budget).unwrap_err(), Error::NotAZip);
    assert_eq!(inspect_bytes(&zip_of(&[]), &budget).unwrap_err(), Error::NoEntryFile);
    assert_eq!(
        inspect_bytes(&zip_of(&[stored("word/document.xml", b"<a/>")]), &budget).unwrap_err(),
        Error::NoEntryFile
    );
    let encrypted = [stored("Encryptions.xml", b"<a/>"), stored("ofd.dat", b"-"), stored("entriesmap.dat", b"-")];
    assert_eq!(inspect_bytes(&zip_of(&encrypted), &budget).unwrap_err(), Error::Encrypted);
}

#[test]
fn two_readings_of_one_zip_are_named() {
    use ProblemKind::*;
    assert!(with(stored("P.xml", b"another page")).contains(&DuplicateEntry));
    assert!(with(stored("p.XML", b"x")).contains(&SimilarEntries));
    assert!(with(stored("./D.xml", b"x")).contains(&SimilarEntries));
    for name in ["..\\x", "a/../D.xml", "/abs", "a//b", "c:x", "a\0b", "a/./b"] {
        assert!(with(stored(name, b"x")).contains(&UnsafeName), "{name:?}");
    }
    assert!(with(Entry { local: b"Q.xml", ..stored("R.xml", b"x") }).contains(&HeaderMismatch));
    assert!(with(Entry { flags: 0x801, ..stored("R.xml", b"x") }).contains(&EncryptedEntry));
    assert!(with(Entry { method: 12, ..stored("R.xml", b"x") }).contains(&UnknownMethod));
    assert!(with(Entry { crc: Some(7), ..stored("R.xml", b"x") }).contains(&ChecksumMismatch));
    assert!(with(Entry { size: 9, ..stored("R.xml", b"x") }).contains(&SizeMismatch));
    assert!(with(Entry { method: 8, ..stored("R.xml", b"\xff\xff\xff") }).contains(&CorruptData));
    assert!(with(stored("dir/", b"x")).contains(&DirectoryWithData));
    let gbk = Entry { local: b"\xd6\xa4.xml", central: b"\xd6\xa4.xml", flags: 0, ..stored("", b"x") };
    assert!(with(gbk).contains(&NameNotUtf8));
    // A stream that goes on after the declared length, and one that stops before it.
    for (declared, real) in [(10, 5000), (5000, 10)] {
        let entry = Entry { method: 8, size: declared, ..stored("R.xml", &deflated(&vec![b'a'; real])) };
        assert!(with(entry).contains(&SizeMismatch), "{declared} {real}");
    }
    // Nothing of this is harmless.
    assert!(
        [DuplicateEntry, SimilarEntries, UnsafeName, HeaderMismatch]
            .iter()
            .all(|kind| kind.class() == ProblemClass::Ambiguous)
    );
}

#[test]
fn bytes_that_belong_to_nobody_are_named() {
    use ProblemKind::*;
    let good = zip_of(&base());
    assert_eq!(kinds(&[b"MZ stub".as_slice(), &good].concat()), [BytesBeforeZip]);
    assert_eq!(kinds(&[good.as_slice(), b"tail"].concat()), [BytesAfterZip]);
    // Two zips one after the other: which one counts?
    let found = kinds(&[good.as_slice(), &good].concat());
    assert!(found.contains(&BytesBeforeZip), "{found:?}");
    // Room between the entries and the directory, with the directory's offset corrected.
    let end = good.len() - 22;
    let start = u32::from_le_bytes(good[end + 16..end + 20].try_into().unwrap()) as usize;
    let mut gap = [&good[..start], b"hidden", &good[start..]].concat();
    let at = gap.len() - 6;
    gap[at..at + 4].copy_from_slice(&((start + 6) as u32).to_le_bytes());
    assert!(kinds(&gap).contains(&UnclaimedBytes));
    // Two directory records that point at one local header.
    let mut shared = good.clone();
    let second = start + 46 + "OFD.xml".len();
    shared[second + 42..second + 46].copy_from_slice(&[0; 4]);
    let found = kinds(&shared);
    assert!(found.contains(&OverlappingEntries) && found.contains(&HeaderMismatch), "{found:?}");
}

#[test]
fn bombs_are_refused_before_they_are_inflated() {
    let over = |bytes: &[u8], budget: &Budget| matches!(read(bytes, budget), Err(Error::OverBudget { .. }));
    let zeros = vec![0u8; 8 << 20];
    let bomb = zip_of(&[Entry { method: 8, size: zeros.len() as u32, ..stored("OFD.xml", &deflated(&zeros)) }]);
    assert!(bomb.len() < 20_000 && over(&bomb, &Budget::default()));
    let patient = Budget { ratio: 2000, ..Budget::default() };
    assert!(!over(&bomb, &patient));
    assert!(over(&bomb, &Budget { entry_bytes: 1 << 20, ..patient.clone() }));
    assert!(over(&bomb, &Budget { total_bytes: 1 << 20, ..patient.clone() }));
    assert!(over(&bomb, &Budget { package_bytes: 100, ..patient }));
    let many: Vec<Entry<'_>> = (0..5000).map(|_| stored("a", b"")).collect();
    assert!(over(&zip_of(&many), &Budget::default()));
    // A header that promises little and a stream that holds much: read up to the promise.
    let liar = zip_of(&[Entry { method: 8, size: 10, ..stored("OFD.xml", &deflated(&zeros)) }]);
    assert!(kinds(&liar).contains(&ProblemKind::SizeMismatch));
}

fn xml_bomb(name: &'static str, content: Vec<u8>) -> Facts {
    let entries: Vec<Entry<'_>> =
        base().into_iter().filter(|entry| entry.central != name.as_bytes()).chain([stored(name, &content)]).collect();
    inspect_bytes(&zip_of(&entries), &Budget::default()).unwrap()
}

#[test]
fn xml_bombs_end_early() {
    use ProblemKind::*;
    let deep = [b"<a>".repeat(100_000), b"</a>".repeat(100_000)].concat();
    assert!(xml_bomb("P.xml", deep).has(OverBudget));
    assert!(xml_bomb("P.xml", [b"<a>".as_slice(), &b"<b/>".repeat(2_100_000), b"</a>"].concat()).has(OverBudget));
    let attributes: String = (0..100_000).map(|i| format!(" a{i}=''")).collect();
    assert!(xml_bomb("P.xml", format!("<a{attributes}/>").into_bytes()).has(OverBudget));
    let entity = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>".to_vec();
    assert!(xml_bomb("P.xml", entity.clone()).has(XmlDtd));
    assert!(xml_bomb("OFD.xml", entity).has(XmlDtd));
    assert!(xml_bomb("D.xml", b"\xff\xfe\xfd".to_vec()).has(EncodingConflict));
    assert!(xml_bomb("D.xml", ENTRY.to_vec()).has(WrongRoot));
}

#[test]
fn documents_that_point_everywhere() {
    use ProblemKind::*;
    let document = |pages: &str| {
        format!("<ofd:Document xmlns:ofd='http://www.ofdspec.org/2016'><ofd:CommonData/><ofd:Pages>{pages}</ofd:Pages></ofd:Document>")
            .into_bytes()
    };
    assert!(xml_bomb("D.xml", document("<ofd:Page ID='1' BaseLoc='../../etc/passwd'/>")).has(PathOutside));
    assert!(xml_bomb("D.xml", document("<ofd:Page ID='1' BaseLoc='X.xml'/>")).has(MissingFile));
    assert!(xml_bomb("D.xml", document(&"<ofd:Page ID='1' BaseLoc='P.xml'/>".repeat(2))).has(DuplicateId));
    assert!(xml_bomb("D.xml", document(&"<ofd:Page ID='1' BaseLoc='P.xml'/>".repeat(3000))).has(OverBudget));
    let twice = String::from_utf8(ENTRY.to_vec())
        .unwrap()
        .replace("<ofd:DocRoot>", "<ofd:DocRoot>P.xml</ofd:DocRoot><ofd:DocRoot>");
    assert!(xml_bomb("OFD.xml", twice.into_bytes()).has(RepeatedElement));
    let text = String::from_utf8(ENTRY.to_vec()).unwrap();
    let body = &text[text.find("<ofd:DocBody>").unwrap()..text.find("</ofd:OFD>").unwrap()];
    let several = text.replace("</ofd:OFD>", &format!("{body}</ofd:OFD>"));
    assert!(xml_bomb("OFD.xml", several.into_bytes()).has(SeveralDocuments));
    let nested = text.replace("<ofd:DocBody>", &format!("<ofd:DocBody>{body}"));
    assert!(xml_bomb("OFD.xml", nested.into_bytes()).has(MisplacedElement));
    let folder = document("<ofd:Page ID='1' BaseLoc='P.xml/'/>");
    assert!(xml_bomb("D.xml", folder).has(PathSpelling));
}

/// Composites that contain composites: the doubling that turns a small file into endless work.
#[test]
fn composites_cannot_multiply_without_end() {
    let mut units = String::new();
    for id in 0..40 {
        let child = format!("<CompositeObject ID='1' Boundary='0 0 1 1' ResourceID='{}'/>", id + 1);
        units += &format!("<CompositeGraphicUnit ID='{id}'><Content>{child}{child}</Content></CompositeGraphicUnit>");
    }
    units += "<CompositeGraphicUnit ID='40'><Content><CompositeObject Boundary='0 0 1 1' ResourceID='40'/></Content></CompositeGraphicUnit>";
    let res = format!("<Res><CompositeGraphicUnits>{units}</CompositeGraphicUnits></Res>");
    let page = "<Page><Content><Layer><CompositeObject Boundary='0 0 1 1' ResourceID='0'/></Layer></Content></Page>";
    let root = "<Document><CommonData><PublicRes>R.xml</PublicRes></CommonData><Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>";
    let zip = zip_of(&[
        stored("OFD.xml", ENTRY),
        stored("D.xml", root.as_bytes()),
        stored("P.xml", page.as_bytes()),
        stored("R.xml", res.as_bytes()),
    ]);
    let facts = inspect_bytes(&zip, &Budget::default()).unwrap();
    assert!(facts.has(ProblemKind::OverBudget) || facts.has(ProblemKind::NestedTooDeep));
}

#[test]
fn signatures_that_lie() {
    use ProblemKind::*;
    let good = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    let path = "Doc_0/Signs/Sign_0/Signature.xml";
    let text = String::from_utf8(good.part(path).unwrap().bytes().to_vec()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let mut package = good.clone();
        package.set(path, text.replacen(from, to, 1).into_bytes());
        inspect(&package, &Budget::default())
    };
    let references = &text[text.find("<ofd:References").unwrap()..text.find("<ofd:StampAnnot").unwrap()];
    assert!(changed(references, "").has(NoReferences));
    assert!(changed(references, "<ofd:References CheckMethod='x'/>").has(NoReferences));
    assert!(changed(references, &references.repeat(2)).has(SeveralReferences));
    let first = &references
        [references.find("<ofd:Reference FileRef").unwrap()..references.find("</ofd:Reference>").unwrap() + 16];
    assert!(changed(first, &first.repeat(2)).has(DuplicateReference));
    assert!(changed(first, "").signatures[0].uncovered.contains(&"OFD.xml".to_owned()));
    assert!(changed("\"/OFD.xml\"", "\"/ofd.xml\"").has(UnresolvedReference));
    assert!(changed("\"/OFD.xml\"", "\"/../OFD.xml\"").has(UnresolvedReference));
    assert!(changed("\"/OFD.xml\"", "\"//Doc_0/../OFD.xml\"").has(LooseReference));
    assert!(changed("\"/OFD.xml\"", "\"/Doc_0\\..\\OFD.xml\"").has(PathSpelling));
    assert!(changed("<ofd:CheckValue>", "<ofd:CheckValue>*").has(BadCheckValue));
    assert!(changed("</ofd:CheckValue>", "</ofd:CheckValue><ofd:CheckValue>AAAA</ofd:CheckValue>").has(BadCheckValue));
    assert!(changed("PageRef=\"", "PageRef=\"9").has(StampWithoutPage));
    assert!(changed("\"/OFD.xml\"", "\"/OFD.xml/\"").has(PathSpelling));
    let unreadable = changed(" Boundary=\"", " Clip=\"a b c d\" Boundary=\"");
    assert_eq!(unreadable.signatures[0].stamps[0].clip, Some(Rect::default()), "nothing of it shows");
    // Readers that look for a name at any depth find more than the schema has.
    let stamp = &text[text.find("<ofd:StampAnnot").unwrap()..];
    let stamp = &stamp[..stamp.find("/>").unwrap() + 2];
    for (from, to) in [
        (stamp, format!("{stamp}<ofd:Parameters>{stamp}</ofd:Parameters>")),
        (first, format!("<x:W xmlns:x='urn:x'>{first}</x:W>{first}")),
        (first, format!("{first}<ofd:Reference>{first}</ofd:Reference>")),
        ("</ofd:SignedInfo>", "<ofd:SignedValue>/x</ofd:SignedValue></ofd:SignedInfo>".to_owned()),
    ] {
        assert!(changed(from, &to).has(MisplacedElement), "{to}");
    }
    assert!(!changed("\"/OFD.xml\"", "\"/ofd.xml\"").has(MisplacedElement));
    assert!(changed("SignedValue.dat", "Nothing.dat").has(MissingSignedValue));
    assert!(changed("Seal.esl</ofd:BaseLoc>", "Nothing.esl</ofd:BaseLoc>").has(MissingSeal));
    assert!(changed("<ofd:SignedInfo>", "<ofd:SignedInfo/><ofd:SignedInfo>").has(SeveralReferences));
    for facts in [changed(references, ""), changed("<ofd:CheckValue>", "<ofd:CheckValue>*")] {
        assert!(!all_match(&facts));
    }

    let list = "Doc_0/Signs/Signatures.xml";
    let text = String::from_utf8(good.part(list).unwrap().bytes().to_vec()).unwrap();
    let record = &text[text.find("<ofd:Signature ID").unwrap()..text.find("</ofd:Signatures>").unwrap()];
    let relisted = |to: &str| {
        let mut package = good.clone();
        package.set(list, text.replacen(record, to, 1).into_bytes());
        inspect(&package, &Budget::default())
    };
    assert!(relisted(&record.repeat(2)).has(RepeatedSignature));
    // Some write the path from the root without its first slash.
    let from_root = relisted(&record.replace("/Doc_0/", "Doc_0/"));
    assert!(from_root.has(LooseReference) && from_root.signatures[0].path.as_deref() == Some(path));
    assert!(relisted(&record.repeat(100)).has(OverBudget));
    assert!(relisted(&record.replace("Seal\"", "Other\"")).has(UnknownSignatureKind));
}

/// Some thousand damaged packages, the same ones each time: an answer to each.
#[test]
fn mutations_never_panic() {
    let good = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    // Stored rather than deflated, so that mutations reach the XML as well as the headers.
    let parts: Vec<(String, Vec<u8>)> =
        good.parts().map(|(name, part)| (name.to_owned(), part.bytes().to_vec())).collect();
    let plain: Vec<Entry<'_>> = parts.iter().map(|(name, bytes)| stored(name, bytes)).collect();
    let seeds = [good.to_zip().unwrap(), zip_of(&plain)];
    let mut random = 0x2545_f491_4f6c_dd1du64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let (mut opened, mut refused) = (0, 0);
    for round in 0..4000 {
        let mut bytes = seeds[round % 2].clone();
        match next(4) {
            0 => bytes.truncate(next(bytes.len())),
            1 => {
                let at = next(bytes.len());
                let length = next(64).min(bytes.len() - at);
                bytes.drain(at..at + length);
            }
            2 => {
                let (from, to) = (next(bytes.len()), next(bytes.len()));
                let piece = bytes[from..(from + next(64)).min(bytes.len())].to_vec();
                bytes.splice(to..to, piece);
            }
            _ => {
                for _ in 0..=next(8) {
                    // Half of the hits go to the headers at the end, where most decisions are made.
                    let at = if next(2) == 0 { next(bytes.len()) } else { bytes.len() - 1 - next(1500) };
                    bytes[at] ^= 1 << next(8);
                }
            }
        }
        match inspect_bytes(&bytes, &Budget::default()) {
            Ok(facts) => {
                opened += 1;
                facts.check_references(&|_, bytes| Some(digest(bytes)));
                if let Ok(package) = read(&bytes, &Budget::default()) {
                    let _ = sign(package, &request(SignatureKind::Seal));
                }
            }
            Err(_) => refused += 1,
        }
    }
    assert!(opened > 500 && refused > 500, "{opened} {refused}");
}

/// Whatever single byte of a sealed package changes, something says so (H: tampering).
#[test]
fn no_single_changed_byte_goes_unnoticed() {
    let good = sign(document().package().unwrap(), &request(SignatureKind::Seal)).unwrap();
    let clean = inspect(&read(&good.to_zip().unwrap(), &Budget::default()).unwrap(), &Budget::default());
    let bytes = good.to_zip().unwrap();
    let mut silent = Vec::new();
    // Every fourth byte keeps it to seconds; which of the four changes along the way.
    let tried: Vec<usize> = (0..bytes.len()).filter(|at| at % 4 == at / 64 % 4).collect();
    for &at in &tried {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x20;
        let Ok(facts) = inspect_bytes(&bytes, &Budget::default()) else { continue };
        let same = facts.signatures.len() == 1
            && facts.signatures[0].xml == clean.signatures[0].xml
            && facts.signatures[0].value == clean.signatures[0].value
            && facts.problems.is_empty()
            && facts.unreachable.is_empty()
            && all_match(&facts);
        if same {
            silent.push(at);
        }
    }
    // Versions, times and attributes of zip headers change nothing that anybody reads.
    assert!(silent.len() * 8 < tried.len(), "{} of {} bytes", silent.len(), tried.len());
    let package = read(&bytes, &Budget::default()).unwrap();
    for at in silent {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x20;
        let changed = read(&bytes, &Budget::default()).unwrap();
        assert!(changed.parts().eq(package.parts()), "byte {at} changed a file in silence");
    }
}
