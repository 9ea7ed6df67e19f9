//! Other fonts for a while: what was issued with them is checked in full by its register when they are gone, and by a stranger
//! as far as can be told.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod desk;

use std::fs;

use desk::{Deployment, TYPE, codes, license, verdicts};
use serde_json::Value;
use tests::places::{fixture, root};

/// The codes of everything that was not done.
fn left_out(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().filter(|check| check["outcome"] != "passed").filter_map(|check| check["code"].as_str()).collect()
}

#[test]
fn a_register_outlives_the_fonts_of_its_installation() {
    let deployment = Deployment::new();
    let assets = tempfile::tempdir().unwrap();
    fs::create_dir(assets.path().join("fonts")).unwrap();
    // Other outlines under the name of the face of the values.
    let font = |name: &str| root().join("assets/fonts").join(name);
    fs::copy(font("ECertHei-Regular.ttf.zst"), assets.path().join("fonts/ECertKai-Regular.ttf.zst")).unwrap();
    let assets = assets.path().to_str().unwrap();
    let record = fixture("records/food-operation-permit.json");
    let out = deployment.0.path().join("out");
    let [record, out] = [record.to_str().unwrap(), out.to_str().unwrap()];
    deployment.done(&["--assets", assets, "issue", "--type", TYPE, record, "--out", out]);
    let files: Vec<String> = ["ofd", "pdf"].iter().map(|ending| format!("{out}/JY23501020001232.{ending}")).collect();

    let reports = deployment.verify(&files, &["--assets", assets]);
    assert_eq!(verdicts(&reports), ["passed"; 2]);
    assert!(reports.iter().all(|report| !left_out(report).contains(&"face.fonts-missing")), "{reports:#?}");
    // The fonts are gone: away from the register nobody can tell, and nobody is accused.
    let reports = deployment.verify(&files, &[]);
    assert_eq!(verdicts(&reports), ["passed"; 2]);
    for report in &reports {
        assert_eq!(codes(report), [""; 0]);
        assert!(left_out(report).contains(&"face.fonts-missing"), "{report:#}");
    }
    // The register has them.
    let said = license(&["fsck", "--deep", "--data", &deployment.path("")]);
    assert!(
        said.code == 0 && said.out.contains("12 assets") && said.out.contains("2 files verified: 0 faults"),
        "{}",
        said.out
    );
}
