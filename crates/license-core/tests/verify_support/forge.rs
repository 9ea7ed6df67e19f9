//! Bytes that no honest program writes: signature values by hand, packages taken apart, updates appended to a PDF.

use eseal::{Picture, Seal, SealContent, SignerList, Version};
use ofd::{Package, Part};
use pki::asn1::{self, tag};
use pki::{Digest, DigestAlgorithm, ObjectIdentifier, Signer, SoftSigner, oid};
use time::OffsetDateTime;

/// What a seal signature is about.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// SM3 of Signature.xml.
    pub hash: &'a Digest,
    /// Its path.
    pub path: &'a str,
    /// The zip before the signature value.
    pub container: &'a [u8],
}

/// A SES_Signature of version 4, without asking whether seal, signer and time go together.
pub fn ses(seal: &Seal, at: OffsetDateTime, what: &Sealing<'_>, signer: &SoftSigner) -> Vec<u8> {
    let to_sign = ses_to_sign(seal.der(), at, what);
    let signature = signer.sign(&to_sign).unwrap();
    ses_around(&to_sign, signer.certificate().der(), &oid::SM2_WITH_SM3, &signature)
}

pub fn ses_to_sign(seal: &[u8], at: OffsetDateTime, what: &Sealing<'_>) -> Vec<u8> {
    ses_to_sign_with(seal, at, what, &container_name(what))
}

/// The entry of extDatas that names the container.
pub fn container_name(what: &Sealing<'_>) -> Vec<u8> {
    let digest = pki::DigestAlgorithm::Sha256.digest(what.container);
    let name = license_core::container::extension(what.container);
    assert_eq!(name.value, asn1::octet_string(digest.as_bytes()));
    asn1::sequence(&[&asn1::tlv(tag::OID, &[CONTAINER]), &asn1::octet_string(&name.value)])
}

/// TBS_Sign with these entries in extDatas; without extDatas when there are none.
pub fn ses_to_sign_with(seal: &[u8], at: OffsetDateTime, what: &Sealing<'_>, entries: &[u8]) -> Vec<u8> {
    let extensions = if entries.is_empty() { Vec::new() } else { asn1::explicit(0, &asn1::sequence(&[entries])) };
    asn1::sequence(&[
        &asn1::integer(4),
        seal,
        &asn1::generalized_time(at).unwrap(),
        &asn1::bit_string(what.hash.as_bytes()),
        &asn1::ia5_string(what.path, "path").unwrap(),
        &extensions,
    ])
}

/// 2.25 and the number of the UUID.
const CONTAINER: &[u8] = &[
    0x69, 0x83, 0xab, 0xf9, 0x96, 0xc2, 0x87, 0x8c, 0xca, 0x94, 0xab, 0x92, 0xe5, 0xfb, 0xed, 0xf6, 0x99, 0x92, 0xca,
    0x35,
];

pub fn ses_around(to_sign: &[u8], certificate: &[u8], algorithm: &ObjectIdentifier, signature: &[u8]) -> Vec<u8> {
    asn1::sequence(&[to_sign, &asn1::octet_string(certificate), &asn1::oid(algorithm), &asn1::bit_string(signature)])
}

/// A seal like `model` for other signers, made by `maker`.
pub fn seal(model: &Seal, signers: &[&SoftSigner], maker: &SoftSigner, change: impl FnOnce(&mut SealContent)) -> Seal {
    let mut content = model.content().clone();
    content.signers = SignerList::Certificates(signers.iter().map(|one| one.certificate().der().to_vec()).collect());
    change(&mut content);
    let prepared = eseal::prepare_seal(&content, Version::V4, maker.certificate()).unwrap();
    let signature = maker.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(&signature).unwrap()
}

/// The picture of a seal with other bytes.
pub fn repainted(picture: &Picture) -> Picture {
    let mut picture = picture.clone();
    *picture.data.last_mut().unwrap() ^= 1;
    picture
}

/// An attribute of a CMS.
pub fn attribute(kind: &ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(kind), &asn1::tlv(tag::SET, &[value])])
}

