//! Issued OFDs as strangers see them: two readers, unzip, OpenSSL and gmssl judge every type and face.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::collections::BTreeMap;
use std::fs;

use eseal::{Facts, SealSignature};
use tests::issued::{self, ISSUED_AT, License};
use tests::peers::{self, DigestVerdict};
use tests::places::fixture;
use tests::printed::{on_the_face, running, squeezed};

/// Largest A4 document with one page.
const A4_OFD: usize = 130 * 1024;

#[test]
fn the_package_is_a_sound_zip() {
    for license in issued::all() {
        let Some(said) = peers::unzip_test(license.ofd_file().path()) else { return };
        assert!(said.ok() && said.err.is_empty(), "{}: {}{}", license.name, said.text(), said.err);
        assert!(said.text().contains("No errors detected"), "{}", said.text());
    }
}

#[test]
fn a12_b2_two_readers_find_the_text_of_the_record() {
    for license in issued::all() {
        let painted = peers::ofd_painted_text(&license.ofd);
        let text = running(&painted.iter().map(|texts| texts.concat()).collect::<Vec<_>>());
        for printed in on_the_face(license) {
            let found = printed.spellings.iter().any(|spelling| text.contains(spelling));
            assert!(found, "{}: {printed:?} is not in\n{text}", license.name);
        }
        let Some(read) = peers::ofd_text(license.ofd_file().path()) else { continue };
        let pages = |pages: &[Vec<String>]| pages.iter().map(|texts| squeezed(&texts.concat())).collect::<Vec<_>>();
        assert_eq!(pages(&read), pages(&painted), "{}: ofdkit and ofd-core", license.name);
    }
}

/// What is no value, label or fixed word of the type has no business on the face.
#[test]
fn a12_nothing_else_is_drawn() {
    for license in issued::all() {
        let pages = peers::ofd_painted_text(&license.ofd);
        if pages.len() > 1 {
            continue; // the face shows a part of the value, and says so
        }
        let mut printed: Vec<String> = on_the_face(license).into_iter().flat_map(|one| one.spellings).collect();
        printed.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let text = squeezed(&pages.concat().concat());
        let rest = printed.iter().fold(text, |text, known| text.replace(known.as_str(), "|"));
        assert_eq!(rest.replace('|', ""), "", "{}", license.name);
    }
}

#[test]
fn a12_both_formats_show_the_same_text() {
    for license in issued::all() {
        let ofd = peers::ofd_painted_text(&license.ofd);
        let Some(pdf) = peers::pdf_pages(license.pdf_file().path()) else { return };
        assert_eq!(pdf.len(), ofd.len(), "{}: pages", license.name);
        for (page, (pdf, ofd)) in pdf.iter().zip(&ofd).enumerate() {
            assert_eq!(squeezed(pdf), squeezed(&ofd.concat()), "{}: page {}", license.name, page + 1);
        }
    }
}

