//! `license trust` and `license keys` over a deployment's years (B4, B5, D11; issue 4, trust list and keys in operation).
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use desk::{Deployment, MARKET, TYPE, codes, license, verdicts};
use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::Catalog;
use license_core::trust::TrustList;
use license_server::deployment::{self as server, roots, signer, trust_list};
use license_server::service::{Caller, Office, default_store};
use license_server::store::StoreUrl;
use pki::Signer as _;
use serde_json::Value;

/// Old licenses verify after every key of their issuer was replaced; what an old key would sign later is refused.
#[test]
fn keys_are_rotated_and_old_licenses_verify() {
    let deployment = Deployment::new();
    let before = deployment.issue("JY23501020001232");
    for what in ["index", "document", "seal"] {
        deployment.done(&["keys", "rotate", MARKET, "--what", what]);
    }
    let list = deployment.list();
    assert_eq!((&list["schema"], &list["sequence"]), (&2.into(), &4.into()));
    assert!(list["previous"].is_string());
    let issuer = list["issuers"].as_array().unwrap().iter().find(|issuer| issuer["code"] == MARKET).unwrap();
    assert_eq!(issuer["index_keys"].as_array().unwrap().len(), 2);
    assert_eq!(issuer["signing_keys"].as_array().unwrap().len(), 4);
    assert_eq!(fs::read_dir(deployment.path("trust/editions")).unwrap().count(), 3);
    // The service uses the newest ones.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let after = deployment.issue("JY23501020001249");
    for files in [&before, &after] {
        let reports = deployment.verify(files, &[]);
        assert_eq!(verdicts(&reports), ["passed"; 3], "{reports:#?}");
    }
    let inspected = |files: &[String]| license(&["inspect", &files[1]]).out;
    assert_ne!(inspected(&before), inspected(&after));

    // A seal that is made now is for the key in use.
    let made = deployment.path("new.esl");
    deployment.done(&["seal", "new", "--id", "34010000000009", "--name", "样例市", "--issuer", MARKET, "--out", &made]);
    let seal = eseal::Seal::from_der(&fs::read(&made).unwrap()).unwrap();
    let pem = fs::read_to_string(deployment.path(&format!("keys/{MARKET}-seal-2.pem"))).unwrap();
    let own = pki::Certificate::many_from_pem(&pem).unwrap().remove(0);
    assert_eq!(seal.content().signers, eseal::SignerList::Certificates(vec![own.der().to_vec()]));

    // Nor is anything signed with the old ones, and everything with the new ones.
    let plain = deployment.path("plain.pdf");
    fs::write(&plain, desk::plain_pdf()).unwrap();
    for (name, code) in [("document", 1), ("document-2", 0)] {
        let key = deployment.path(&format!("keys/{MARKET}-{name}.key.pem"));
        let said = license(&["pdf", "sign", &plain, "--key", &key, "--out", &deployment.path("signed.pdf")]);
        assert_eq!((said.code, said.err.contains("its time was over at")), (code, code == 1), "{}", said.err);
    }

    // The old keys put back into office.toml: what they sign now is refused.
    let office = fs::read_to_string(deployment.path("office.toml")).unwrap();
    assert!(office.contains(&format!("{MARKET}-index-2")));
    let back = office.replace("-seal-2.esl", ".esl").replace("-seal-2", "-seal");
    let back = back.replace("-index-2", "-index").replace("-document-2", "-document");
    fs::write(deployment.path("office.toml"), back).unwrap();
    let forged = deployment.issue("JY23501020001257");
    let reports = deployment.verify(&forged, &[]);
    assert_eq!(verdicts(&reports), ["failed"; 3]);
    for report in &reports[..2] {
        assert!(codes(report).contains(&"trust.not-granted"), "an old seal, an old key: {:?}", codes(report));
    }
    assert_eq!(codes(&reports[2]), ["token.key-period"]);
}