/// content-type and message-digest, as every CMS has them.
pub fn usual_attributes(digest: &Digest) -> Vec<Vec<u8>> {
    vec![
        attribute(&oid::CONTENT_TYPE, &asn1::oid(&oid::DATA)),
        attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(digest.as_bytes())),
    ]
}

/// What a CMS by hand may have besides the usual.
#[derive(Default)]
pub struct CmsParts {
    pub signed: Vec<Vec<u8>>,
    pub unsigned: Vec<Vec<u8>>,
    pub content_type: Option<ObjectIdentifier>,
    pub content: Option<Vec<u8>>,
    /// Certificates besides the signer's.
    pub certificates: Vec<Vec<u8>>,
    /// What digest and signature are said to be made with, whatever they are.
    pub called: Option<[ObjectIdentifier; 2]>,
    /// When the first service stamps the signature value.
    pub stamped: Option<time::OffsetDateTime>,
    /// The signed attributes stand as they were given, and are signed so.
    pub unsorted: bool,
    /// The digests that are listed, when not the signer's.
    pub listed: Option<Vec<DigestAlgorithm>>,
}

/// A CMS by hand over these attributes.
pub fn cms(signer: &SoftSigner, parts: &CmsParts) -> Vec<u8> {
    let attributes = match parts.unsorted {
        true => asn1::tlv(tag::SET, &[&parts.signed.concat()]),
        false => asn1::set_of(parts.signed.clone()),
    };
    let signature = signer.sign(&attributes).unwrap();
    let mut implicit = attributes;
    implicit[0] = tag::context(0);
    let certificate = signer.certificate();
    let serial = asn1::tlv(tag::INTEGER, &[certificate.serial()]);
    let [digest, algorithm] = match &parts.called {
        Some(called) => called.map(|name| asn1::sequence(&[&asn1::oid(&name)])),
        None => [signer.algorithm().digest().algorithm_identifier(), signer.algorithm().algorithm_identifier()],
    };
    let mut unsigned = parts.unsigned.clone();
    unsigned.extend(parts.stamped.map(|at| {
        let token =
            super::stamps::token(&DigestAlgorithm::Sha256.digest(&signature), &super::stamps::services().first, at);
        attribute(&oid::SIGNATURE_TIME_STAMP, &token)
    }));
    let unsigned = match unsigned.as_slice() {
        [] => Vec::new(),
        list => asn1::tlv(tag::context(1), &[&list.concat()]),
    };
    let info = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &serial]),
        &digest,
        &implicit,
        &algorithm,
        &asn1::octet_string(&signature),
        &unsigned,
    ]);
    let mut certificates = vec![certificate.der().to_vec()];
    certificates.extend_from_slice(&parts.certificates);
    certificates.sort();
    let content = parts.content.as_ref().map(|content| asn1::explicit(0, &asn1::octet_string(content)));
    let kind = parts.content_type.unwrap_or(oid::DATA);
    // RFC 5652 5.1.
    let version = if kind == oid::DATA { 1 } else { 3 };
    let signed_data = asn1::sequence(&[
        &asn1::integer(version),
        &asn1::set_of(match &parts.listed {
            Some(listed) => listed.iter().map(|digest| digest.algorithm_identifier()).collect(),
            None => vec![digest],
        }),
        &asn1::sequence(&[&asn1::oid(&kind), &content.unwrap_or_default()]),
        &asn1::explicit(0, &certificates.concat()),
        &asn1::set_of(vec![info]),
    ]);
    asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &signed_data)])
}

/// Opens a package, changes it, and packs it again with honest headers and checksums.
pub fn repack(ofd: &[u8], change: impl FnOnce(&mut Package)) -> Vec<u8> {
    let mut package = open(ofd);
    change(&mut package);
    package.to_zip().unwrap()
}

pub fn open(ofd: &[u8]) -> Package {
    ofd::read(ofd, &ofd::Budget::default()).unwrap()
}