#[test]
fn b9_a12_the_metadata_are_those_of_the_record() {
    for license in issued::all() {
        let Some(info) = peers::ofd_info(license.ofd_file().path()) else { return };
        let (core, custom) = (&license.record["core"], &info["custom_data"]);
        assert_eq!(info["title"], core["ZZMC"], "{}", license.name);
        assert_eq!(info["author"], core["ZZBFJG"], "{}", license.name);
        for key in ["ZZMC", "ZZLXDM", "ZZBH", "ZZBS", "ZZBFJG", "ZZBFJGDM", "ZZBFRQ", "ZZYXQQSRQ"] {
            assert!(core[key].is_string() && custom[key] == core[key], "{}: {key} is {}", license.name, custom[key]);
        }
        let names: Vec<&str> = core["CZZT"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(custom["CZZT"], names.join(","), "{}", license.name);
        let until = core["ZZYXQJZRQ"].as_str().unwrap_or("长期");
        assert_eq!(custom["ZZYXQJZRQ"], until, "{}", license.name);
        for item in license.items() {
            let (name, value) = (item["name"].as_str().unwrap(), &item["value"]);
            let private = item["hidden"] == true && item["mask"].is_string();
            if private && !name.starts_with("CZZT") {
                assert!(custom[name].is_null(), "{}: {name} is personal and not on the face", license.name);
            } else if name.starts_with("KZ_") && value.is_string() {
                assert_eq!(&custom[name], value, "{}: {name}", license.name);
            }
        }
    }
}

/// GB 11643 numbers of persons stand in the record alone, never in metadata that every file manager shows.
#[test]
fn numbers_of_persons_are_not_in_the_metadata() {
    let mut seen = 0;
    for license in issued::all() {
        let xml = String::from_utf8(peers::ofd_files(&license.ofd)["OFD.xml"].clone()).unwrap();
        let xmp = peers::pdf_xmp(license.pdf_file().path()).unwrap_or_default();
        for number in license.items().iter().filter(|item| item["mask"] == "id").map(|item| item["value"].as_str()) {
            for one in number
                .unwrap()
                .split(['、', ','])
                .filter(|one| one.len() == 18 && one.starts_with(['1', '2', '3', '4', '5', '6']))
            {
                seen += 1;
                assert!(!xml.contains(one) && !xmp.contains(one), "{}: {one}", license.name);
            }
        }
    }
    assert!(seen >= 3, "the samples hold numbers of persons");
}

#[test]
fn a12_record_and_index_travel_inside() {
    for license in issued::all() {
        let files = peers::ofd_files(&license.ofd);
        assert_eq!(files["Doc_0/Attachs/license-record.json"], license.stored.record, "{}", license.name);
        let index = license.stored.index_token.as_bytes();
        assert_eq!(files["Doc_0/Attachs/license-index.txt"], index, "{}", license.name);
        let list = String::from_utf8_lossy(&files["Doc_0/Attachs/Attachments.xml"]).into_owned();
        assert!(list.contains("license-record.json") && list.contains("license-index.txt"), "{list}");
    }
}

#[test]
fn b3_ofd_core_recomputes_every_digest() {
    for license in issued::all() {
        let files = peers::ofd_files(&license.ofd);
        let said = peers::ofd_digests(&license.ofd);
        assert!(said.problems.is_empty(), "{}: {:?}", license.name, said.problems);
        // All but Signature.xml and SignedValue.dat, which cannot be under themselves.
        assert_eq!(said.signatures, [(files.len() - 2, DigestVerdict::Valid)], "{}", license.name);
    }
}

#[test]
fn b3_openssl_and_gmssl_verify_both_signatures_of_the_seal() {
    for license in issued::all() {
        let seal = seal_of(license);
        let (signer, maker) = (seal.signer().unwrap(), seal.seal().maker().unwrap());
        for (who, certificate, message, signature) in [
            ("signer", &signer, seal.to_be_signed(), seal.signature()),
            ("seal maker", &maker, seal.seal().to_be_signed(), seal.seal().signature()),
        ] {
            let Some(good) = peers::openssl_sm2_verify(certificate.der(), message, signature) else { return };
            assert!(good, "{}: OpenSSL refuses the {who}'s signature", license.name);
            let mut other = message.to_vec();
            *other.last_mut().unwrap() ^= 1;
            assert_eq!(peers::openssl_sm2_verify(certificate.der(), &other, signature), Some(false), "{who}");
            let spki = certificate.spki_der();
            let point = &spki[spki.len() - 65..];
            let Some(good) = peers::gmssl_sm2_verify(point, message, signature) else { continue };
            assert!(good, "{}: gmssl refuses the {who}'s signature", license.name);
        }
    }
}

#[test]
fn b3_data_hash_is_the_sm3_of_signature_xml() {
    for license in issued::all() {
        let seal = seal_of(license);
        let (path, xml) = signature_xml(&peers::ofd_files(&license.ofd));
        assert_eq!(seal.property_info().trim_start_matches('/'), path, "{}", license.name);
        let Some(openssl) = peers::openssl_sm3(&xml) else { return };
        assert_eq!(seal.data_hash(), openssl, "{}", license.name);
        let Some(gmssl) = peers::gmssl_sm3(&xml) else { continue };
        assert_eq!(gmssl, openssl.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
}

#[test]
fn b4_openssl_finds_the_path_from_the_seal_to_the_root() {
    let root = fs::read_to_string(fixture("pki/trust/root-sm2.pem")).unwrap();
    let other_root = fs::read_to_string(fixture("pki/trust/root-p256.pem")).unwrap();
    let at = ISSUED_AT.unix_timestamp();
    for license in issued::all() {
        let seal = seal_of(license);
        let chain =
            String::from_utf8(peers::ofd_files(&license.ofd)["Doc_0/Attachs/license-chain.pem"].clone()).unwrap();
        let chain: Vec<&str> = chain.split_inclusive("-----END CERTIFICATE-----\n").collect();
        for certificate in [seal.signer().unwrap(), seal.seal().maker().unwrap()] {
            let leaf = certificate.to_pem();
            let Some(found) = path(&leaf, &chain, &root, at) else { return };
            assert!(found, "{}: no path for {}", license.name, certificate.subject());
            assert_eq!(path(&leaf, &chain, &other_root, at), Some(false), "{}", license.name);
            assert_eq!(
                path(&leaf, &chain, &root, at + 30 * 366 * 86_400),
                Some(false),
                "{}: in thirty years",
                license.name
            );
        }
    }
}

/// Whether link after link leads from a certificate to the root.
fn path(certificate: &str, chain: &[&str], root: &str, at: i64) -> Option<bool> {
    let mut from = certificate;
    for _ in 0..=chain.len() {
        if peers::openssl_issued(from, root, at)? {
            return Some(true);
        }
        match chain.iter().find(|next| **next != from && peers::openssl_issued(from, next, at) == Some(true)) {
            Some(next) => from = next,
            None => break,
        }
    }
    Some(false)
}

#[test]
fn a4_documents_are_small() {
    for license in issued::all().iter().filter(|license| license.size_mm(1) == [297.0, 210.0]) {
        eprintln!("{}: OFD {} bytes", license.name, license.ofd.len());
        if !license.name.contains("long") {
            assert!(license.ofd.len() <= A4_OFD, "{}: {} bytes", license.name, license.ofd.len());
        }
    }
}

fn signature_xml(files: &BTreeMap<String, Vec<u8>>) -> (String, Vec<u8>) {
    let mut found = files.iter().filter(|(name, _)| name.ends_with("/Signature.xml"));
    let (path, xml) = found.next().unwrap();
    assert!(found.next().is_none(), "one seal");
    (path.clone(), xml.clone())
}

fn seal_of(license: &License) -> Box<SealSignature> {
    let files = peers::ofd_files(&license.ofd);
    let value = files.iter().find(|(name, _)| name.ends_with("/SignedValue.dat")).unwrap().1;
    match eseal::inspect(value) {
        Facts::Seal(seal) => seal,
        other => panic!("{}: {other:?}", license.name),
    }
}
