//! Issue 4, keys in operation: a key, a password or credentials that others than their owner may read are used by no verb,
//! in whatever format and wherever they lie.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use desk::{Deployment, MARKET, TYPE, license};
use pki::PrivateKey;

fn mode(path: &str, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_that_others_may_read_is_opened_by_no_verb() {
    let deployment = Deployment::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let fixture = |name: &str| root.join("fixtures").join(name).to_str().unwrap().to_owned();
    let key = |name: &str| deployment.path(&format!("keys/{name}.key.pem"));
    let (data, out) = (deployment.path(""), deployment.path("result"));
    let (ofd, pdf, record) = (
        fixture("ofd-samples/v4-invoice-valid.ofd"),
        deployment.path("plain.pdf"),
        fixture("records/food-operation-permit.json"),
    );
    fs::write(&pdf, tests::places::fixture("README.md").to_str().unwrap()).unwrap();
    let (seal, document) = (format!("{MARKET}-seal"), format!("{MARKET}-document"));
    let esl = deployment.path(&format!("seals/{MARKET}.esl"));
    let list = deployment.path("trust/trust-list.json");
    let (seal_key, document_key, root_key) = (key(&seal), key(&document), key("p256-root"));
    let since = "2026-01-01T00:00:00Z";
    let cases: Vec<(&str, Vec<&str>)> = vec![
        ("p256-root", vec!["keys", "rotate", MARKET, "--what", "index", "--data", &data]),
        ("p256-ca", vec!["keys", "rotate", MARKET, "--what", "document", "--data", &data]),
        ("seal-maker", vec!["keys", "rotate", MARKET, "--what", "seal", "--data", &data]),
        (&document, vec!["keys", "rotate", MARKET, "--what", "document", "--use", &document, "--data", &data]),
        ("p256-ca", vec!["keys", "compromise", MARKET, "--what", "document", "--from", since, "--data", &data]),
        ("p256-root", vec!["keys", "compromise", "--ca", "p256-ca", "--from", since, "--data", &data]),
        (&seal, vec!["keys", "passwd", "--data", &data]),
        (&seal, vec!["keys", "passwd", &seal_key, "--data", &data]),
        ("p256-root", vec!["trust", "sign", "--data", &data]),
        ("p256-root", vec!["trust", "sign", &list, "--key", &root_key, "--out", &out]),
        (
            "seal-maker",
            vec![
                "seal",
                "new",
                "--data",
                &data,
                "--id",
                "33010000000009",
                "--name",
                "样",
                "--issuer",
                MARKET,
                "--out",
                &out,
            ],
        ),
        (&seal, vec!["seal", "apply", &ofd, "--seal", &esl, "--key", &seal_key, "--at", "1,10,10", "--out", &out]),
        (&seal, vec!["seal", "sign", &ofd, "--key", &seal_key, "--out", &out]),
        (&document, vec!["pdf", "sign", &pdf, "--key", &document_key, "--out", &out]),
        (&document, vec!["issue", "--type", TYPE, &record, "--out", &out, "--data", &data]),
        (&document, vec!["serve", "--listen", "127.0.0.1:0", "--data", &data]),
    ];
    let password = fs::read(deployment.path("keys/password")).unwrap();
    let before = fs::read(&list).unwrap();
    // The format of today, and the one before, PKCS#8 under PBES2.
    for former in [false, true] {
        for (name, args) in &cases {
            let path = key(name);
            let current = fs::read(&path).unwrap();
            if former {
                let opened = PrivateKey::from_encrypted_pem(&String::from_utf8_lossy(&current), password.trim_ascii());
                let mut random = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
                let old = opened.unwrap().to_encrypted_pem(password.trim_ascii(), &mut random).unwrap();
                fs::write(&path, old.as_bytes()).unwrap();
            }
            for open in [0o640, 0o604] {
                mode(&path, open);
                let said = license(args);
                let told = said.err.contains("chmod 600") && said.err.contains(&format!("{name}.key.pem"));
                assert!(said.code == 3 && told, "{args:?}: {} {}{}", said.code, said.out, said.err);
                assert!(!Path::new(&out).exists(), "{args:?}");
            }
            fs::write(&path, &current).unwrap();
            mode(&path, 0o600);
        }
    }
    assert_eq!(fs::read(&list).unwrap(), before, "nothing was changed");
    assert!(!Path::new(&deployment.path("change")).exists() && !Path::new(&deployment.path("trust/editions")).exists());
}

#[test]
fn a_password_that_others_may_read_opens_nothing() {
    let deployment = Deployment::new();
    let beside = deployment.path("keys/password");
    mode(&beside, 0o644);
    let said = deployment.run(&["trust", "sign"]);
    assert!(said.code == 3 && said.err.contains("chmod 600") && said.err.contains("keys/password"), "{}", said.err);
    assert_eq!(deployment.run(&["keys", "check"]).code, 1);
    mode(&beside, 0o600);
    let elsewhere = deployment.path("elsewhere");
    fs::copy(&beside, &elsewhere).unwrap();
    for (argument, verb) in [
        ("--password-file", &["trust", "sign"][..]),
        ("--password-file", &["keys", "rotate", MARKET, "--what", "index"]),
        ("--password-file", &["keys", "passwd"]),
        ("--new-password-file", &["keys", "passwd"]),
    ] {
        mode(&elsewhere, 0o604);
        let said = deployment.run(&[verb, &[argument, &elsewhere]].concat());
        assert!(said.code == 3 && said.err.contains("chmod 600"), "{verb:?}: {}", said.err);
        mode(&elsewhere, 0o600);
        deployment.done(&[verb, &[argument, &elsewhere]].concat());
    }
}