/// A lost key: what it signed since, or cannot be shown to have signed before, is refused; the register's word counts.
#[test]
fn b4_a_lost_key_is_given_up_from_a_date() {
    let deployment = Deployment::new();
    let files = deployment.issue("JY23501020001232");
    let said = deployment.run(&["keys", "compromise", MARKET, "--what", "index", "--from", "2099-01-01T00:00:00Z"]);
    assert_eq!(said.code, 3, "the future is not known: {}", said.out);
    let said = deployment.done(&[
        "keys",
        "compromise",
        MARKET,
        "--what",
        "index",
        "--from",
        "2026-01-01T00:00:00Z",
        "--reason",
        "演练",
    ]);
    assert!(said.out.contains("keys rotate"), "{}", said.out);
    assert!(Path::new(&deployment.path("trust/crls/p256-ca.crl")).is_file());
    let reports = deployment.verify(&files, &[]);
    assert_eq!(verdicts(&reports), ["failed"; 3]);
    for report in &reports {
        assert!(codes(report).contains(&"trust.compromised"), "{:?}", codes(report));
    }
    // A lost document key: the CA revokes it, too. The sealed OFD is another key's.
    deployment.done(&["keys", "rotate", MARKET, "--what", "index"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let other = deployment.issue("JY23501020001257");
    deployment.done(&["keys", "compromise", MARKET, "--what", "document", "--from", "2026-01-01T00:00:00Z"]);
    let reports = deployment.verify(&other, &[]);
    assert_eq!(verdicts(&reports), ["passed", "failed", "passed"]);
    assert!(
        codes(&reports[1]).iter().all(|code| ["signer.revoked", "trust.compromised"].contains(code)),
        "{:?}",
        codes(&reports[1])
    );
    deployment.done(&["keys", "rotate", MARKET, "--what", "document"]);
    let twice = deployment.run(&[
        "keys",
        "compromise",
        MARKET,
        "--what",
        "index",
        "--from",
        "2026-02-01T00:00:00Z",
        "--key",
        &format!("{MARKET}-index"),
    ]);
    assert_eq!(twice.code, 3, "a later date does not take the place of an earlier one");
    // New licenses under new keys.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let after = deployment.issue("JY23501020001249");
    assert_eq!(verdicts(&deployment.verify(&after, &[])), ["passed"; 3]);
}

/// A key that is given up signs nothing more: what it made would be refused everywhere.
#[test]
fn b4_nothing_is_issued_with_a_key_that_is_given_up() {
    let deployment = Deployment::new();
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/records/food-operation-permit.json");
    let (record, out) = (record.to_str().unwrap(), deployment.path("out"));
    let issue = ["issue", "--type", desk::TYPE, record, "--out", &out];
    let (plain, ofd) = (deployment.path("plain.pdf"), deployment.path("plain.ofd"));
    fs::write(&plain, desk::plain_pdf()).unwrap();
    fs::copy(tests::places::fixture("ofd-samples/v4-invoice-valid.ofd"), &ofd).unwrap();
    for what in ["document", "seal", "index"] {
        let lost = ["keys", "compromise", MARKET, "--what", what, "--from", "2026-01-01"];
        let said = deployment.done(&lost);
        assert!(said.out.contains("compromised since 2026-01-01T00:00:00+08:00"), "{}", said.out);
        let refused = deployment.run(&issue);
        assert_eq!(refused.code, 1, "{what}: {}{}", refused.out, refused.err);
        for words in [&format!("its {what} key"), "compromised since", "nothing was issued", "license keys rotate"] {
            assert!(refused.err.contains(words), "{words}: {}", refused.err);
        }
        let told = deployment.run(&["keys", "check"]);
        assert_eq!(told.code, 1, "{}", told.out);
        assert!(told.out.contains(&format!("{what} key {MARKET}-{what} of {MARKET} is in use")), "{}", told.out);
        let told = deployment.run(&["keys", "check", "--json"]);
        let told: Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(told["given_up_in_use"].as_array().unwrap().len(), 1, "{told}");
        // Nor is anything else signed with its file.
        let key = deployment.path(&format!("keys/{MARKET}-{what}.key.pem"));
        let signed = deployment.path("signed");
        let (verb, file) = if what == "seal" { ("seal", &ofd) } else { ("pdf", &plain) };
        let refused = license(&[verb, "sign", file, "--key", &key, "--out", &signed]);
        assert_eq!(refused.code, 1, "{what}: {}{}", refused.out, refused.err);
        assert!(refused.err.contains("compromised since") && refused.err.contains("nothing was signed"));
        assert!(!Path::new(&signed).exists());
        deployment.done(&["keys", "rotate", MARKET, "--what", what]);
    }
    assert!(!Path::new(&out).exists(), "nothing was made");
    // By a CA above them.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let files = deployment.issue("JY23501020001249");
    assert_eq!(verdicts(&deployment.verify(&files, &[])), ["passed"; 3]);
    // By the maker of its seal: whatever the seal's own date, nothing shows that it is older than the loss.
    let said = deployment.done(&["keys", "compromise", "--ca", "seal-maker", "--from", "2026-01-01"]);
    assert!(said.out.contains("which it made") && said.out.contains("another seal maker"), "{}", said.out);
    let refused = deployment.run(&issue);
    assert!(refused.code == 1 && refused.err.contains("the maker of its seal (compromised since"), "{}", refused.err);
    let told = deployment.run(&["keys", "check"]);
    assert!(told.code == 1 && told.out.contains("its maker compromised since"), "{}", told.out);
    let refused = deployment.run(&["keys", "rotate", MARKET, "--what", "seal"]);
    assert!(refused.code == 3 && refused.err.contains("this seal maker, or a CA above it"), "{}", refused.err);
    let made = deployment.path("made.esl");
    let refused = deployment.run(&[
        "seal",
        "new",
        "--id",
        "34010000000009",
        "--name",
        "样例",
        "--issuer",
        MARKET,
        "--out",
        &made,
    ]);
    assert!(refused.code == 3 && refused.err.contains("this seal maker, or a CA above it"), "{}", refused.err);
    let key = deployment.path(&format!("keys/{MARKET}-seal-2.key.pem"));
    let seal = deployment.path(&format!("seals/{MARKET}-seal-2.esl"));
    let refused = license(&["seal", "apply", &ofd, "--seal", &seal, "--key", &key, "--at", "1,20,20", "--out", &made]);
    assert!(refused.code == 1 && refused.err.contains("has given up its maker"), "{} {}", refused.code, refused.err);
    assert!(!Path::new(&made).exists());
    deployment.done(&["keys", "compromise", "--ca", "p256-ca", "--from", "2026-01-01"]);
    let refused = deployment.run(&issue);
    assert!(refused.code == 1 && refused.err.contains("its document key"), "{}", refused.err);
}

/// Without the word of the CAs nobody can say that nothing is revoked: the lists are made by the deployment that has their keys,
/// and keep what they said before.
#[test]
fn revocation_lists_of_the_cas_are_made_and_keep_what_they_said() {
    let deployment = Deployment::new();
    let files = deployment.issue("JY23501020001232");
    let hard = ["--revocation", "hard"];
    assert_eq!(verdicts(&deployment.verify(&files[..2], &hard)), ["indeterminate"; 2]);
    let said = deployment.done(&["keys", "crl"]);
    for name in ["p256-ca", "p256-root", "sm2-ca", "sm2-root"] {
        assert!(said.out.contains(&format!("trust/crls/{name}.crl")), "{}", said.out);
    }
    assert_eq!(verdicts(&deployment.verify(&files[..2], &hard)), ["passed"; 2]);
    deployment.done(&["keys", "compromise", MARKET, "--what", "document", "--from", "2026-01-01"]);
    deployment.done(&["keys", "crl", "--days", "7"]);
    let report = deployment.verify(&files[1..2], &[]).remove(0);
    assert_eq!(report["signatures"][0]["revocation"]["state"], "revoked", "{report}");
}

/// What a person forgets when a deployment is set up by hand, told with the next step.
#[test]
fn a_deployment_without_a_list_and_keys_without_a_password_are_told() {
    let deployment = Deployment::new();
    fs::remove_file(deployment.path("trust/trust-list.jws")).unwrap();
    for args in [&["issue", "--type", desk::TYPE, "/no/such/file"][..], &["trust", "sign"], &["keys", "check"]] {
        let said = deployment.run(args);
        let told = said.err.contains("no trust list yet") && said.err.contains("license trust make");
        assert!(said.code == 3 && (told || args[0] == "issue"), "{args:?}: {}", said.err);
    }
    let new = deployment.path("new");
    let said = license(&["keys", "new", "--out", &new, "--issuer", &format!("{MARKET}:样例市市场监督管理局")]);
    assert!(said.code == 3 && said.err.contains("--password-file"), "{}", said.err);
    assert!(!said.err.contains("keys/password"), "a file that cannot be there: {}", said.err);
}

#[test]
fn what_expires_is_told_in_time() {
    let deployment = Deployment::new();
    let said = deployment.run(&["keys", "check"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("the next to end is trust-list"), "{}", said.out);
    let soon = deployment.run(&["keys", "check", "--days", "400"]);
    assert_eq!(soon.code, 2, "{}", soon.out);
    assert!(soon.out.contains("! trust-list"), "{}", soon.out);
    let late = deployment.run(&["keys", "check", "--json", "--at", "2037-06-01T00:00:00Z"]);
    assert_eq!(late.code, 1);
    let all: Value = serde_json::from_str(&late.out).unwrap();
    let over = all["expiries"].as_array().unwrap().iter().filter(|one| one["seconds_left"].as_i64().unwrap() < 0);
    let kinds: std::collections::BTreeSet<&str> = over.map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["certificate", "seal", "trust-list"]);
}

#[test]
fn key_files_are_their_owners_alone_and_change_their_password() {
    use std::os::unix::fs::PermissionsExt as _;
    let deployment = Deployment::new();
    let key = deployment.path(&format!("keys/{MARKET}-index.key.pem"));
    let text = fs::read_to_string(&key).unwrap();
    assert!(text.starts_with("-----BEGIN LICENSE KEY-----\nVersion: 1\nKDF: argon2id m="), "{text}");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);

    let new = deployment.0.path().join("new");
    fs::write(&new, "another word\n").unwrap();
    tests::places::own(&new);
    let wrong = deployment.run(&["keys", "passwd", "--password-file", new.to_str().unwrap()]);
    assert_eq!(wrong.code, 3);
    assert!(wrong.err.contains("wrong password"), "{}", wrong.err);
    assert_eq!(fs::read_to_string(&key).unwrap(), text, "nothing was changed");
    let said = deployment.done(&["keys", "passwd", "--new-password-file", new.to_str().unwrap()]);
    assert!(said.out.contains("key files"), "{}", said.out);
    assert!(said.err.contains("still holds the old password"), "{}", said.err);
    let renewed = fs::read_to_string(&key).unwrap();
    assert!(renewed.contains("m=65536 t=3"), "the demo's cost gives way to the usual one");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let refused = deployment.run(&["trust", "sign"]);
    assert_eq!(refused.code, 3, "the old password");
    deployment.done(&["trust", "sign", "--password-file", new.to_str().unwrap()]);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/records/food-operation-permit.json");
    let open = deployment.run(&[
        "issue",
        "--type",
        TYPE,
        record.to_str().unwrap(),
        "--out",
        deployment.0.path().to_str().unwrap(),
        "--password-file",
        new.to_str().unwrap(),
    ]);
    assert_eq!(open.code, 3, "{}", open.out);
    assert!(open.err.contains("chmod 600") && open.err.contains("mode 640"), "{}", open.err);
    assert_eq!(deployment.run(&["keys", "check"]).code, 1);
}

/// Two provinces: licenses of one verify with the other's list when that names it, within its limits, and offline (D11).
#[test]
fn b5_d11_licenses_of_another_province_verify_when_its_list_is_taken_in() {
    let (home, away) = (Deployment::new(), Deployment::new());
    // Another operator; the sample issuers are the same, under keys of its own.
    let text = fs::read_to_string(away.path("office.toml")).unwrap();
    fs::write(away.path("office.toml"), text.replace("样例省政务服务", "乙省政务服务")).unwrap();
    away.done(&["trust", "sign"]);
    let files = away.issue("JY23501020001232");
    assert_eq!(verdicts(&away.verify(&files, &[])), ["passed"; 3]);
    assert_ne!(verdicts(&home.verify(&files, &[])), ["passed"; 3], "nobody there is trusted");

    // Offline with the list and its root, nothing else.
    let list = away.path("trust/trust-list.jws");
    let root = away.path("trust/root-p256.pem");
    let pinned = license(&["trust", "check", &list, "--root", &root]);
    assert_eq!(pinned.code, 0, "{}{}", pinned.out, pinned.err);
    let other = license(&["trust", "check", &list, "--root", &home.path("trust/root-p256.pem")]);
    assert_eq!(other.code, 1, "{}", other.out);

    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let offline = license(&[&["verify", "--trust", &list, "--root", &root], &names[..]].concat());
    assert_eq!(offline.code, 0, "{}{}", offline.out, offline.err);
    let unpinned = license(&[&["verify", "--trust", &list], &names[..]].concat());
    assert_eq!(unpinned.code, 3);
    assert!(unpinned.err.contains("--root"), "{}", unpinned.err);

    // The home list comes to name the other one, without issuers of its own of that code.
    let mut draft = home.list();
    draft["issuers"] = Value::Array(vec![]);
    draft["addresses"] = Value::Array(vec![]);
    draft["sequence"] = 2.into();
    draft["lists"] = serde_json::json!([{
        "name": "yi", "root_file": root, "purposes": ["document-signing", "seal-making"], "areas": ["34"],
    }]);
    let written = home.0.path().join("draft.json");
    fs::write(&written, draft.to_string()).unwrap();
    let made = home.0.path().join("made.json");
    let signed = home.0.path().join("next.jws");
    let [written, made, signed] = [&written, &made, &signed].map(|path| path.to_str().unwrap());
    let said = license(&["trust", "make", written, "--out", made]);
    assert_eq!(said.code, 0, "{}", said.err);
    let said = license(&[
        "trust",
        "sign",
        made,
        "--key",
        &home.path("keys/p256-root.key.pem"),
        "--out",
        signed,
        "--after",
        &home.path("trust/trust-list.jws"),
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    home.done(&["trust", "import", signed]);
    let early = home.run(&["trust", "import", &home.path("trust/editions/000001.jws")]);
    assert_eq!(early.code, 1, "a rollback");
    assert!(early.err.contains("older") && early.err.contains("nothing was taken in"), "{}", early.err);
    // Somebody copied it where it would be found if the own list named it so.
    fs::create_dir_all(home.path("trust/lists")).unwrap();
    fs::write(home.path("trust/lists/other.jws"), "x").unwrap();
    let said = license(&["verify", "--trust", &home.path("trust"), &files[0]]);
    assert!(said.err.contains("other.jws: not used") && said.err.contains("it names: yi"), "{}", said.err);
    fs::remove_file(home.path("trust/lists/other.jws")).unwrap();
    let said = home.done(&["trust", "import", &list]);
    assert!(said.out.contains("yi: edition 2 taken in"), "{}", said.out);
    let reports = home.verify(&files, &[]);
    assert_eq!(verdicts(&reports), ["passed"; 3], "{:?}", reports.iter().map(codes).collect::<Vec<_>>());
    assert!(reports[0].to_string().contains("register.not-checked"), "D11: the status was not checked online");

    // A limit that the issuer is not within.
    draft["sequence"] = 3.into();
    draft["lists"][0]["areas"] = serde_json::json!(["33"]);
    fs::write(written, draft.to_string()).unwrap();
    let [made, signed] = [made, signed].map(|path| format!("{path}.3"));
    assert_eq!(license(&["trust", "make", written, "--out", &made]).code, 0);
    let key = home.path("keys/p256-root.key.pem");
    assert_eq!(license(&["trust", "sign", &made, "--key", &key, "--out", &signed]).code, 0);
    home.done(&["trust", "import", &signed]);
    assert!(verdicts(&home.verify(&files, &[])).iter().all(|verdict| *verdict != "passed"));
}

#[test]
fn editions_are_shown_and_compared() {
    let deployment = Deployment::new();
    let held = deployment.0.path().join("held.jws");
    fs::copy(deployment.path("trust/trust-list.jws"), &held).unwrap();
    deployment.done(&["keys", "rotate", MARKET, "--what", "index"]);
    let [held, list, root] = [
        held.to_str().unwrap().to_owned(),
        deployment.path("trust/trust-list.jws"),
        deployment.path("trust/root-p256.pem"),
    ];
    let shown = license(&["trust", "show", &list, "--root", &root]);
    assert_eq!(shown.code, 0);
    assert!(shown.out.contains("edition 2 · signed by a pinned root") && shown.out.contains(MARKET), "{}", shown.out);
    let json: Value = serde_json::from_str(&license(&["trust", "show", &list, "--json"]).out).unwrap();
    assert_eq!(json, deployment.list());
    let compared = license(&["trust", "compare", &held, &list, "--root", &root, "--json"]);
    assert_eq!(compared.code, 0, "{}", compared.err);
    let compared: Value = serde_json::from_str(&compared.out).unwrap();
    assert_eq!((&compared["safe"], &compared["signatures_checked"]), (&true.into(), &true.into()));
    let kinds =
        |kind: &str| compared["changes"].as_array().unwrap().iter().filter(|change| change["kind"] == kind).count();
    assert_eq!((kinds("added"), kinds("removed")), (1, 0), "the new key");
    assert!(kinds("changed") >= 2, "the list itself, and the period of the old key");
    assert_eq!(license(&["trust", "compare", &list, &held]).code, 1, "an older one is no successor");
    let rolled = license(&["trust", "check", &held, "--root", &root, "--held", &list]);
    assert_eq!(rolled.code, 1);
    assert!(rolled.out.contains("older"), "{}", rolled.out);
    let late = license(&["trust", "check", &list, "--root", &root, "--at", "2036-01-01T00:00:00Z"]);
    assert_eq!(late.code, 1, "overdue: {}", late.out);
    let soon = license(&["trust", "check", &list, "--root", &root, "--days", "400"]);
    assert_eq!(soon.code, 2, "{}", soon.out);
}

/// A lost key is named as such in what a new edition changes.
#[test]
fn b4_a_comparison_tells_which_keys_are_lost() {
    let deployment = Deployment::new();
    let held = deployment.0.path().join("held.jws");
    fs::copy(deployment.path("trust/trust-list.jws"), &held).unwrap();
    for what in ["document", "index"] {
        let from = "2026-01-01T00:00:00Z";
        deployment.done(&["keys", "compromise", MARKET, "--what", what, "--from", from, "--reason", "演练"]);
    }
    let [held, list] = [held.to_str().unwrap().to_owned(), deployment.path("trust/trust-list.jws")];
    let said = license(&["trust", "compare", &held, &list]);
    assert_eq!(said.out.matches("compromised since 2026-01-01T00:00:00Z: 演练").count(), 2, "{}", said.out);
    let compared: Value = serde_json::from_str(&license(&["trust", "compare", &held, &list, "--json"]).out).unwrap();
    let changes = compared["changes"].as_array().unwrap();
    let events: Vec<&Value> = changes.iter().filter_map(|change| change["events"].get(0)).collect();
    assert!(events.len() == 2 && events.iter().all(|event| event["status"] == "compromised"), "{compared:#}");
    // That an index key is trusted less widens nothing.
    let index = changes.iter().find(|change| change["entry"].as_str().unwrap().contains("index key")).unwrap();
    assert_eq!(index["widens"], false, "{index}");
}

/// An edition that somebody drafted from an older one forgets what was lost meanwhile. It may be taken, being signed and newer;
/// whoever compares, checks or takes it is told.
#[test]
fn b4_an_edition_that_forgets_a_lost_key_is_told() {
    let deployment = Deployment::new();
    let mut older = deployment.list();
    let lost = ["keys", "compromise", MARKET, "--what", "document", "--from", "2026-01-01"];
    deployment.done(&lost);
    older["sequence"] = 3.into();
    for member in ["issued_at", "next_update"] {
        older.as_object_mut().unwrap().remove(member);
    }
    let [draft, made, signed] = ["draft.json", "made.json", "next.jws"].map(|name| deployment.path(name));
    fs::write(&draft, older.to_string()).unwrap();
    let (list, root) = (deployment.path("trust/trust-list.jws"), deployment.path("trust/root-p256.pem"));
    let key = deployment.path("keys/p256-root.key.pem");
    for args in [
        &["trust", "make", &draft, "--out", &made][..],
        &["trust", "sign", &made, "--key", &key, "--out", &signed, "--after", &list],
    ] {
        let said = license(args);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
    let said = license(&["trust", "compare", &list, &signed]);
    assert!(said.code == 0 && said.out.contains("forgets: compromised since 2026-01-01"), "{}", said.out);
    let said = license(&["trust", "compare", &list, &signed, "--json"]);
    let compared: Value = serde_json::from_str(&said.out).unwrap();
    let changes = compared["changes"].as_array().unwrap();
    let gone = changes.iter().find(|change| change["kind"] == "removed").unwrap();
    assert!(gone["entry"].as_str().unwrap().contains(" signing key "), "{gone}");
    assert_eq!((&gone["widens"], &gone["forgotten"][0]["status"]), (&true.into(), &"compromised".into()), "{gone}");
    let words = "is no longer said to be compromised since 2026-01-01";
    let said = license(&["trust", "check", &signed, "--root", &root, "--held", &list]);
    assert!(said.code == 2 && said.out.contains(words), "{} {}", said.code, said.out);
    let said = deployment.done(&["trust", "import", &signed]);
    assert!(said.out.contains("edition 3 taken in") && said.out.contains(words), "{}", said.out);
}

/// A PDF that a time-stamp of somebody unknown closes cannot be told by anyone: said before it is renewed with one.
#[test]
fn roots_of_time_stamps_that_the_list_does_not_name_are_told() {
    let deployment = Deployment::new();
    assert_eq!(deployment.run(&["keys", "check"]).code, 0);
    let office = deployment.path("office.toml");
    let text = fs::read_to_string(&office).unwrap();
    let service = "[[time_stamp.service]]\nname = \"none\"\nurl = \"http://127.0.0.1:9/\"\n";
    let section = format!("{text}\n[time_stamp]\nroots = [\"trust/root-sm2.pem\"]\nevery_minutes = 0\n{service}");
    fs::write(&office, section).unwrap();
    let told = deployment.run(&["keys", "check"]);
    assert!(
        told.code == 2 && told.out.contains("the trust list takes no time-stamps of"),
        "{} {}",
        told.code,
        told.out
    );
    let told = deployment.done(&["renew", "--list"]);
    assert!(told.err.contains("the trust list takes no time-stamps of"), "{}", told.err);
}

/// An edition that a running service was given is the one that a rotation goes on from.
#[test]
fn b5_a_rotation_follows_the_edition_that_the_service_was_given() {
    let deployment = Deployment::new();
    let data = PathBuf::from(deployment.path(""));
    let password = fs::read_to_string(data.join("keys/password")).unwrap();
    let password = password.trim().as_bytes();
    let root = signer(&data.join("keys"), "p256-root", password).unwrap();
    let (mut list, text) = trust_list(&data.join("trust"), &roots(&data.join("trust")).unwrap()).unwrap();
    list.sequence += 1;
    list.previous = Some(TrustList::digest_of(&text));
    list.addresses.push("HTTPS://ELSEWHERE.EXAMPLE/V/".to_owned());
    let prepared = list.prepare(root.certificate()).unwrap();
    let signature = root.sign(prepared.to_be_signed()).unwrap();
    let next = prepared.finish(&signature).unwrap();
    {
        let opened = server::Deployment::open(&data, password).unwrap();
        let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).unwrap());
        let store = StoreUrl::Redb(default_store(&data)).open().unwrap();
        let office = Office::new(opened, Catalog::load(&Bundled).unwrap(), fonts, store).keeping_lists_in(&data);
        office.import_trust(&Caller { name: "operator".to_owned() }, &next).unwrap();
    }
    assert!(fs::read_to_string(data.join("trust/trust-list.jws")).unwrap().trim() == next);
    assert!(data.join("trust/editions/000001.jws").is_file());
    deployment.done(&["keys", "rotate", MARKET, "--what", "document"]);
    let list = deployment.list();
    assert_eq!(list["sequence"], 3);
    assert!(list["addresses"].to_string().contains("ELSEWHERE"), "{list:#}");
    // The register goes on from there.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let files = deployment.issue("JY23501020001232");
    assert_eq!(verdicts(&deployment.verify(&files, &[])), ["passed"; 3]);
}

/// A draft that people write.
#[test]
fn a_draft_in_toml_becomes_a_list() {
    let deployment = Deployment::new();
    let folder = PathBuf::from(deployment.path(""));
    let draft = format!(
        r#"
operator = "丙市"
next_update = 2030-01-01T00:00:00Z
authorities = ["keys/p256-ca.pem"]

[[anchors]]
name = "P-256"
certificate_file = "trust/root-p256.pem"
purposes = ["document-signing"]
areas = ["34"]

[[issuers]]
code = "{MARKET}"
name = "样例市市场监督管理局"
types = ["*"]
[[issuers.index_keys]]
certificate_file = "keys/{MARKET}-index.pem"
"#
    );
    let path = folder.join("draft.toml");
    fs::write(&path, &draft).unwrap();
    let made = license(&["trust", "make", path.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    let list: Value = serde_json::from_str(&made.out).unwrap();
    assert_eq!((&list["sequence"], &list["anchors"][0]["areas"][0]), (&1.into(), &"34".into()));
    assert!(list["issuers"][0]["index_keys"][0]["period"]["until"].is_string());
    for (from, to, place) in [
        ("areas = [\"34\"]", "areas = [\"341\"]", "/anchors/0/areas/0"),
        ("operator =", "operater =", "/operater"),
        ("types = [\"*\"]", "", "/issuers/0/types"),
    ] {
        fs::write(&path, draft.replace(from, to)).unwrap();
        let said = license(&["trust", "make", path.to_str().unwrap()]);
        assert_eq!(said.code, 3);
        assert!(said.err.contains(place), "{place}: {}", said.err);
    }
}
