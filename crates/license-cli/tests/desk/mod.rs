//! The binary as a user runs it, a deployment in a folder of its own, and a PDF with nothing on it.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, missing_docs, reason = "each test uses its share")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What the binary said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Everything, and the exit code: for those who do not care where it was said.
    pub fn whole(self) -> (i32, String) {
        (self.code, self.out + &self.err)
    }
}

/// The binary, with nothing of this machine's user, and in another folder than the repository's.
pub fn license<S: AsRef<str>>(args: &[S]) -> Said {
    license_in(&std::env::temp_dir(), args)
}

/// The same in a folder.
pub fn license_in<S: AsRef<str>>(folder: &Path, args: &[S]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_license"));
    command.env_remove("LICENSE_KEY_PASSWORD").current_dir(folder);
    let output = command.args(args.iter().map(AsRef::as_ref)).output().unwrap();
    Said {
        code: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One page, nothing on it.
pub fn plain_pdf() -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, body) in [
        (1, "<</Type /Catalog /Pages 2 0 R>>"),
        (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>"),
        (3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>>"),
    ] {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let xref = pdf.len();
    let tail = format!("xref\n0 4\n{table}trailer\n<</Size 4 /Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n");
    pdf.extend(tail.bytes());
    pdf
}

/// A deployment without licenses, in a folder of its own.
pub struct Deployment(pub tempfile::TempDir);

pub const MARKET: &str = "11340100MB1D00012R";
pub const TYPE: &str = "food-operation-permit";

impl Deployment {
    pub fn new() -> Deployment {
        let folder = tempfile::tempdir().unwrap();
        let deployment = Deployment(folder);
        let said = license(&["demo", "--data", &deployment.path(""), "--count", "0", "--no-serve"]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        deployment
    }

    pub fn path(&self, below: &str) -> String {
        self.0.path().join("data").join(below).to_str().unwrap().trim_end_matches('/').to_owned()
    }

    pub fn run(&self, args: &[&str]) -> Said {
        license(&[args, &["--data", &self.path("")]].concat())
    }

    #[track_caller]
    pub fn done(&self, args: &[&str]) -> Said {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
        said
    }

    /// Issues one license; its number makes its files.
    #[track_caller]
    pub fn issue(&self, number: &str) -> Vec<String> {
        let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/records/food-operation-permit.json");
        let record: Value = serde_json::from_slice(&fs::read(record).unwrap()).unwrap();
        let text = record.to_string().replace("JY23501020001232", number);
        let file = self.0.path().join("record.json");
        fs::write(&file, text).unwrap();
        let out = self.0.path().join(number);
        let [file, out] = [file.to_str().unwrap(), out.to_str().unwrap()];
        self.done(&["issue", "--type", TYPE, file, "--out", out]);
        ["ofd", "pdf", "qr.txt"].iter().map(|ending| format!("{out}/{number}.{ending}")).collect()
    }

    pub fn verify(&self, files: &[String], more: &[&str]) -> Vec<Value> {
        let trust = self.path("trust");
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let said = license(&[&["verify", "--json", "--trust", &trust], more, &files].concat());
        said.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}{}", said.err)))
            .collect()
    }

    pub fn list(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("trust/trust-list.json")).unwrap()).unwrap()
    }
}

pub fn verdicts(reports: &[Value]) -> Vec<&str> {
    reports.iter().map(|report| report["verdict"].as_str().unwrap()).collect()
}

/// The codes of all checks that failed.
pub fn codes(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap();
    let failed = checks.iter().filter(|check| check["outcome"] == "failed");
    failed.map(|check| check["code"].as_str().unwrap()).collect()
}
