//! A deployment whose document key lives in SoftHSM2: licenses are issued by it, and what goes wrong with it is said.
//! The binary is a process of its own, so `SOFTHSM2_CONF` is set for it alone.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use pki::PrivateKey;
use tempfile::TempDir;
use tests::places;

const MODULES: [&str; 3] =
    ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"];
const PIN: &str = "271828";
const ISSUER: &str = "11340100MB1D00012R";

/// A copy of the fixtures' deployment, and a token with its document key.
struct Desk {
    folder: TempDir,
    module: &'static str,
}

impl Desk {
    /// `None`, said aloud, where SoftHSM2 is not installed.
    fn new() -> Option<Desk> {
        let module = MODULES.into_iter().find(|path| Path::new(path).is_file());
        let Some(module) = module.filter(|_| Command::new("softhsm2-util").arg("--version").output().is_ok()) else {
            assert!(env::var("LICENSE_REQUIRE_PEERS").as_deref() != Ok("1"), "SoftHSM2 is missing");
            eprintln!("SKIPPED: SoftHSM2 is not installed (Debian package softhsm2)");
            return None;
        };
        let desk = Desk { folder: tempfile::tempdir().unwrap(), module };
        places::deployment(&desk.path("data"));
        fs::create_dir(desk.path("tokens")).unwrap();
        let conf = format!("directories.tokendir = {}\nlog.level = ERROR\n", desk.path("tokens").display());
        fs::write(desk.path("softhsm2.conf"), conf).unwrap();
        let init = ["--init-token", "--free", "--label", "licenses", "--pin", PIN, "--so-pin", "31415926"];
        desk.util(&init);
        desk.write_secret("pin", PIN);
        // The key leaves its file for the token, where it is called after its organ.
        let name = format!("data/keys/{ISSUER}-document");
        let password = fs::read_to_string(desk.path("data/keys/password")).unwrap();
        let pem = fs::read_to_string(desk.path(&format!("{name}.key.pem"))).unwrap();
        let key = PrivateKey::from_encrypted_pem(&pem, password.trim().as_bytes()).unwrap();
        desk.import("document", "01", &key);
        fs::remove_file(desk.path(&format!("{name}.key.pem"))).unwrap();
        Some(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write_secret(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        places::own(&self.path(name));
    }

    fn import(&self, label: &str, id: &str, key: &PrivateKey) {
        let der = self.path("import.der");
        fs::write(&der, &*key.to_pkcs8_der()).unwrap();
        let pem = Command::new("openssl").args(["pkey", "-inform", "DER", "-in"]).arg(&der).output().unwrap();
        assert!(pem.status.success());
        fs::write(self.path("import.pem"), pem.stdout).unwrap();
        let file = self.text("import.pem");
        self.util(&["--import", &file, "--token", "licenses", "--label", label, "--id", id, "--pin", PIN]);
    }

    fn run(&self, command: &mut Command) -> Output {
        let command = command.env("SOFTHSM2_CONF", self.path("softhsm2.conf")).current_dir(self.folder.path());
        command.env_remove("LICENSE_KEY_PASSWORD").env_remove("LICENSE_PKCS11_PIN").output().unwrap()
    }

    fn util(&self, args: &[&str]) {
        let out = self.run(Command::new("softhsm2-util").args(args));
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    /// The binary: exit code and all it said.
    fn license(&self, args: &[&str]) -> (i32, String) {
        let out = self.run(Command::new(env!("CARGO_BIN_EXE_license")).args(args));
        (out.status.code().unwrap(), String::from_utf8([out.stdout, out.stderr].concat()).unwrap())
    }

    fn issue(&self, more: &[&str]) -> (i32, String) {
        let record = places::fixture("records/food-operation-permit.json").to_str().unwrap().to_owned();
        let (data, out) = (self.text("data"), self.text("out"));
        let issue =
            ["issue", "--type", "food-operation-permit", &record, "--data", &data, "--store", "memory", "--out", &out];
        self.license(&[&issue[..], more].concat())
    }

    /// The PDF that was issued verifies, and the token's key signed it.
    fn assert_pdf_is_good(&self) {
        let pdf = fs::read_dir(self.path("out")).unwrap().map(|entry| entry.unwrap().path());
        let pdf = pdf.into_iter().find(|path| path.extension().is_some_and(|e| e == "pdf")).unwrap();
        let said = self.license(&["verify", "--trust", &self.text("data/trust"), pdf.to_str().unwrap()]);
        assert_eq!(said.0, 0, "{}", said.1);
        fs::remove_dir_all(self.path("out")).unwrap();
    }

    fn office(&self, section: &str) {
        let path = self.path("data/office.toml");
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("\n[pkcs11").next().unwrap().to_owned();
        fs::write(path, format!("{text}\n[pkcs11.{ISSUER}-document]\n{section}\n")).unwrap();
    }
}

#[test]
fn a_deployment_issues_with_a_document_key_in_hardware() {
    let Some(desk) = Desk::new() else { return };
    let pin = desk.text("pin");
    let module = desk.module;
    desk.office(&format!("module = '{module}'\ntoken = 'licenses'\nkey = 'document'\npin_file = '{pin}'"));
    let said = desk.issue(&[]);
    assert_eq!(said.0, 0, "{}", said.1);
    desk.assert_pdf_is_good();

    desk.office(&format!("module = '{module}'\ntoken = 'licenses'\nid = '01'\npin_file = '{pin}'\nsessions = 1"));
    assert_eq!(desk.issue(&[]).0, 0);
    desk.assert_pdf_is_good();

    let faults =
        [("key = 'other'", "no private key \"other\""), ("key = 'document'\nserial = '99'", "no token \"licenses\"")];
    for (section, words) in faults {
        desk.office(&format!("module = '{module}'\ntoken = 'licenses'\n{section}\npin_file = '{pin}'"));
        let said = desk.issue(&[]);
        assert!(said.0 == 3 && said.1.contains(words) && said.1.contains(ISSUER), "{said:?}");
    }
    desk.write_secret("pin", "000000");
    desk.office(&format!("module = '{module}'\ntoken = 'licenses'\nkey = 'document'\npin_file = '{pin}'"));
    let said = desk.issue(&[]);
    assert!(said.0 == 3 && said.1.contains("refused the PIN") && !said.1.contains("000000"), "{said:?}");
    desk.write_secret("pin", PIN);
    fs::rename(desk.path("tokens"), desk.path("away")).unwrap();
    let said = desk.issue(&[]);
    assert!(said.0 == 3 && said.1.contains("PKCS#11 module"), "{said:?}");
    assert!(!desk.path("out").exists(), "nothing was issued");
}

#[test]
fn issue_takes_a_key_in_hardware_from_the_command_line() {
    let Some(desk) = Desk::new() else { return };
    let (pin, module, certificate) = (desk.text("pin"), desk.module, format!("data/keys/{ISSUER}-document.pem"));
    let key = ["--pkcs11-module", module, "--token", "licenses", "--key", "document", "--cert", &certificate];
    let said = desk.issue(&[&key[..], &["--pin-file", &pin]].concat());
    assert_eq!(said.0, 0, "{}", said.1);
    desk.assert_pdf_is_good();
    let said = desk.issue(&key);
    assert!(said.0 == 3 && said.1.contains("no PIN") && said.1.contains("LICENSE_PKCS11_PIN"), "{said:?}");
    let said = desk.issue(&["--pkcs11-module", module, "--key", "document", "--pin-file", &pin]);
    assert!(said.0 == 3 && said.1.contains("--token"), "{said:?}");
    // Another organ's certificate: the first signature of the key gives it away.
    let other = ["--pkcs11-module", module, "--token", "licenses", "--key", "document"];
    let certificate = "data/keys/11340100MB1D00020L-document.pem";
    let said = desk.issue(&[&other[..], &["--cert", certificate, "--pin-file", &pin]].concat());
    assert!(said.0 == 3 && said.1.contains("not the one its certificate speaks of"), "{said:?}");
}

#[test]
fn seals_need_sm2_which_a_token_signs_by_its_vendors_mechanism_alone() {
    let Some(desk) = Desk::new() else { return };
    let file = places::fixture("ofd-samples/v4-invoice-valid.ofd");
    let sign = |certificate: &str, more: &[&str]| {
        let certificate = format!("data/keys/{certificate}.pem");
        let sign =
            ["seal", "sign", file.to_str().unwrap(), "--out", "s.ofd", "--cert", &certificate, "--key", "document"];
        let token = ["--pkcs11-module", desk.module, "--token", "licenses", "--pin-file", "pin"];
        desk.license(&[&sign[..], &token, more].concat())
    };
    // A P-256 key is no seal key, in hardware as in a file.
    let (code, said) = sign(&format!("{ISSUER}-document"), &[]);
    assert!(code == 1 && said.contains("SM2"), "{said}");
    let (code, said) = sign(&format!("{ISSUER}-seal"), &[]);
    assert!(code == 3 && said.contains("no SM2 mechanism"), "{said}");
    let (code, said) = sign(&format!("{ISSUER}-seal"), &["--sm2-mechanism", "0x80000103"]);
    assert!(code == 3 && said.contains("does not offer"), "{said}");
}

/// Any PDF, and what goes wrong with the token is said as it is for licenses.
#[test]
fn a_pdf_is_signed_by_a_key_in_hardware() {
    let Some(desk) = Desk::new() else { return };
    fs::write(desk.path("a.pdf"), desk::plain_pdf()).unwrap();
    let own = format!("data/keys/{ISSUER}-document.pem");
    let sign = |more: &[&str]| {
        let token = ["pdf", "sign", "a.pdf", "--pkcs11-module", desk.module, "--token", "licenses"];
        desk.license(&[&token[..], &["--pin-file", "pin"], more].concat())
    };
    for (key, out) in [(["--key", "document"], "by-label.pdf"), (["--key-id", "01"], "by-id.pdf")] {
        let (code, said) = sign(&[&key[..], &["--cert", &own, "--certify", "2", "--out", out]].concat());
        assert!(code == 0 && said.trim() == out, "{said}");
        let (code, said) = desk.license(&["verify", "--document", "--trust", "data/trust", out]);
        assert!(code == 0 && said.contains("signature pades intact"), "{said}");
    }
    let other = "data/keys/11340100MB1D00020L-document.pem";
    for (args, words) in [
        (&["--key", "nobody", "--cert", own.as_str()][..], "no private key \"nobody\""),
        (&["--key", "document", "--cert", other], "not the one its certificate speaks of"),
        (&["--key", "document"], "holds no certificate"),
        (&["--key", "document", "--cert", own.as_str(), "--message", "m.bin"], "cannot be used with"),
    ] {
        let (code, said) = sign(&[args, &["--out", "none.pdf"]].concat());
        assert!(code == 3 && said.contains(words), "{words}: {said}");
    }
    let ready = ["--key", "document", "--cert", own.as_str(), "--out", "none.pdf"];
    desk.write_secret("pin", "000000");
    let (code, said) = sign(&ready);
    assert!(code == 3 && said.contains("refused the PIN") && !said.contains("000000"), "{said}");
    desk.write_secret("pin", PIN);
    fs::rename(desk.path("tokens"), desk.path("away")).unwrap();
    let (code, said) = sign(&ready);
    assert!(code == 3 && said.contains("PKCS#11 module"), "{said}");
    assert!(!desk.path("none.pdf").exists() && !desk.path("m.bin").exists());
}
