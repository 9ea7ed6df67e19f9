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
//! | `asn1` | certificates, revocation lists and answers, CMS, time-stamps, seals, seal signatures, signature values |
//! | `words` | index texts and tokens, the trust list, signed reports, the record |
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
    target("package", container::package),
    target("pdf", container::pdf),
    target("xml_ofd", xml::ofd),
    target("xml_document", xml::document),
    target("xml_page", xml::page),
    target("xml_template", xml::template),
    target("xml_res", xml::res),
    target("xml_signatures", xml::signatures),
    target("xml_signature", xml::signature),
    target("xml_annotations", xml::annotations),
    target("xml_annotation", xml::annotation),
    target("xml_attachments", xml::attachments),
    target("xml_custom_tags", xml::custom_tags),
    target("xml_entries", xml::entries),
    target("certificate", asn1::certificate),
    target("public_key", asn1::public_key),
    target("private_key", asn1::private_key),
    target("signature_value", asn1::signature_value),
    target("crl", asn1::crl),
    target("cms", asn1::cms),
    target("ocsp", asn1::ocsp),
    target("time_stamp", asn1::time_stamp),
    target("seal", asn1::seal),
    target("ses", asn1::ses),
    target("seal_picture", asn1::picture),
    target("index", words::index),
    target("trust_list", words::trust_list),
    target("signed_report", words::signed_report),
    target("record", words::record),
    target("verify", verdict::bytes),
    target("verify_parts", verdict::parts),
];

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}
