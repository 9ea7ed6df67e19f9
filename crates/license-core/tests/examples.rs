//! The examples that a developer copies: they work, they fit together, and they stay short.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use license_core::verify::{Integrity, Kind, Reason, Verdict};
use time::macros::datetime;

#[path = "../examples/issue.rs"]
#[allow(dead_code, reason = "its main() reads arguments and the clock")]
mod issue;
#[path = "../examples/new_template.rs"]
#[allow(dead_code, reason = "its main() reads arguments and the clock")]
mod new_template;
#[path = "../examples/verify.rs"]
#[allow(dead_code, reason = "its main() reads arguments and the clock")]
mod verify;

const ISSUED_AT: time::OffsetDateTime = datetime!(2026-12-01 10:00 +8);
const LINES: usize = 60;

#[test]
fn what_one_example_issues_the_other_verifies() {
    let pki = crate_folder().join("../../fixtures/pki");
    let license = issue::issue_one(&pki, ISSUED_AT).unwrap();
    let out = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = out.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let text = license.index().to_string();
    let mut changed = license.pdf().to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let files = [
        file("license.ofd", license.ofd()),
        file("license.pdf", license.pdf()),
        file("license.qr.txt", text.as_bytes()),
        file("changed.pdf", &changed),
    ];

    let later = ISSUED_AT + time::Duration::days(30);
    let reports = verify::verify_all(&pki.join("trust"), &files, later).unwrap();
    for (report, kind) in reports.iter().zip([Kind::Ofd, Kind::Pdf, Kind::Qr]) {
        let failed: Vec<_> = report.reasons().map(Reason::code).collect();
        assert_eq!((report.kind, report.verdict), (kind, Verdict::Passed), "{failed:?}");
        assert_eq!(report.integrity, Integrity::Intact);
        let subject = report.subject.as_ref().unwrap();
        assert_eq!(subject.id, license.id().to_string());
        assert_eq!(subject.holder, license.record().holder());
        assert_eq!(subject.issuer_name, "样例市市场监督管理局");
        // Offline: the register is the one thing that nobody asked.
        assert!(report.reasons().any(|reason| reason == Reason::RegisterNotChecked), "{kind:?}");
    }
    let forged = &reports[3];
    assert_eq!((forged.verdict, forged.integrity), (Verdict::Failed, Integrity::Broken));
    assert!(forged.subject.is_none(), "nothing of a changed file is shown as if it were good");
}

#[test]
fn a_new_template_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("templates/food-operation-permit");
    std::fs::create_dir_all(&home).unwrap();
    let bundled = crate_folder().join("../../templates/food-operation-permit");
    for name in ["template.toml", "background.svg", "sample.json"] {
        std::fs::copy(bundled.join(name), home.join(name)).unwrap();
    }
    let look = || new_template::look(folder.path(), "food-operation-permit", ISSUED_AT.date()).unwrap();
    let (findings, picture) = look();
    assert_eq!(findings, []);
    assert!(picture.starts_with(b"\x89PNG"));

    // The folder is what is looked at: a number that the sample does not have.
    let text = std::fs::read_to_string(home.join("template.toml")).unwrap();
    let text = text.replace("example = \"JY23501020001232\"", "example = \"JY99\"");
    std::fs::write(home.join("template.toml"), text).unwrap();
    assert!(!look().0.is_empty());
}

#[test]
fn the_examples_stay_short() {
    for name in ["issue", "new_template", "verify"] {
        let text = std::fs::read_to_string(crate_folder().join(format!("examples/{name}.rs"))).unwrap();
        assert!(text.lines().count() < LINES, "{name}.rs has {} lines", text.lines().count());
    }
}

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
