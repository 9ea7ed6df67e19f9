//! The binary `license` as a new user runs it: one demo, then every verb on what it left.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::{fs, str};

use desk::{Said, license};
use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_core::verify::Verdict;
use license_server::deployment::Deployment;
use license_server::service::{Office, Question};
use license_server::store::StoreUrl;
use serde_json::{Value, json};

/// The folder of a demo of twelve licenses, and what its first run said.
struct Demo {
    data: PathBuf,
    first: Said,
    /// An embedded store lets one process in.
    store: Mutex<()>,
}

static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    // Cargo's own folder for tests: a static is never dropped, so a scratch folder would stay for ever.
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("license-demo");
    fs::remove_dir_all(&data).ok();
    let first = license(&["demo", "--data", data.to_str().unwrap(), "--count", "12", "--no-serve"]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    Demo { data, first, store: Mutex::new(()) }
});

impl Demo {
    fn path(&self, below: &str) -> String {
        self.data.join(below).to_str().unwrap().to_owned()
    }

    /// A file of this ending in `out/` whose name begins so.
    fn out(&self, begin: &str, ending: &str) -> String {
        let named = |name: &String| name.starts_with(begin) && name.ends_with(ending);
        let found = names(&self.data.join("out")).into_iter().find(named).unwrap();
        self.path(&format!("out/{found}"))
    }

    fn store(&self) -> MutexGuard<'_, ()> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `verify` with the trust of the demo.
    fn verify(&self, files: &[&str]) -> Said {
        license(&[&["verify", "--json", "--trust", &self.path("trust")][..], files].concat())
    }
}

/// A license without an end: a business license of the stock.
const GOOD: &str = "91371525003143007H";

#[test]
fn the_demo_leaves_files_that_any_tool_can_check() {
    let demo = &*DEMO;
    assert!(demo.first.out.contains("12 licenses: 12 new, 0 from an earlier run"), "{}", demo.first.out);
    let out = names(&demo.data.join("out"));
    let of = |begin: &str, ending: &str| out.iter().filter(|n| n.starts_with(begin) && n.ends_with(ending)).count();
    for ending in [".ofd", ".pdf", ".png", ".qr.txt"] {
        for begin in ["9", "E", "JY"] {
            assert!(of(begin, ending) >= 1, "{begin}…{ending} in {out:?}");
        }
        assert!(out.iter().any(|n| n.contains("不动产证明") && n.ends_with(ending)), "{ending} in {out:?}");
    }
    assert!(of("forged", ".qr.txt") == 1, "{out:?}");
    assert_eq!(names(&demo.data.join("trust")), ["root-p256.pem", "root-sm2.pem", "trust-list.json", "trust-list.jws"]);
    for (begin, magic) in [(".ofd", &b"PK"[..]), (".pdf", b"%PDF-"), (".png", b"\x89PNG"), (".qr.txt", b"HTTP://")] {
        assert!(fs::read(demo.out(GOOD, begin)).unwrap().starts_with(magic), "{begin}");
    }
}

