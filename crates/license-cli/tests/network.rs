//! `--tsa`, `--fetch` and `license renew` from the command line to the file, against services on the loopback interface.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use desk::{license_in, plain_pdf};
use serde_json::Value;
use tempfile::TempDir;
use tests::peers;
use tests::places::{self, fixture};
use tests::services::{Fault, Service, Services};

struct Desk {
    services: Services,
    folder: TempDir,
}

impl Desk {
    fn new() -> Option<Desk> {
        let services = Services::start()?;
        let folder = tempfile::tempdir().unwrap();
        fs::copy(services.folder().join("root.pem"), folder.path().join("root.pem")).unwrap();
        fs::copy(fixture("ofd-samples/v4-invoice-valid.ofd"), folder.path().join("invoice.ofd")).unwrap();
        fs::write(folder.path().join("plain.pdf"), plain_pdf()).unwrap();
        places::deployment(&folder.path().join("pki"));
        Some(Desk { services, folder })
    }

    fn license(&self, args: &[&str]) -> (i32, String) {
        license_in(self.folder.path(), args).whole()
    }

    fn done(&self, args: &[&str]) -> String {
        let (code, said) = self.license(args);
        assert_eq!(code, 0, "{args:?}: {said}");
        said
    }

    fn tsa(&self) -> String {
        self.services.url(Service::TimeStamp)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn key(&self) -> String {
        self.services.folder().join("keys/signer.key.pem").to_str().unwrap().to_owned()
    }
}

fn path(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

#[test]
fn a_seal_and_a_plain_signature_are_stamped_where_their_standards_say() {
    let Some(desk) = Desk::new() else { return };
    let (esl, key, tsa) =
        (path("pki/seals/11340100MB1D00012R.esl"), "pki/keys/11340100MB1D00012R-seal.key.pem", desk.tsa());
    let stamped = ["--key", key, "--tsa", &tsa, "--tsa-trust", "root.pem", "--tsa-policy", "1.2.3.4.5"];
    let apply = [&["seal", "apply", "invoice.ofd", "--seal", &esl, "--at", "1,10,10"][..], &stamped].concat();
    desk.done(&[&apply[..], &["--out", "sealed.ofd"]].concat());
    let facts = ofd::inspect_bytes(&desk.read("sealed.ofd"), &ofd::Budget::default()).unwrap();
    let value = facts.signatures.last().unwrap().value.as_ref().unwrap();
    let seal = eseal::SealSignature::from_der(&value.open()).unwrap();
    let token = pki::tsp::TimeStampToken::from_der(seal.time_stamp().unwrap()).unwrap();
    token.verify(|function| function.digest(seal.signature())).unwrap();
    // GB/T 20520 stamps SM3 digests; the policy is the one that was asked for.
    assert_eq!(token.info().imprint.as_ref().unwrap().algorithm(), pki::DigestAlgorithm::Sm3);
    assert_eq!(token.info().policy.to_string(), "1.2.3.4.5");

    let sign = [&["seal", "sign", "invoice.ofd"][..], &stamped, &["--integrity", "--out", "signed.ofd"]].concat();
    desk.done(&sign);
    let facts = ofd::inspect_bytes(&desk.read("signed.ofd"), &ofd::Budget::default()).unwrap();
    let value = facts.signatures.last().unwrap().value.as_ref().unwrap();
    let cms = pki::cms::SignedData::from_der(&value.open()).unwrap();
    let has = |attribute: &pki::cms::CmsAttribute| attribute.oid == pki::oid::SIGNATURE_TIME_STAMP;
    assert!(cms.signers[0].unsigned_attributes.iter().any(has));
    assert_eq!(desk.services.asked(Service::TimeStamp), 3, "seal, signature, list of all files");

    // No stamp, no document; the reason names the service.
    desk.services.play(Service::TimeStamp, Fault::WrongNonce);
    let (code, said) = desk.license(&[&apply[..], &["--out", "none.ofd"]].concat());
    assert!(code == 1 && said.contains("127.0.0.1: the nonce is not the one that was sent"), "{code} {said}");
    assert!(!desk.folder.path().join("none.ofd").exists());
}

#[test]
fn a_pdf_is_signed_to_b_lta_in_one_call_and_the_strict_peer_agrees_from_the_file_alone() {
    let Some(desk) = Desk::new() else { return };
    let (key, tsa, host) = (desk.key(), desk.tsa(), desk.services.host());
    let net = ["--tsa", &tsa, "--trust", "root.pem", "--fetch-from", &host];
    let sign = ["pdf", "sign", "plain.pdf", "--key", &key, "--level", "B-LTA", "--out", "lta.pdf"];
    desk.done(&[&sign[..], &net].concat());
    judged(&desk, "lta.pdf");
    // And once more, years later: an archive time-stamp over the archive.
    desk.done(&[&["pdf", "augment", "lta.pdf", "--out", "again.pdf"][..], &net].concat());
    judged(&desk, "again.pdf");
    // From the file alone our own verifier knows everything, too.
    let asked = [Service::Ocsp, Service::Crl, Service::RootCrl].map(|service| desk.services.asked(service));
    let (_, said) = desk.license(&["verify", "again.pdf", "--trust", "root.pem", "--revocation", "hard", "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["integrity"], "intact", "{said}");
    assert_eq!(report["signatures"][0]["revocation"]["state"], "good", "{said}");
    assert_eq!([Service::Ocsp, Service::Crl, Service::RootCrl].map(|service| desk.services.asked(service)), asked);

    // What cannot be fetched is named, and there is no file.
    for service in [Service::Ocsp, Service::Crl] {
        desk.services.play(service, Fault::Garbage);
    }
    let sign = ["pdf", "sign", "plain.pdf", "--key", &key, "--level", "B-LT", "--out", "none.pdf"];
    let (code, said) = desk.license(&[&sign[..], &net].concat());
    assert!(code != 0 && said.contains("not fetched") && said.contains("no OCSP answer"), "{code} {said}");
    assert!(!desk.folder.path().join("none.pdf").exists());
}

/// pyHanko with hard-fail, what it needs taken from the file; qpdf for the structure.
fn judged(desk: &Desk, name: &str) {
    let file = desk.folder.path().join(name);
    let trust = desk.folder.path().join("root.pem").to_str().unwrap().to_owned();
    let args = ["--trust", &trust, "--tsa-trust", &trust, "--require-level", "B-LTA", "--revocation", "hard-fail"];
    if let Some(said) = peers::check_pdf_signature(&file, args) {
        assert!(said.ok(), "{name}: {}\n{}", said.text(), said.err);
    }
    if let Some(said) = peers::qpdf_check(&file) {
        assert!(said.ok(), "{name}: {}", said.err);
    }
}

/// The level that our report tells is the one that the strict peer finds: it accepts that and all below, and none above.
#[test]
fn each_level_is_told_as_the_strict_peer_finds_it() {
    let Some(desk) = Desk::new() else { return };
    let (key, tsa, host) = (desk.key(), desk.tsa(), desk.services.host());
    let net = ["--tsa", &tsa, "--trust", "root.pem", "--fetch-from", &host];
    let levels = ["B-B", "B-T", "B-LT", "B-LTA"];
    for level in levels {
        let out = format!("{level}.pdf");
        let more = if level == "B-B" { &[][..] } else { &net };
        desk.done(&[&["pdf", "sign", "plain.pdf", "--key", &key, "--level", level, "--out", &out][..], more].concat());
    }
    desk.done(&[&["pdf", "augment", "B-B.pdf", "--level", "B-T", "--out", "late.pdf"][..], &net].concat());
    desk.done(&[&["pdf", "augment", "late.pdf", "--level", "B-LT", "--out", "later.pdf"][..], &net].concat());
    desk.done(&[&["pdf", "augment", "later.pdf", "--out", "last.pdf"][..], &net].concat());
    desk.done(&[&["pdf", "augment", "last.pdf", "--out", "renewed.pdf"][..], &net].concat());
    let trust = desk.folder.path().join("root.pem").to_str().unwrap().to_owned();
    for (file, expected) in
        [("B-B", 0), ("B-T", 1), ("B-LT", 2), ("B-LTA", 3), ("late", 1), ("later", 2), ("last", 3), ("renewed", 3)]
    {
        let name = format!("{file}.pdf");
        let (_, said) = desk.license(&["verify", &name, "--trust", "root.pem", "--json"]);
        let report: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(report["signatures"][0]["level"], levels[expected], "{name}: {said}");
        let (_, said) = desk.license(&["verify", &name, "--trust", "root.pem"]);
        assert!(said.contains(&format!("level {} (PAdES", levels[expected])), "{said}");
        for (at, level) in levels.iter().enumerate() {
            let args = ["--trust", &trust, "--tsa-trust", &trust, "--require-level", level];
            let Some(said) = peers::check_pdf_signature(&desk.folder.path().join(&name), args) else { return };
            let below = said.text().contains("level-below");
            assert_eq!(below, at > expected, "{name} {level}: {}\n{}", said.text(), said.err);
        }
    }
}

/// A stamp that nobody here believes makes a signature that passes into one of unknown time: refused unless asked for.
#[test]
fn a_stamp_of_a_service_that_is_not_trusted_is_not_put_into_a_good_file() {
    let Some(desk) = Desk::new() else { return };
    let (key, tsa) = (desk.key(), desk.tsa());
    let other = desk.folder.path().join("other.pem");
    fs::copy(fixture("pki/trust/root-p256.pem"), &other).unwrap();
    desk.done(&["pdf", "sign", "plain.pdf", "--key", &key, "--out", "good.pdf"]);
    let other = other.to_str().unwrap();
    let augment = ["pdf", "augment", "good.pdf", "--level", "B-T", "--tsa", &tsa, "--out", "t.pdf", "--trust", other];
    let (code, said) = desk.license(&augment);
    assert!(code != 0 && said.contains("chains to no root in --trust") && said.contains("--untrusted-tsa"), "{said}");
    assert!(!desk.folder.path().join("t.pdf").exists());
    desk.done(&[&augment[..], &["--untrusted-tsa"]].concat());
    let sign = ["pdf", "sign", "plain.pdf", "--key", &key, "--level", "B-T", "--tsa", &tsa, "--out", "s.pdf"];
    let (code, said) = desk.license(&[&sign[..], &["--trust", other]].concat());
    assert!(code != 0 && said.contains("chains to no root in --trust"), "{said}");
    desk.done(&[&sign[..], &["--trust", "root.pem"]].concat());
}

#[test]
fn verification_fetches_what_it_lacks_where_it_may() {
    let Some(desk) = Desk::new() else { return };
    let (key, host) = (desk.key(), desk.services.host());
    desk.done(&["pdf", "sign", "plain.pdf", "--key", &key, "--out", "b.pdf"]);
    let state = |more: &[&str]| {
        let verify = ["verify", "b.pdf", "--trust", "root.pem", "--revocation", "hard", "--json"];
        let (_, said) = desk.license(&[&verify[..], more].concat());
        let line = said.lines().find(|line| line.starts_with('{')).unwrap();
        let report: Value = serde_json::from_str(line).unwrap();
        (report["signatures"][0]["revocation"]["state"].as_str().unwrap().to_owned(), said)
    };
    let (alone, _) = state(&[]);
    assert_ne!(alone, "good");
    assert_eq!(desk.services.asked(Service::Ocsp), 0, "nobody is asked without leave");
    // The loopback interface is not the public network.
    let (public, said) = state(&["--fetch"]);
    assert!(public != "good" && said.contains("127.0.0.1 is not on the public network"), "{said}");
    assert_eq!(desk.services.asked(Service::Ocsp), 0);
    let (fetched, said) = state(&["--fetch-from", &host, "--fetch-cache", "kept"]);
    assert_eq!(fetched, "good", "{said}");
    let asked = desk.services.asked(Service::Ocsp);
    assert_eq!(state(&["--fetch-from", &host, "--fetch-cache", "kept"]).0, "good");
    assert_eq!(desk.services.asked(Service::Ocsp), asked, "kept in the folder");
    desk.services.authority().revoke("signer", time::OffsetDateTime::now_utc() - time::Duration::DAY);
    assert_eq!(state(&["--fetch-from", &host]).0, "revoked");
}

#[test]
fn secrets_come_from_files_and_are_not_told() {
    let Some(desk) = Desk::new() else { return };
    let secret = desk.folder.path().join("secret");
    fs::write(&secret, "office:geheim\n").unwrap();
    let key = desk.key();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let open = ["pdf", "sign", "plain.pdf", "--key", &key, "--level", "B-T", "--out", "t.pdf", "--tsa"];
    let (code, said) = desk.license(&[&open[..], &["https://192.0.2.1/tsa", "--tsa-credentials", "secret"]].concat());
    assert!(code == 3 && said.contains("chmod 600"), "{said}");
    places::own(&secret);
    let sign = ["pdf", "sign", "plain.pdf", "--key", &key, "--level", "B-T", "--out", "t.pdf", "--tsa"];
    let (code, said) = desk.license(&[&sign[..], &["http://192.0.2.1/tsa", "--tsa-credentials", "secret"]].concat());
    assert!(code != 0 && said.contains("credentials are sent over https only"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
    let (code, said) = desk.license(&[&sign[..], &["http://office:geheim@192.0.2.1/"]].concat());
    assert!(code == 3 && said.contains("does not belong in an address") && !said.contains("geheim"), "{said}");
    let (code, said) = desk.license(&[&sign[..], &["ftp://x/"]].concat());
    assert!(code == 3 && said.contains("only http and https"), "{said}");
}

#[test]
fn a_register_is_renewed_from_the_command_line() {
    let Some(desk) = Desk::new() else { return };
    let data = desk.folder.path().join("data");
    places::deployment(&data);
    let (code, said) = desk.license(&["renew", "--data", "data", "--list"]);
    assert!(
        code == 3 && said.contains("names no time-stamp service") && said.contains("docs/formats/office.md"),
        "{said}"
    );
    let office = fs::read_to_string(data.join("office.toml")).unwrap();
    let section = format!(
        "{office}\n[time_stamp]\nlevel = \"B-T\"\nat_issue = \"never\"\ngrace_minutes = 0\nroots = [\"../root.pem\"]\n\
         [[time_stamp.service]]\nname = \"loopback\"\nurl = \"{}\"\nquota = 2\n",
        desk.tsa()
    );
    fs::write(data.join("office.toml"), section).unwrap();
    let record = fs::read_to_string(fixture("../templates/business-license/sample.json")).unwrap();
    let mut record: Value = serde_json::from_str(&record).unwrap();
    record.as_object_mut().unwrap().remove("issuing_authority");
    fs::write(desk.folder.path().join("record.json"), record.to_string()).unwrap();
    let issue = ["issue", "record.json", "--type", "business-license", "--data", "data", "--out", "out"];
    let (code, said) = desk.license(&issue);
    assert_eq!(code, 0, "{said}");
    let said = desk.done(&["renew", "--data", "data", "--list"]);
    assert!(said.contains("is at level B-B, not B-T") && said.contains("1 document due"), "{said}");
    let said = desk.done(&["renew", "--data", "data"]);
    assert!(said.contains("1 document renewed of 1 license looked at"), "{said}");
    assert!(said.contains("loopback: 1 asked, 1 granted, 0 failed, 1 left in its quota"), "{said}");
    let said = desk.done(&["renew", "--data", "data", "--list"]);
    assert!(said.contains("0 documents due"), "{said}");
    // In ten years the service's certificate has run out: with enough of a view ahead, that shows today.
    let said = desk.done(&["renew", "--data", "data", "--list", "--within", "4000"]);
    assert!(said.contains("Test Time Stamps") && said.contains("1 document due"), "{said}");
    desk.done(&["fsck", "--data", "data"]);
}
