//! `license seal`: a stranger's document is sealed, signed, closed; what cannot be sealed says why and leaves nothing.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::path::Path;
use std::sync::OnceLock;

use desk::license;
use pki::{Certificate, PrivateKey};
use tempfile::TempDir;
use tests::places;

const AT: [&str; 2] = ["--time", "2026-12-01T10:00:00+08:00"];

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// `license seal VERB FILE …`: exit code and what was said.
    fn seal(&self, verb: &str, file: &str, more: &[&str]) -> (i32, String) {
        license(&[&["seal", verb, file], more].concat()).whole()
    }

    fn facts(&self, name: &str) -> ofd::Facts {
        ofd::inspect_bytes(&std::fs::read(self.path(name)).unwrap(), &ofd::Budget::default()).unwrap()
    }
}

fn fixture(name: &str) -> String {
    places::fixture(name).to_str().unwrap().to_owned()
}

fn invoice() -> String {
    fixture("ofd-samples/v4-invoice-valid.ofd")
}

fn esl() -> String {
    fixture("pki/seals/11340100MB1D00012R.esl")
}

/// The test deployment, its secrets readable by their owner alone.
fn deployment() -> &'static Path {
    static COPY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let copy = COPY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        places::deployment(folder.path());
        folder
    });
    copy.path()
}

fn key() -> String {
    deployment().join("keys/11340100MB1D00012R-seal.key.pem").to_str().unwrap().to_owned()
}

#[test]
fn seals_follow_one_another_until_one_closes_the_document() {
    let desk = Desk::new();
    let (esl, key) = (esl(), key());
    let common = ["--seal", &esl, "--key", &key, AT[0], AT[1]];
    let (a, b, c) = (desk.path("a.ofd"), desk.path("b.ofd"), desk.path("c.ofd"));
    let first = [&common[..], &["--keyword", "合计", "--at", "1,150,80", "--more", "--out", &a]].concat();
    assert_eq!(desk.seal("apply", &invoice(), &first), (0, format!("{a}\n")));
    let second = [&common[..], &["--at", "1,10,10", "--out", &b]].concat();
    assert_eq!(desk.seal("apply", &a, &second).0, 0);
    let plain = ["--key", &key, AT[0], AT[1], "--out", &c];
    assert_eq!(desk.seal("sign", &a, &plain).0, 0);
    for (name, stamps) in [("b.ofd", [2, 1]), ("c.ofd", [2, 0])] {
        let facts = desk.facts(name);
        let [_, one, two] = &facts.signatures[..] else { panic!("{name}") };
        assert_eq!([one.stamps.len(), two.stamps.len()], stamps);
        assert!(!one.covers_list && two.covers_list && two.uncovered.is_empty());
    }
    let (code, said) = desk.seal("apply", &b, &[&common[..], &["--at", "1,10,10", "--out", &c]].concat());
    assert!(code == 1 && said.contains("no further signature is possible"), "{said}");
}

#[test]
fn what_cannot_be_sealed_says_why_and_leaves_nothing() {
    let desk = Desk::new();
    let (esl, key, out) = (esl(), key(), desk.path("out.ofd"));
    let common = ["--seal", &esl, "--key", &key, "--out", &out, AT[0], AT[1]];
    for (more, code, says) in [
        (&["--keyword", "盖章"][..], 1, "the keyword \"盖章\" is not in the document"),
        (&["--keyword", "盖\u{1b}[2J章\u{202e}"], 1, r"盖\u001b[2J章\u202e"),
        (&["--at", "2,10,10"], 1, "there is no page 2: the document has 1"),
        (&["--at", "1,400,10"], 1, "reaches over the edge of page 1"),
        (&["--straddle"], 1, "needs at least two, not 1"),
        (&["--slot", "seal"], 1, "carries no license record"),
        (&[], 3, "where to?"),
        (&["--at", "1,10,10", "--ses", "5"], 3, "follows GB/T 38540-2020 (v4), not GM/T 0031-2025 (v5)"),
        (&["--at", "0,10,10"], 3, "pages are counted from 1"),
        (&["--at", "1,10,10", "--cert", "x.pem"], 3, "give --key or --cert, not both"),
    ] {
        let (found, said) = desk.seal("apply", &invoice(), &[&common[..], more].concat());
        assert!(found == code && said.contains(says), "{more:?}: {found} {said}");
        assert!(!Path::new(&out).exists());
    }
    let late = ["--seal", &esl, "--key", &key, "--out", &out, "--time", "2050-01-01T00:00:00Z", "--at", "1,10,10"];
    let (code, said) = desk.seal("apply", &invoice(), &late);
    assert!(code == 1 && said.contains("is not valid at 2050"), "{said}");
}