#[test]
fn a_second_demo_goes_on_with_what_is_there() {
    let demo = &*DEMO;
    let _alone = demo.store();
    let keys = contents(&demo.data.join("keys"));
    let out = contents(&demo.data.join("out"));
    let again = license(&["demo", "--data", &demo.path(""), "--count", "12", "--no-serve"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert!(again.out.contains("12 licenses: 0 new, 12 from an earlier run"), "{}", again.out);
    assert!(!again.out.contains("first run"), "{}", again.out);
    assert!(contents(&demo.data.join("keys")) == keys, "the keys are other keys");
    // The forger has no key to keep.
    let kept = |files: &BTreeMap<String, Vec<u8>>| {
        files.iter().filter(|(n, _)| !n.starts_with("forged")).map(|(n, b)| (n.clone(), b.clone())).collect::<Vec<_>>()
    };
    assert!(kept(&contents(&demo.data.join("out"))) == kept(&out), "the files are other files");
}

#[test]
fn verify_0_passed() {
    let demo = &*DEMO;
    let files = [".ofd", ".pdf", ".qr.txt"].map(|ending| demo.out(GOOD, ending));
    let said = demo.verify(&[&files[0], &files[1], &files[2]]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let reports = lines(&said.out);
    assert_eq!(reports.len(), 3, "one object per file");
    for (at, kind, form) in [(0, "ofd", "ses-v4"), (1, "pdf", "pades"), (2, "qr", "cose")] {
        let report = &reports[at];
        assert_eq!(report["file"], files[at]);
        assert_eq!([&report["kind"], &report["verdict"], &report["integrity"]], [kind, "passed", "intact"]);
        let signatures = report["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 1, "{report:#}");
        assert_eq!([&signatures[0]["integrity"], &signatures[0]["form"]], ["intact", form]);
        assert!(signatures[0]["signer"].as_str().unwrap().contains("样例市市场监督管理局"), "{report:#}");
        assert!(signatures[0]["time"].as_str().unwrap().starts_with("20"), "{report:#}");
        let checks = report["checks"].as_array().unwrap();
        assert!(checks.len() >= 6, "{report:#}");
        for check in checks {
            assert!(check["id"].is_string() && check["signature"].is_string() && check["where"].is_string(), "{check}");
            assert!(["passed", "failed", "not-done"].iter().any(|outcome| check["outcome"] == *outcome), "{check}");
            // No register was asked: that is said, and does not count against the license.
            assert!(check["outcome"] == "passed" || check["effect"] == "note", "{check}");
        }
        assert_eq!(report["subject"]["number"], GOOD);
    }
    let human = license(&["verify", "--trust", &demo.path("trust"), &files[0]]);
    assert_eq!(human.code, 0);
    assert!(human.out.contains("passed") && human.out.contains(GOOD), "{}", human.out);
}

#[test]
fn verify_1_failed() {
    let demo = &*DEMO;
    let folder = tempfile::tempdir().unwrap();
    for ending in [".ofd", ".pdf", ".qr.txt"] {
        let mut bytes = fs::read(demo.out(GOOD, ending)).unwrap();
        let at = if ending == ".qr.txt" { bytes.len() - 20 } else { bytes.len() / 2 };
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let path = folder.path().join(format!("changed{ending}"));
        fs::write(&path, bytes).unwrap();
        let said = demo.verify(&[path.to_str().unwrap()]);
        let report = &lines(&said.out)[0];
        assert_eq!(
            (said.code, &report["verdict"], &report["integrity"]),
            (1, &json!("failed"), &json!("broken")),
            "{report:#}"
        );
        assert!(report["subject"].is_null() || ending != ".qr.txt", "a forged text is not shown: {report:#}");
    }
    let forged = demo.verify(&[&demo.out("forged", ".qr.txt")]);
    let report = &lines(&forged.out)[0];
    assert_eq!((forged.code, &report["headline"]), (1, &json!("token.signature")), "{report:#}");
    assert!(!forged.out.contains("李鬼"), "the forger's words are not repeated");
}

#[test]
fn verify_1_expired_at_that_time() {
    let demo = &*DEMO;
    let file = demo.out("JY", ".ofd");
    let said = demo.verify(&["--at", "2099-01-01T00:00:00+08:00", &file]);
    assert_eq!(said.code, 1, "{}", said.out);
    let report = &lines(&said.out)[0];
    assert_eq!((&report["verdict"], &report["integrity"]), (&json!("failed"), &json!("intact")));
    let codes: Vec<&str> = report["checks"].as_array().unwrap().iter().filter_map(|c| c["code"].as_str()).collect();
    assert!(codes.contains(&"validity.expired"), "{codes:?}");
}

#[test]
fn verify_2_cannot_tell() {
    let demo = &*DEMO;
    let file = demo.out(GOOD, ".pdf");
    let said = license(&["verify", "--json", &file]);
    assert_eq!(said.code, 2, "nobody is trusted: {}", said.out);
    let report = &lines(&said.out)[0];
    assert_eq!((&report["verdict"], &report["integrity"]), (&json!("indeterminate"), &json!("intact")));
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in
        [("empty", &b""[..]), ("other.txt", b"https://www.example.com/"), ("noise", b"\x00\xff\x13\x37")]
    {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let said = demo.verify(&[path.to_str().unwrap()]);
        assert_eq!(said.code, 2, "{name}: {}{}", said.out, said.err);
        assert_eq!(lines(&said.out)[0]["integrity"], "unsigned", "{name}");
    }
}

#[test]
fn verify_tells_the_worst_of_many() {
    let demo = &*DEMO;
    let good = demo.out(GOOD, ".qr.txt");
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.txt");
    fs::write(&other, "https://www.example.com/").unwrap();
    let (other, forged) = (other.to_str().unwrap(), demo.out("forged", ".qr.txt"));
    for (files, code) in [(vec![good.as_str(), other], 2), (vec![other, &forged, &good], 1), (vec![&good, &good], 0)] {
        assert_eq!(demo.verify(&files).code, code, "{files:?}");
    }
}

/// One file that is not there ends no run: the others are verified, and the exit code says that it was not.
#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are_verified() {
    let demo = &*DEMO;
    let (good, forged) = (demo.out(GOOD, ".qr.txt"), demo.out("forged", ".qr.txt"));
    let said = demo.verify(&["/no/such/file.pdf", &good, &forged]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    let reports = lines(&said.out);
    assert_eq!(reports.len(), 3, "{}", said.out);
    assert_eq!(reports[0]["file"], "/no/such/file.pdf");
    assert!(reports[0]["error"].as_str().unwrap().contains("No such file"), "{}", reports[0]);
    assert_eq!([&reports[1]["verdict"], &reports[2]["verdict"]], ["passed", "failed"]);
    assert!(said.err.contains("cannot read /no/such/file.pdf"), "{}", said.err);
    let human = license(&["verify", "--trust", &demo.path("trust"), "/no/such/file.pdf", &good]);
    assert!(human.code == 3 && human.out.contains("passed (qr, intact)"), "{}{}", human.out, human.err);
}

#[test]
fn trust_without_a_root_in_it_and_certificates_without_one_are_told() {
    let demo = &*DEMO;
    let folder = tempfile::tempdir().unwrap();
    let (empty, good) = (folder.path().to_str().unwrap(), demo.out(GOOD, ".pdf"));
    let said = license(&["verify", "--trust", empty, &good]);
    assert!(said.code == 3 && said.err.contains("there is no root in this folder"), "{}", said.err);
    fs::copy(demo.path("trust/trust-list.jws"), folder.path().join("trust-list.jws")).unwrap();
    let said = license(&["verify", "--trust", empty, &good]);
    assert!(said.code == 3 && said.err.contains("no root in this folder"), "{}", said.err);
    let root = demo.path("trust/root-p256.pem");
    assert_eq!(license(&["verify", "--trust", empty, "--root", &root, &good]).code, 0);
    let said = license(&["verify", "--trust", &demo.path("trust"), "--certificates", &demo.path("office.toml"), &good]);
    assert!(said.code == 3 && said.err.contains("holds no certificate"), "{}", said.err);
}

/// What a deployment goes by when it verifies, from its folder; and a sunset by itself.
#[test]
fn verify_goes_by_what_a_deployment_goes_by() {
    let demo = &*DEMO;
    let copy = tempfile::tempdir().unwrap();
    for folder in ["trust", "keys"] {
        tests::places::copy(&demo.data.join(folder), &copy.path().join(folder));
    }
    let good = demo.out(GOOD, ".pdf");
    let office = fs::read_to_string(demo.data.join("office.toml")).unwrap();
    let data = copy.path().to_str().unwrap();
    let verify = |toml: &str, more: &[&str]| {
        fs::write(copy.path().join("office.toml"), format!("{office}\n{toml}")).unwrap();
        let said = license(&[&["verify", "--json", "--data", data], more, &[&good]].concat());
        (said.code, lines(&said.out).remove(0))
    };
    assert_eq!(verify("", &[]).0, 0);
    let sunset = "[[verification.sunset]]\nalgorithm = \"p256\"\nfrom = \"2020-01-01T00:00:00Z\"\n";
    let (code, report) = verify(sunset, &[]);
    assert_ne!(code, 0);
    assert!(
        report.to_string().contains("a key of kind P-256 is not relied on since 2020-01-01T00:00:00Z"),
        "{report:#}"
    );
    let (code, report) = verify("[verification]\nrevocation = \"hard\"\n", &[]);
    assert_eq!((code, &report["signatures"][0]["revocation"]["mode"]), (2, &json!("hard")));
    let (code, report) = verify("[verification]\nrevocation = \"hard\"\n", &["--revocation", "soft"]);
    assert_eq!((code, &report["signatures"][0]["revocation"]["mode"]), (0, &json!("soft")), "an argument comes first");
    let given = ["--sunset", "sha256=2020-01-01T00:00:00Z"];
    let (code, report) = verify("", &given);
    assert!(code != 0 && report.to_string().contains("SHA-256 is not relied on since"), "{report:#}");
    for (given, says) in
        [("rot13=2020-01-01T00:00:00Z", "is none of sha1"), ("p256", "ALGORITHM=TIME"), ("p256=x", "a time")]
    {
        let said = license(&["verify", "--sunset", given, &good]);
        assert!(said.code == 3 && said.err.contains(says), "{given}: {}", said.err);
    }
    let said = license(&["verify", "--data", demo.path("keys").as_str(), &good]);
    assert!(said.code == 3 && said.err.contains("holds no deployment"), "{}", said.err);
}

#[test]
fn a_store_that_is_in_use_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("redb:{}", folder.path().join("store").display());
    let _held = url.parse::<StoreUrl>().unwrap().open().unwrap();
    let said = license(&["fsck", "--store", &url]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.err.contains("in use by another process") && said.err.contains("→ stop the service"), "{}", said.err);
}

/// Each verb says its exit codes.
#[test]
fn help_tells_the_exit_codes() {
    for verb in
        ["issue", "verify", "fsck", "renew", "ofd-a", "trust check", "trust compare", "keys check", "pdf augment"]
    {
        let said = license(&verb.split(' ').chain(["--help"]).collect::<Vec<_>>());
        assert!(said.code == 0 && said.out.contains("Exit code 0: "), "{verb}: {}", said.out);
    }
    let said = license(&["verify", "--help"]);
    assert!(said.out.contains("--document it is asked about as what it is"), "{}", said.out);
}

/// The stock has faults on purpose: a refused row takes nobody's place.
#[test]
fn the_demo_makes_as_many_licenses_as_were_asked_for() {
    let demo = &*DEMO;
    let copy = tempfile::tempdir().unwrap();
    for folder in ["trust", "keys", "seals"] {
        tests::places::copy(&demo.data.join(folder), &copy.path().join(folder));
    }
    fs::copy(demo.data.join("office.toml"), copy.path().join("office.toml")).unwrap();
    let stock = copy.path().join("stock");
    fs::create_dir(&stock).unwrap();
    let rows = fs::read_to_string(tests::places::fixture("stock/food-operation-permit.jsonl")).unwrap();
    // Every good row has bad ones before and behind it.
    let rows: String = rows.lines().take(60).flat_map(|row| [row, "\n{\"no\": \"license\"}\n"]).collect();
    fs::write(stock.join("food-operation-permit.jsonl"), rows).unwrap();
    let (data, stock) = (copy.path().to_str().unwrap(), stock.to_str().unwrap());
    for count in ["3", "4"] {
        let args = ["demo", "--data", data, "--store", "memory", "--stock", stock, "--count", count, "--no-serve"];
        let said = license(&args);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert!(said.out.contains(&format!("{count} licenses: {count} new")), "{}", said.out);
    }
}

#[test]
fn misuse_is_3() {
    let demo = &*DEMO;
    let good = demo.out(GOOD, ".pdf");
    for args in [
        &["verify"][..],
        &["verify", "/no/such/file"],
        &["verify", "--at", "yesterday", &good],
        &["verify", "--trust", "/no/such/folder", &good],
        &["verify", "--trust", &good, &good],
        &["frobnicate"],
        &[],
        &["issue", "--data", "/no/such/deployment", "--type", "business-license", &good],
        &["fsck", "--data", &demo.path(""), "--store", "mysql:there"],
    ] {
        let said = license(args);
        assert_eq!(said.code, 3, "{args:?}: {}{}", said.out, said.err);
        assert!(!said.err.is_empty() && !said.err.contains("panicked"), "{args:?}: {}", said.err);
    }
    for args in [["--help"], ["--version"]] {
        let said = license(&args);
        assert!(said.code == 0 && !said.out.is_empty(), "{args:?}: {}", said.err);
    }
}

#[test]
fn issue_makes_a_license_that_verifies_once() {
    let demo = &*DEMO;
    let _alone = demo.store();
    let folder = tempfile::tempdir().unwrap();
    let record = written(folder.path(), "record.json", &sample());
    let out = folder.path().join("out");
    let args = ["issue", "--json", "--data", &demo.path(""), "--type", "business-license", "--case", "CASE-1"];
    let args = [&args[..], &["--idempotency-key", "once", "--out", out.to_str().unwrap(), &record]].concat();
    let first = license(&args);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    let first: Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!(first["replayed"], false);
    let files: Vec<&str> = first["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(files.len(), 4, "{first:#}");
    let signed = files.iter().filter(|file| !file.ends_with(".png")).copied().collect::<Vec<_>>();
    assert_eq!(demo.verify(&signed).code, 0);
    assert_eq!(fs::read_to_string(signed[2]).unwrap(), first["index"].as_str().unwrap());
    let again = license(&args);
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&again["replayed"], &again["id"]), (&json!(true), &first["id"]));

    // The same number without the key, and the key for something else: what to do is said.
    let other =
        ["issue", "--data", &demo.path(""), "--type", "business-license", "--out", out.to_str().unwrap(), &record];
    let twice = license(&other);
    assert_eq!(twice.code, 1, "{}{}", twice.out, twice.err);
    assert!(twice.err.contains(first["id"].as_str().unwrap()), "{}", twice.err);
    assert!(twice.err.contains("idempotency key") && twice.err.contains("/versions"), "{}", twice.err);
    let conflict = license(&[&other[..], &["--idempotency-key", "once", "--case", "CASE-2"]].concat());
    assert!(conflict.code == 1 && conflict.err.contains("or take another key"), "{}", conflict.err);
}

#[test]
fn issue_makes_every_face_of_a_type_when_asked() {
    let demo = &*DEMO;
    let folder = tempfile::tempdir().unwrap();
    let mut record = sample();
    // A license of several faces says on none which copy it is.
    record.as_object_mut().unwrap().remove("copy_kind");
    record["copy_no"] = json!("1-1");
    let record = written(folder.path(), "record.json", &record);
    let issue = |more: &[&str]| {
        let out = folder.path().join("out");
        fs::remove_dir_all(&out).ok();
        let args = ["issue", "--json", "--data", &demo.path(""), "--store", "memory", "--type", "business-license"];
        license(&[&args[..], &["--out", out.to_str().unwrap(), &record], more].concat())
    };
    let said = issue(&["--all-faces"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    let files: Vec<&str> = answer["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    let of = |face: &str| files.iter().filter(|file| file.contains(face)).count();
    assert_eq!(
        (files.len(), of(".duplicate."), of(".main.")),
        (7, 3, 0),
        "the first face has the plain names: {files:?}"
    );
    let signed: Vec<&str> = files.iter().filter(|file| !file.ends_with(".png")).copied().collect();
    let reports = demo.verify(&signed);
    assert_eq!(reports.code, 0, "{}", reports.out);
    let ids: Vec<Value> = lines(&reports.out).iter().map(|report| report["subject"]["id"].clone()).collect();
    assert!(ids.len() == 5 && ids.iter().all(|id| *id == answer["id"]), "one license: {ids:?}");

    let one = issue(&["--face", "duplicate"]);
    let one: Value = serde_json::from_str(&one.out).unwrap();
    assert_eq!(one["files"].as_array().unwrap().len(), 4);
    assert_eq!(issue(&["--all-faces", "--face", "main"]).code, 3, "they exclude each other");
}

#[test]
fn a_signed_report_is_checked_again_and_says_what_has_changed() {
    let demo = &*DEMO;
    let folder = tempfile::tempdir().unwrap();
    let (pdf, other) = (demo.out(GOOD, ".pdf"), demo.out(GOOD, ".ofd"));
    let report = {
        let _alone = demo.store();
        let password = fs::read_to_string(demo.data.join("keys/password")).unwrap();
        let deployment = Deployment::open(&demo.data, password.trim().as_bytes()).unwrap();
        let store: StoreUrl = format!("redb:{}", demo.path("store")).parse().unwrap();
        let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
        let office = Office::new(deployment, Catalog::load(&Bundled).unwrap(), fonts, store.open().unwrap());
        let (verdict, report) = office.signed_report(&Question::File(fs::read(&pdf).unwrap())).unwrap();
        assert_eq!(verdict, Verdict::Passed);
        report
    };
    // The level of the PDF's signature is part of what is signed.
    assert!(String::from_utf8_lossy(&report).contains("\"level\":\"B-B\""));
    let path = folder.path().join("report.json");
    fs::write(&path, [&report[..], b"\n"].concat()).unwrap();
    let check = |report: &Path, more: &[&str]| {
        let args = ["verify", "--trust", &demo.path("trust"), "--report", report.to_str().unwrap()];
        license(&[&args[..], more].concat())
    };
    let alone = check(&path, &[]);
    assert_eq!(alone.code, 0, "{}{}", alone.out, alone.err);
    assert!(
        alone.out.contains("it says: passed (pdf, intact)") && alone.out.contains("register: valid"),
        "{}",
        alone.out
    );
    let with = check(&path, &[&pdf]);
    assert_eq!(with.code, 0, "{}", with.out);
    assert!(with.out.contains("changed: register: then valid, now not-asked"), "{}", with.out);
    let with: Value = serde_json::from_str(&check(&path, &["--json", &pdf]).out).unwrap();
    assert_eq!((&with["checked"]["kind"], &with["checked"]["verdict"]), (&json!("report"), &json!("passed")));
    assert_eq!((&with["said"]["verdict"], &with["now"]["verdict"]), (&json!("passed"), &json!("passed")));
    assert!(with["changed"].as_array().unwrap().iter().any(|change| change["what"] == "register"), "{with:#}");

    let wrong = check(&path, &[&other]);
    assert!(wrong.code == 1 && wrong.out.contains("report.other-file"), "{}", wrong.out);
    let tampered = folder.path().join("tampered.json");
    let text = String::from_utf8(report).unwrap();
    fs::write(&tampered, text.replace("\"status\":\"valid\"", "\"status\":\"revoked\"")).unwrap();
    let tampered = check(&tampered, &[&pdf]);
    assert!(tampered.code == 1 && tampered.out.contains("report.signature"), "{}", tampered.out);
    let untrusted = license(&["verify", "--report", path.to_str().unwrap()]);
    assert!(untrusted.code == 2 && untrusted.out.contains("report.server-untrusted"), "{}", untrusted.out);
    let misuse = check(&path, &[&pdf, &other]);
    assert!(misuse.code == 3 && misuse.err.contains("about one file"), "{}", misuse.err);
}

#[test]
fn issue_refuses_with_every_fault_at_once_and_stores_nothing() {
    let demo = &*DEMO;
    let _alone = demo.store();
    let folder = tempfile::tempdir().unwrap();
    let before = license(&["fsck", "--data", &demo.path("")]).out;
    let mut bad = sample();
    bad["uscc"] = "91350100M000100Y44".into();
    bad["established_on"] = "2024-02-31".into();
    bad["colour"] = "red".into();
    bad.as_object_mut().unwrap().remove("domicile");
    let bad = written(folder.path(), "bad.json", &bad);
    let out = folder.path().join("out");
    let issue = |more: &[&str]| {
        let args = ["issue", "--data", &demo.path(""), "--out", out.to_str().unwrap()];
        license(&[&args[..], more].concat())
    };
    let said = issue(&["--json", "--type", "business-license", &bad]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let errors: Value = serde_json::from_str(&said.out).unwrap();
    let mut found: Vec<(&str, &str)> = errors["errors"].as_array().unwrap().iter().map(pair).collect();
    found.sort_unstable();
    let wanted = [
        ("colour", "unknown-field"),
        ("domicile", "required"),
        ("established_on", "date.not-real"),
        ("uscc", "uscc.check-character"),
    ];
    assert_eq!(found, wanted);
    let good = written(folder.path(), "good.json", &sample());
    assert_eq!(issue(&["--type", "dog-license", &good]).code, 1, "no such type");
    let torn = folder.path().join("torn.json");
    fs::write(&torn, "{\"uscc\": \"9135").unwrap();
    assert_eq!(issue(&["--type", "business-license", torn.to_str().unwrap()]).code, 3, "no JSON");
    assert!(!out.exists(), "nothing was written");
    let count = |said: &str| said.split(" audit").next().unwrap().to_owned();
    assert_eq!(count(&license(&["fsck", "--data", &demo.path("")]).out), count(&before), "nothing was stored");
}

#[test]
fn inspect_shows_what_is_inside() {
    let demo = &*DEMO;
    let inspect = |ending: &str| {
        let said = license(&["inspect", "--json", &demo.out(GOOD, ending)]);
        assert_eq!(said.code, 0, "{}", said.err);
        serde_json::from_str::<Value>(&said.out).unwrap()
    };
    let (ofd, pdf, qr) = (inspect(".ofd"), inspect(".pdf"), inspect(".qr.txt"));
    assert_eq!([&ofd["kind"], &pdf["kind"], &qr["kind"]], ["ofd", "pdf", "qr"]);
    assert_eq!(qr["number"], GOOD);
    assert_eq!(ofd["signatures"][0]["value"]["form"], "GB/T 38540 v4", "{ofd:#}");
    assert_eq!(ofd["signatures"][0]["uncovered"], json!([]));
    assert_eq!(pdf["signatures"].as_array().unwrap().len(), 1);
    for document in [&ofd, &pdf] {
        for name in ["license-record.json", "license-index.txt"] {
            assert!(document["attachments"].to_string().contains(name), "{document:#}");
        }
        assert!(document.to_string().contains("营业执照"), "{document:#}");
    }
    assert_eq!(license(&["inspect", &demo.path("keys/password")]).code, 3, "nothing to inspect");
    let human = license(&["inspect", &demo.out(GOOD, ".ofd")]);
    assert!(human.code == 0 && human.out.contains("GB/T 38540 v4"), "{}", human.out);
}

#[test]
fn fsck_is_clean_until_a_file_is_touched() {
    let demo = &*DEMO;
    let _alone = demo.store();
    let clean = license(&["fsck", "--deep", "--data", &demo.path("")]);
    assert_eq!(clean.code, 0, "{}{}", clean.out, clean.err);
    assert!(clean.out.contains("0 faults, 0 notes"), "{}", clean.out);
    let copy = tempfile::tempdir().unwrap();
    tests::places::copy(&demo.data, copy.path());
    let blob = largest(&copy.path().join("store"), "redb");
    let mut bytes = fs::read(&blob).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    // Stored files are read-only.
    fs::remove_file(&blob).unwrap();
    fs::write(&blob, bytes).unwrap();
    let found = license(&["fsck", "--data", copy.path().to_str().unwrap()]);
    assert_eq!(found.code, 1, "{}{}", found.out, found.err);
    // The largest file of a small register is a font: it is named, with its digest.
    let digest = blob.file_name().unwrap().to_str().unwrap();
    let line =
        found.out.lines().find(|line| line.starts_with("damaged-asset ")).unwrap_or_else(|| panic!("{}", found.out));
    assert!(line.contains(digest) && line.contains("kind=font") && line.contains("name=ECert"), "{line}");
    assert!(found.out.contains(" 1 fault,"), "{}", found.out);
}

#[test]
fn the_shipped_templates_lint_clean() {
    let said = license(&["template", "lint"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(said.out.lines().filter(|line| line.ends_with(": 0 findings")).count(), 4, "{}", said.out);
    let said = license(&["template", "lint", "no-such-type"]);
    assert!(said.code != 0 && !said.err.contains("panicked"), "{}", said.err);
}

/// Whoever is at work on a type names its folder.
#[test]
fn a_type_is_linted_and_previewed_by_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let made = license(&["template", "new", "dog-license", "--out", &text(&mine)]);
    assert_eq!(made.code, 0, "{}", made.err);
    let own = mine.join("templates/dog-license");
    for named in [text(&own), text(&own.join("template.toml")), text(&mine)] {
        let said = license(&["template", "lint", &named]);
        assert_eq!(said.code, 0, "{named}: {}{}", said.out, said.err);
        assert!(said.out.starts_with("dog-license: "), "{named}: {}", said.out);
    }
    // What is wrong in it is found: it is this folder that is looked at.
    let toml = fs::read_to_string(own.join("template.toml")).unwrap();
    fs::write(own.join("template.toml"), toml.replacen("id = \"dog-license\"", "id = \"cat-license\"", 1)).unwrap();
    let said = license(&["template", "lint", &text(&own)]);
    assert!(said.code == 1 && said.out.contains("cat-license"), "{}{}", said.out, said.err);
    fs::write(own.join("template.toml"), toml).unwrap();
    let png = text(&folder.path().join("dog.png"));
    let said = license(&["template", "preview", &text(&own), "--out", &png, "--dpi", "40"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let said = license(&["template", "lint", &text(folder.path())]);
    assert!(said.code == 3 && said.err.contains("no template.toml"), "{}", said.err);
}

/// The sample of the business license, for this deployment's issuer.
fn sample() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/business-license/sample.json");
    let mut record: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    record.as_object_mut().unwrap().remove("issuing_authority");
    record
}

fn written(folder: &Path, name: &str, value: &Value) -> String {
    let path = folder.join(name);
    fs::write(&path, value.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn pair(error: &Value) -> (&str, &str) {
    (error["field"].as_str().unwrap(), error["rule"].as_str().unwrap())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    names(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

/// The largest file below a folder that is not the engine's own.
fn largest(folder: &Path, engine: &str) -> PathBuf {
    let below = names(folder).into_iter().map(|name| folder.join(name));
    let files = below.filter(|path| !path.to_string_lossy().contains(&format!(".{engine}")));
    let files = files.map(|path| if path.is_dir() { largest(&path, engine) } else { path });
    files.max_by_key(|path| fs::metadata(path).map_or(0, |about| about.len())).unwrap_or_else(|| folder.to_owned())
}
