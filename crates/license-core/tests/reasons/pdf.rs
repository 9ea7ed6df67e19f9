//! The PDF: structure, byte ranges, later revisions, CMS.

use license_core::verify::Reason;
use pki::asn1::{self, tag};
use pki::cms::CmsOptions;
use pki::{Digest, Signer as _, SoftSigner, oid};
use time::{Duration, OffsetDateTime};

use super::Case;
use super::verify_support::forge::{self, CmsParts, attribute, find, usual_attributes};
use super::verify_support::recipe::{Recipe, pades, sign_pdf, with_options};
use super::verify_support::stamps::{STAMPED, court, services, signed_attributes, token};
use super::verify_support::{HOUSING, ISSUED, JUDGED, good, signer};

pub fn cases() -> Vec<Case> {
    let mut cases = structure();
    cases.extend(revisions());
    cases.extend(cms());
    cases
}

/// Nothing could be read of it.
const NOTHING: [Reason; 5] = [
    Reason::PdfUnreadable,
    Reason::PdfStructure,
    // Whether it is signed cannot be told: that is not the same as unsigned.
    Reason::CheckNotPossible,
    Reason::RecordMissing,
    Reason::IndexMissing,
];

const HOUR: Duration = Duration::HOUR;

fn structure() -> Vec<Case> {
    let good = good().pdf();
    let mut head = good.to_vec();
    head[0] = b'x';
    let gap = find(good, b"/Contents<").unwrap() + 10;
    let end = gap + good[gap..].iter().position(|byte| *byte == b'>').unwrap();
    let mut padding = good.to_vec();
    padding[end - 1] = b'1';
    let mut case = good.to_vec();
    let letter = gap + case[gap..end].iter().position(u8::is_ascii_lowercase).unwrap();
    case[letter] = case[letter].to_ascii_uppercase();
    let recipe = Recipe::of(super::verify_support::good());
    let undated = forge::replace(&recipe.pdf_unsigned(), b"/M(D:", b"/M(X:");
    let undated = sign_pdf(undated, &recipe.document_signer, &|digest, own| pades(digest, own));
    vec![
        Case::file("a head and no more", b"%PDF-1.7\n", &NOTHING),
        Case::file("cut off", &good[..good.len() / 2], &NOTHING),
        Case::file("a damaged head", head, &NOTHING),
        Case::file(
            "bytes behind",
            [good, b"x"].concat(),
            &[Reason::PdfStructure, Reason::RecordMissing, Reason::IndexMissing],
        ),
        Case::file("never signed", Recipe::of(super::verify_support::good()).pdf_plain(), &[Reason::PdfUnsigned]),
        Case::file(
            "a place for a signature, empty",
            Recipe::of(super::verify_support::good()).pdf_unsigned(),
            &[Reason::PdfByteRange, Reason::PdfUncovered, Reason::CmsStructure],
        ),
        Case::file("a date of signing that is none", undated, &[Reason::CmsStructure]),
        Case::file("something behind the signature value", padding, &[Reason::PdfByteRange]),
        Case::file("a digit in the other case", case, &[Reason::CmsStructure]),
    ]
}

fn revisions() -> Vec<Case> {
    let good = good().pdf();
    let page = forge::objects_with(good, &["/Type/Page/"])[0];
    let content = forge::object(good, page);
    let page_changed = forge::append_update(good, &[(page, content.replace("/Parent", "/Rotate 180/Parent"))]);
    let nothing = forge::append_update(good, &[]);
    let stray = forge::append_update(good, &[(900, "<</Type/Example>>".to_owned())]);
    vec![
        Case::file(
            "a page turned",
            page_changed,
            &[Reason::PdfChangedAfter, Reason::PdfUncovered, Reason::FaceHidden, Reason::IndexNotShown],
        ),
        Case::file("a revision that changes nothing", nothing, &[Reason::PdfUncovered]),
        Case::file(
            "an object that waits",
            stray,
            &[Reason::PdfChangedAfter, Reason::PdfUncovered, Reason::PdfStructure],
        ),
    ]
}

