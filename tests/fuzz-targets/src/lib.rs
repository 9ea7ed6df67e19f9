//! The bodies of the fuzz targets: any bytes in, an answer out, and the few things that must hold whatever the bytes are.
//!
//! `fuzz/` calls one of them for hours (`cargo xtask fuzz`), `tests/tests/fuzz_corpora.rs` calls all of them with the
//! committed seeds and with changes of the seeds. A body panics when it found something, and only then.
//!
//! ```
//! for target in fuzz_targets::TARGETS {
//!     (target.run)(b"");
//!     (target.run)(b"PK\x05\x06 nothing of the kind");
//! }
//! ```
//!
//! | module | targets |
//! |---|---|
//! | `container` | the OFD package, the PDF file |
//! | `xml` | every kind of XML file of an OFD, in a small package that reaches all of them |
//! | `asn1` | certificates, revocation lists, CMS, seals, seal signatures, signature values |
//! | `words` | index texts and tokens, the trust list, the record |
//! | `verdict` | whole verification, of any bytes and of our own files with one part replaced |

mod asn1;
mod container;
mod verdict;
mod words;
mod xml;

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of the binary in `fuzz/`, and of the folder of its seeds.
    pub name: &'static str,
    /// Runs it once.
    pub run: fn(&[u8]),
    /// Longest input that the fuzzer makes.
    pub max_len: usize,
}

/// Runs the target of this name once.
///
/// # Panics
/// When there is no such target, or when it found something.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    (target.run)(data);
}

/// All targets.
pub const TARGETS: &[Target] = &[
    target("package", container::package, 16_384),
    target("pdf", container::pdf, 24_576),
    target("xml_ofd", xml::ofd, 4_096),
    target("xml_document", xml::document, 4_096),
    target("xml_page", xml::page, 4_096),
    target("xml_template", xml::template, 4_096),
    target("xml_res", xml::res, 4_096),
    target("xml_signatures", xml::signatures, 4_096),
    target("xml_signature", xml::signature, 4_096),
    target("xml_annotations", xml::annotations, 4_096),
    target("xml_annotation", xml::annotation, 4_096),
    target("xml_attachments", xml::attachments, 4_096),
    target("xml_custom_tags", xml::custom_tags, 4_096),
    target("xml_entries", xml::entries, 4_096),
    target("certificate", asn1::certificate, 4_096),
    target("public_key", asn1::public_key, 1_024),
    target("private_key", asn1::private_key, 1_024),
    target("signature_value", asn1::signature_value, 256),
    target("crl", asn1::crl, 4_096),
    target("cms", asn1::cms, 8_192),
    target("seal", asn1::seal, 8_192),
    target("ses", asn1::ses, 16_384),
    target("seal_picture", asn1::seal_picture, 8_192),
    target("index", words::index, 1_024),
    target("trust_list", words::trust_list, 8_192),
    target("record", words::record, 8_192),
    target("verify", verdict::bytes, 131_072),
    target("verify_parts", verdict::parts, 8_192),
];

const fn target(name: &'static str, run: fn(&[u8]), max_len: usize) -> Target {
    Target { name, run, max_len }
}