/// One call writes the message, a key that is elsewhere signs it, the same call completes.
#[test]
fn the_key_is_elsewhere() {
    let desk = Desk::new();
    let (esl, cert) = (esl(), key().replace(".key.pem", ".pem"));
    let (message, value, out) = (desk.path("message"), desk.path("value"), desk.path("out.ofd"));
    let same = ["--seal", &esl, "--cert", &cert, AT[0], AT[1], "--at", "1,10,10", "--out", &out];
    let (code, said) = desk.seal("apply", &invoice(), &[&same[..], &["--message", &message]].concat());
    assert!(code == 0 && said.contains("SM2"), "{said}");

    let password = std::fs::read_to_string(fixture("pki/keys/password")).unwrap();
    let pem = std::fs::read_to_string(key()).unwrap();
    let device = PrivateKey::from_encrypted_pem(&pem, password.trim().as_bytes()).unwrap();
    std::fs::write(&value, [0; 64]).unwrap();
    let complete = [&same[..], &["--signature", &value]].concat();
    let (code, said) = desk.seal("apply", &invoice(), &complete);
    assert!(code == 1 && said.contains("does not hold"), "{said}");
    std::fs::write(&value, device.sign(&std::fs::read(&message).unwrap()).unwrap()).unwrap();
    assert_eq!(desk.seal("apply", &invoice(), &complete).0, 0);
    let facts = desk.facts("out.ofd");
    let eseal::Facts::Seal(seal) = eseal::inspect(facts.signatures[1].value.as_ref().unwrap().bytes()) else {
        panic!("no seal")
    };
    let signer = Certificate::from_pem(&std::fs::read_to_string(&cert).unwrap()).unwrap();
    assert_eq!(seal.signer().unwrap(), signer);
}

/// GM/T 0099: `--integrity` closes the package; seals of other versions are made and applied.
#[test]
fn other_versions_and_the_list_of_all_files() {
    let desk = Desk::new();
    let key = key();
    for ses in ["1", "4", "5"] {
        let (esl, out) = (desk.path(&format!("{ses}.esl")), desk.path(&format!("{ses}.ofd")));
        let data = deployment().to_str().unwrap();
        let new = ["seal", "new", "--data", data, "--id", "33010000000009", "--name", "样例市", "--ses", ses];
        let made = license(&[&new[..], &["--issuer", "11340100MB1D00012R", "--out", &esl]].concat());
        assert_eq!(made.code, 0, "{}", made.err);
        // The seal shows who made it, in words.
        let shown = license(&["seal", "show", &esl]).out;
        assert!(shown.contains("seal maker's signature: holds") && shown.contains("Z to 20"), "{shown}");
        let more = ["--seal", &esl, "--key", &key, "--ses", ses, "--at", "1,10,10", "--integrity", "--out", &out];
        let (code, said) = desk.seal("apply", &invoice(), &more);
        assert_eq!(code, 0, "{said}");
        let facts = desk.facts(&format!("{ses}.ofd"));
        assert_eq!(facts.integrity.as_ref().map(|list| list.path.as_str()), Some("OFDEntries.xml"));
        let value = facts.signatures[1].value.as_ref().unwrap();
        let eseal::Facts::Seal(seal) = eseal::inspect(value.bytes()) else { panic!("no seal") };
        assert_eq!(seal.version().number().to_string(), ses);
    }
}

#[test]
fn an_ofd_becomes_ofd_a_before_it_is_sealed() {
    let desk = Desk::new();
    let run = |args: &[&str]| license(&[&["ofd-a"], args].concat()).whole();
    let (code, said) = run(&[&invoice()]);
    assert!(code == 1 && said.contains("GB/T 42133 6.2.1 a: doc type at OFD.xml"), "{said}");
    let (code, said) = run(&[&invoice(), "--out", &desk.path("a.ofd")]);
    assert!(code == 3 && said.contains("is signed"), "{said}");
    // What we write ourselves keeps the profile but for the word, once the seal is off.
    let (made, out) = (desk.path("made.ofd"), desk.path("ofd-a.ofd"));
    let doc_id = "0123456789abcdef0123456789abcdef".to_owned();
    let mut document = ofd::Document::new(ofd::DocInfo { doc_id, ..ofd::DocInfo::default() });
    document.pages.push(ofd::model::Page { size: ofd::Size::A4, ..Default::default() });
    std::fs::write(&made, document.package().unwrap().to_zip().unwrap()).unwrap();
    let (code, said) = run(&[&made, "--out", &out]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(&[&out]);
    assert!(code == 0 && said.contains("OFD-A (GB/T 42133)"), "{said}");
}
