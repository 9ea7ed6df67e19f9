//! A SoftHSM2 token in a folder of its own. The module reads `SOFTHSM2_CONF` once per process, so each play runs in a
//! process of its own: this very test, started again with the variable set.
#![allow(dead_code, reason = "not every test binary plays everything")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use pki::{Certificate, CertificateTemplate, KeyKind, Name, PrivateKey, SoftSigner};
use time::macros::datetime;

const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
const PLAYING: &str = "PKCS11_SIGNER_PLAY";
/// The PIN of every token here.
pub(crate) const PIN: &str = "271828";

/// The folder of a play.
pub(crate) struct Stage {
    pub(crate) folder: PathBuf,
    pub(crate) module: PathBuf,
}

/// Runs `body` in a process of its own, where tokens live in an empty folder. `test` is the name of the calling test.
pub(crate) fn play(test: &str, body: impl FnOnce(&Stage)) {
    let module = MODULES.iter().map(PathBuf::from).find(|path| path.is_file());
    let Some(module) = module.filter(|_| Command::new("softhsm2-util").arg("--version").output().is_ok()) else {
        assert!(env::var("LICENSE_REQUIRE_PEERS").as_deref() != Ok("1"), "SoftHSM2 is missing");
        eprintln!("SKIPPED: SoftHSM2 is not installed (Debian package softhsm2)");
        return;
    };
    if let Some(folder) = env::var_os(PLAYING) {
        return body(&Stage { folder: folder.into(), module });
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens).unwrap();
    let conf = folder.path().join("softhsm2.conf");
    fs::write(
        &conf,
        format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display()),
    )
    .unwrap();
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    let out = again.env("SOFTHSM2_CONF", &conf).env(PLAYING, folder.path()).output().unwrap();
    let (text, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{text}\n{errors}");
    assert!(text.contains("1 passed"), "the play {test} was found: {text}");
}

impl Stage {
    pub(crate) fn tokens(&self) -> PathBuf {
        self.folder.join("tokens")
    }

    /// A token as its maker's tool makes it.
    pub(crate) fn token(&self, label: &str, pin: &str) {
        util(&["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "31415926"]);
    }

    /// A key and a self-made certificate; the key goes into the token.
    pub(crate) fn key(&self, token: &str, label: &str, id: &str, key: &PrivateKey) {
        let path = self.folder.join("import.pem");
        fs::write(&path, pem(key)).unwrap();
        let path = path.to_str().unwrap();
        util(&["--import", path, "--token", token, "--label", label, "--id", id, "--pin", PIN]);
        fs::remove_file(path).unwrap();
    }

    pub(crate) fn pin(&self, pin: &str) -> pkcs11_signer::Pin {
        let path = self.folder.join(format!("pin-{pin}"));
        fs::write(&path, pin).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        pkcs11_signer::Pin::from_file(&path).unwrap()
    }
}

/// A new key of a kind that can be made here.
pub(crate) fn new_key(kind: KeyKind) -> PrivateKey {
    PrivateKey::generate(kind, &mut getrandom::rand_core::UnwrapErr(getrandom::SysRng)).unwrap()
}

/// RSA keys are made by OpenSSL.
pub(crate) fn rsa_key(folder: &Path, bits: u32) -> PrivateKey {
    let path = folder.join("rsa.pem");
    let args = ["genpkey", "-algorithm", "RSA", "-pkeyopt"];
    let made =
        Command::new("openssl").args(args).arg(format!("rsa_keygen_bits:{bits}")).arg("-out").arg(&path).output();
    assert!(made.unwrap().status.success());
    PrivateKey::from_pkcs8_pem(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A certificate for the key, by a CA made for it.
pub(crate) fn certificates(key: &PrivateKey) -> Vec<Certificate> {
    let (from, until) = (datetime!(2026-01-01 0:00 UTC), datetime!(2036-01-01 0:00 UTC));
    let ca_key = new_key(KeyKind::P256);
    let name = |common: &str| Name::builder().country("CN").common_name(common).build();
    let ca = CertificateTemplate::root_ca(name("Test CA")).serial(&[1]).valid(from, until).self_sign(&ca_key).unwrap();
    let ca = SoftSigner::new(ca_key, ca, vec![]).unwrap();
    let leaf = CertificateTemplate::document_signer(name("Key in hardware")).serial(&[2]).valid(from, until);
    vec![leaf.issue(key.public_key(), &ca).unwrap(), pki::Signer::certificate(&ca).clone()]
}

fn pem(key: &PrivateKey) -> String {
    let der = key.to_pkcs8_der();
    let path = tempfile::NamedTempFile::new().unwrap();
    fs::write(path.path(), &*der).unwrap();
    let out = Command::new("openssl").args(["pkey", "-inform", "DER", "-in"]).arg(path.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn util(args: &[&str]) {
    let out = Command::new("softhsm2-util").args(args).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
}