/// The same package, file by file.
pub fn rebuild(ofd: &[u8], mut change: impl FnMut(&str, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut out = Package::new();
    for (name, part) in open(ofd).parts() {
        if let Some(bytes) = change(name, part.bytes()) {
            let same = bytes == part.bytes();
            out.add(name, if same { part.clone() } else { Part::new(bytes) }).unwrap();
        }
    }
    out.to_zip().unwrap()
}

/// The same files in the same order under honest headers, the deflated ones deflated by another program.
pub fn deflated_again(ofd: &[u8]) -> Vec<u8> {
    with_streams(ofd, |stream, content| {
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(1));
        std::io::Write::write_all(&mut deflate, content).unwrap();
        *stream = deflate.finish().unwrap();
    })
}

/// A zip of our form with other deflate streams: `change` gets each stream and what it inflates to.
pub fn with_streams(ofd: &[u8], mut change: impl FnMut(&mut Vec<u8>, &[u8])) -> Vec<u8> {
    let (mut out, mut central, mut count) = (Vec::new(), Vec::new(), 0u16);
    let mut at = 0;
    for (name, part) in open(ofd).parts() {
        let header = at..at + 30 + name.len();
        let packed = u32::from_le_bytes(ofd[at + 18..at + 22].try_into().unwrap()) as usize;
        let mut data = ofd[header.end..header.end + packed].to_vec();
        if ofd[at + 8] == 8 {
            change(&mut data, part.bytes());
        }
        let mut fixed = ofd[header.clone()].to_vec();
        fixed[18..22].copy_from_slice(&(data.len() as u32).to_le_bytes());
        central.extend([b"PK\x01\x02\x14\0", &fixed[4..30], &[0; 10], &(out.len() as u32).to_le_bytes()].concat());
        central.extend(name.bytes());
        out.extend(fixed);
        out.extend(data);
        count += 1;
        at = header.end + packed;
    }
    let (start, length) = (out.len() as u32, central.len() as u32);
    out.extend(central);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count.to_le_bytes(), &count.to_le_bytes()].concat());
    out.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

/// The signature value changed where it lies, with honest checksums: no other byte of the container differs.
pub fn with_value(ofd: &[u8], value: &str, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let start = Package::last_file_at(ofd, value).unwrap();
    let body = start + 30 + value.len();
    let end = body + u32::from_le_bytes(ofd[start + 18..start + 22].try_into().unwrap()) as usize;
    let record = find_last(ofd, b"PK\x01\x02").unwrap();
    let mut out = ofd.to_vec();
    change(&mut out[body..end]);
    let mut crc = flate2::Crc::new();
    crc.update(&out[body..end]);
    let crc = crc.sum().to_le_bytes();
    out[start + 14..start + 18].copy_from_slice(&crc);
    out[record + 16..record + 20].copy_from_slice(&crc);
    out
}

pub fn names(ofd: &[u8]) -> Vec<String> {
    open(ofd).parts().map(|(name, _)| name.to_owned()).collect()
}

/// Replaces every occurrence.
pub fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    assert_ne!(out, bytes, "nothing was replaced");
    out
}

pub fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

pub fn find_last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