fn cms() -> Vec<Case> {
    let recipe = Recipe::of(good());
    let made = |make: &dyn Fn(&Digest, &SoftSigner) -> Vec<u8>| recipe.pdf_with(make);
    let structure = &[Reason::CmsStructure];
    let plain_pdf = forge::replace(&recipe.pdf_unsigned(), b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached");
    let old_pdf = forge::replace(&recipe.pdf_unsigned(), b"/ETSI.CAdES.detached", b"/adbe.pkcs7.sha1    ");
    let unknown_pdf = forge::replace(&recipe.pdf_unsigned(), b"/ETSI.CAdES.detached", b"/ETSI.CAdES.attached");
    let by_hand = |parts: &dyn Fn(&Digest, &SoftSigner) -> CmsParts| {
        made(&|digest, signer| forge::cms(signer, &parts(digest, signer)))
    };
    let chain = |signer: &SoftSigner| signer.chain().iter().map(|one| one.der().to_vec()).collect::<Vec<_>>();
    let usual = |digest: &Digest, signer: &SoftSigner| CmsParts {
        signed: signed_attributes(digest, signer),
        certificates: chain(signer),
        ..CmsParts::default()
    };
    let without_name =
        by_hand(&|digest, signer| CmsParts { signed: usual_attributes(digest), ..usual(digest, signer) });
    let unsigned = by_hand(&|digest, signer| CmsParts {
        unsigned: vec![attribute(&oid::SIGNATURE_TIME_STAMP, &asn1::sequence(&[&asn1::null()]))],
        ..usual(digest, signer)
    });
    let unknown = by_hand(&|digest, signer| CmsParts {
        unsigned: vec![attribute(&oid::SIGNING_TIME, &asn1::sequence(&[&asn1::null()]))],
        ..usual(digest, signer)
    });
    let enclosing =
        by_hand(&|digest, signer| CmsParts { content: Some(b"something".to_vec()), ..usual(digest, signer) });
    let stranger = by_hand(&|digest, own| {
        let mut parts = usual(digest, own);
        parts.certificates.push(signer(&format!("{HOUSING}-document")).certificate().der().to_vec());
        parts
    });
    let protected = by_hand(&|digest, signer| {
        let mut parts = usual(digest, signer);
        let other = asn1::sequence(&[&asn1::oid(&oid::SHA512)]);
        let value = asn1::sequence(&[&other, &asn1::tlv(tag::context(1), &[&asn1::oid(&oid::ECDSA_SHA384)])]);
        parts.signed.push(attribute(&oid::ALGORITHM_PROTECTION, &value));
        parts
    });
    let called = |digest: &str, algorithm: &str| {
        let called = [digest, algorithm].map(pki::ObjectIdentifier::new_unwrap);
        by_hand(&|digest, signer| CmsParts { called: Some(called), ..usual(digest, signer) })
    };
    let md5 = called("1.2.840.113549.2.5", "1.2.840.113549.1.1.4");
    let ed448 = called("2.16.840.1.101.3.4.2.12", "1.3.101.113");
    let of_another_digest = called("2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.2");
    let of_other_key = made(&|digest, own| {
        let mut der = pades(digest, own);
        // The last bytes are the signature value; another value of the same form.
        let forged = pades(&pki::DigestAlgorithm::Sha256.digest(b"x"), own);
        let at = der.len() - 20;
        let from = forged.len() - 20;
        der[at..].copy_from_slice(&forged[from..]);
        der
    });
    let of_other_bytes = made(&|_, own| pades(&pki::DigestAlgorithm::Sha256.digest(b"another document"), own));
    let with_time = made(&|digest, own| with_options(digest, own, &CmsOptions::cades(ISSUED)));
    // What the signer had stamped before: the content, or something else, before or after the signature was stamped.
    let content_stamp = |of: &dyn Fn(&Digest) -> Digest, at: OffsetDateTime, stamped: Option<OffsetDateTime>| {
        by_hand(&|digest, signer| {
            let mut parts = CmsParts { stamped, ..usual(digest, signer) };
            let token = token(&of(digest), &services().first, at);
            parts.signed.push(attribute(&oid::CONTENT_TIME_STAMP, &token));
            parts
        })
    };
    let (own, other) = (|digest: &Digest| *digest, |_: &Digest| pki::DigestAlgorithm::Sha256.digest(b"another"));
    let archive_stamp = by_hand(&|digest, signer| CmsParts {
        unsigned: vec![attribute(&oid::ARCHIVE_TIME_STAMP_V3, &token(&other(digest), &services().first, ISSUED))],
        ..usual(digest, signer)
    });
    let no_token = by_hand(&|digest, signer| {
        let mut parts = usual(digest, signer);
        parts.signed.push(attribute(&oid::CONTENT_TIME_STAMP, &asn1::sequence(&[&asn1::null()])));
        parts
    });
    let out_of_order = by_hand(&|digest, signer| {
        let mut parts = usual(digest, signer);
        parts.signed.sort();
        parts.signed.reverse();
        CmsParts { unsorted: true, ..parts }
    });
    let listing = |listed: Vec<pki::DigestAlgorithm>| {
        by_hand(&|digest, signer| CmsParts { listed: Some(listed.clone()), ..usual(digest, signer) })
    };
    assert_eq!(
        super::verify_support::judge(&by_hand(&usual)).verdict,
        super::Verdict::Passed,
        "by hand as by the library"
    );
    vec![
        Case::file(
            "a plain CMS",
            sign_pdf(plain_pdf, &recipe.document_signer, &|digest, own| pades(digest, own)),
            structure,
        ),
        Case::file(
            "an old form",
            sign_pdf(old_pdf, &recipe.document_signer, &|digest, own| pades(digest, own)),
            structure,
        ),
        Case::file(
            "an unknown form",
            sign_pdf(unknown_pdf, &recipe.document_signer, &|digest, own| pades(digest, own)),
            structure,
        ),
        Case::file("no certificate named under the signature", without_name, structure),
        Case::file("a time-stamp that is none", unsigned, &[Reason::TimeStampMalformed]),
        Case::file("another unsigned attribute", unknown, structure),
        Case::file("something enclosed", enclosing, structure),
        Case::file("a stranger's certificate", stranger, structure),
        Case::file("no CMS at all", made(&|_, _| vec![0x30, 0x03, 0x02, 0x01, 0x01]), structure),
        Case::file("signing-time as CAdES has it", with_time, &[]),
        Case::file("other algorithms under the signature", protected, &[Reason::CmsAlgorithm]),
        Case::file("an algorithm of the past", md5, &[Reason::AlgorithmWeak, Reason::CmsStructure]),
        Case::file(
            "an algorithm that no library here knows",
            ed448,
            &[Reason::AlgorithmUnsupported, Reason::CmsStructure],
        ),
        Case::file("algorithms that do not go together", of_another_digest, &[Reason::CmsAlgorithm, Reason::CmsDigest]),
        Case::file("the content stamped before", content_stamp(&own, ISSUED, None), &[]),
        Case::file("other content stamped before", content_stamp(&other, ISSUED, None), &[Reason::TimeStampContent]),
        Case::file("a content stamp that is none", no_token, &[Reason::TimeStampContent]),
        Case::file("the content stamped, then the signature", content_stamp(&own, ISSUED, Some(STAMPED)), &[])
            .before(court(JUDGED)),
        Case::file(
            "the signature stamped before its content",
            content_stamp(&own, STAMPED + HOUR, Some(STAMPED)),
            &[Reason::TimeOrder],
        )
        .before(court(JUDGED)),
        Case::file(
            "an archive time-stamp of CAdES over something else",
            archive_stamp,
            &[Reason::TimeStampIgnored, Reason::CmsStructure],
        ),
        Case::file("signed attributes out of order", out_of_order, structure),
        Case::file("no digest listed", listing(Vec::new()), structure),
        Case::file("another digest listed", listing(vec![pki::DigestAlgorithm::Sha512]), structure),
        Case::file("another signature value", of_other_key, &[Reason::CmsSignature]),
        Case::file("the signature of another document", of_other_bytes, &[Reason::CmsDigest]),
    ]
}