/// The number behind the last `startxref`.
pub fn startxref(pdf: &[u8]) -> usize {
    let at = find_last(pdf, b"startxref").unwrap() + 9;
    let digits: String = pdf[at..]
        .iter()
        .map(|b| *b as char)
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

/// The value of a key of the last trailer, up to the next key.
pub fn trailer_value(pdf: &[u8], key: &str) -> String {
    let at = find_last(pdf, b"trailer").unwrap_or_else(|| startxref(pdf));
    let text = String::from_utf8_lossy(&pdf[at..]).into_owned();
    let rest = &text[text.find(key).unwrap() + key.len()..];
    rest[..rest.find(['/', '>']).unwrap()].trim().to_owned()
}

/// Appends a revision with these objects, as any editor would.
pub fn append_update(pdf: &[u8], objects: &[(u32, String)]) -> Vec<u8> {
    let mut out = pdf.to_vec();
    if !out.ends_with(b"\n") {
        out.push(b'\n');
    }
    let mut table = String::new();
    for (number, body) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", out.len());
        out.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    if objects.is_empty() {
        table = "0 0\n".to_owned();
    }
    let prev = startxref(pdf);
    let [root, info, size] = ["/Root", "/Info", "/Size"].map(|key| trailer_value(pdf, key));
    let size = size.parse::<u32>().unwrap().max(objects.iter().map(|(n, _)| n + 1).max().unwrap_or(0));
    let id = id_of(pdf);
    let xref = out.len();
    out.extend(
        format!(
            "xref\n{table}trailer\n<</Size {size}/Root {root}/Info {info}{id}/Prev {prev}>>\nstartxref\n{xref}\n%%EOF\n"
        )
        .bytes(),
    );
    out
}

fn id_of(pdf: &[u8]) -> String {
    let at = find_last(pdf, b"/ID").unwrap();
    let end = at + pdf[at..].iter().position(|byte| *byte == b']').unwrap() + 1;
    // Two hexadecimal or literal strings; copied as they are.
    String::from_utf8(pdf[at..end].to_vec()).expect("the identifier is written in hexadecimal digits")
}

/// The dictionary of an object in a PDF without object streams.
pub fn object(pdf: &[u8], number: u32) -> String {
    let head = format!("\n{number} 0 obj");
    let at = find(pdf, head.as_bytes()).unwrap() + head.len();
    let end = at + find(&pdf[at..], b"endobj").unwrap();
    String::from_utf8_lossy(&pdf[at..end]).trim().to_owned()
}

/// The numbers of the objects whose text holds all these words.
pub fn objects_with(pdf: &[u8], words: &[&str]) -> Vec<u32> {
    let mut found = Vec::new();
    for number in 1..200 {
        let head = format!("\n{number} 0 obj");
        if find(pdf, head.as_bytes()).is_some() {
            let text = object(pdf, number);
            if words.iter().all(|word| text.contains(word)) {
                found.push(number);
            }
        }
    }
    found
}

/// COSE_Sign1 by hand.
pub mod cose {
    use minicbor::{Decoder, Encoder};
    use pki::{Signer as _, SoftSigner};

    /// The claims inside a token.
    pub fn payload(token: &[u8]) -> Vec<u8> {
        let mut cbor = Decoder::new(token);
        cbor.tag().unwrap();
        cbor.array().unwrap();
        cbor.bytes().unwrap();
        cbor.map().unwrap();
        cbor.bytes().unwrap().to_vec()
    }

    /// Any claims under this signer's key.
    pub fn sign1(payload: &[u8], signer: &SoftSigner) -> Vec<u8> {
        let spki = signer.certificate().spki_der();
        let kid = pki::DigestAlgorithm::Sha256.digest(spki).as_bytes()[..4].try_into().unwrap();
        sign1_as(payload, signer, kid)
    }

    /// Any claims under this signer's key and another's name of the key.
    pub fn sign1_as(payload: &[u8], signer: &SoftSigner, kid: [u8; 4]) -> Vec<u8> {
        let mut protected = Vec::new();
        Encoder::new(&mut protected).map(2).unwrap().u8(1).unwrap().i8(-7).unwrap().u8(4).unwrap().bytes(&kid).unwrap();
        let mut tbs = Vec::new();
        let mut cbor = Encoder::new(&mut tbs);
        cbor.array(4)
            .unwrap()
            .str("Signature1")
            .unwrap()
            .bytes(&protected)
            .unwrap()
            .bytes(&[])
            .unwrap()
            .bytes(payload)
            .unwrap();
        let signature = pki::der_to_raw(&signer.sign(&tbs).unwrap(), 32).unwrap();
        let mut token = Vec::new();
        let mut cbor = Encoder::new(&mut token);
        cbor.tag(minicbor::data::Tag::new(18)).unwrap().array(4).unwrap().bytes(&protected).unwrap();
        cbor.map(0).unwrap().bytes(payload).unwrap().bytes(&signature).unwrap();
        token
    }
}
