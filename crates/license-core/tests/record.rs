//! The record's JSON: one spelling, and the worked example of `docs/formats/record.md`.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use license_core::record::{Record, RecordError, Value, canonical_json};
use serde_json::{Value as Json, json};

fn repository(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

fn example() -> Vec<u8> {
    repository("fixtures/vectors/record/food-operation-permit.json")
}

/// The example with one thing changed, spelled canonically.
fn changed(change: impl FnOnce(&mut Json)) -> Result<Record, RecordError> {
    let mut json = serde_json::from_slice(&example()).unwrap();
    change(&mut json);
    Record::from_canonical_json(&canonical_json(&json))
}

#[test]
fn the_worked_example_reads_and_prints_back() {
    let bytes = example();
    let record = Record::from_canonical_json(&bytes).unwrap();
    assert_eq!(record.to_canonical_json(), bytes);
    assert_eq!(record.number(), "JY23501020001232");
    assert_eq!(record.holder(), "样例市颀颀面馆");
    assert_eq!(record.value("legal_representative"), Some(&Value::Text("陈瑀".into())));
    assert_eq!(record.items().len(), 12);
    let page = String::from_utf8(repository("docs/formats/record.md")).unwrap();
    assert!(page.contains(&record.digest().to_string()), "the page names another digest than {}", record.digest());
    assert!(page.contains(&format!("{} bytes", bytes.len())));
}

/// A12: what goes into the files' metadata and onto the public page comes from the record, masked.
#[test]
fn a12_metadata_and_public_page_follow_from_the_record() {
    let record = Record::from_canonical_json(&example()).unwrap();
    let metadata = record.metadata();
    let value = |key: &str| metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    assert_eq!(value("ZZBS"), Some(record.id().to_string().as_str()));
    assert_eq!(value("ZZYXQJZRQ"), Some("2029-03-04"));
    assert_eq!(value("CZZTDMLX"), Some("统一社会信用代码"));
    let shown = record.public_view(license_core::record::Language::Chinese);
    let representative = shown.iter().find(|(label, _)| label == "法定代表人（负责人）").unwrap();
    assert!(representative.1.starts_with('陈') && !representative.1.contains('瑀'), "{representative:?}");
}

#[test]
fn any_other_spelling_is_refused() {
    let text = String::from_utf8(example()).unwrap();
    for other in [
        text.replacen(':', ": ", 1),
        text.replacen('陈', "\\u9648", 1),
        format!("{text}\n"),
        text.replacen("\"face\":\"main\",", "", 1).replacen("\"schema\":1", "\"schema\":1,\"face\":\"main\"", 1),
    ] {
        assert_ne!(other, text);
        assert_eq!(Record::from_canonical_json(other.as_bytes()), Err(RecordError::NotCanonical), "{other}");
    }
}

#[test]
fn contradictions_and_strangers_are_refused() {
    assert!(changed(|_| ()).is_ok());
    let refused = |change: fn(&mut Json)| changed(change).unwrap_err();
    assert!(matches!(refused(|json| json["extra"] = json!(1)), RecordError::Json(_)));
    assert!(matches!(refused(|json| json["schema"] = json!(2)), RecordError::Value { .. }));
    let wrong = |change: fn(&mut Json), key: &str| {
        let error = refused(change);
        assert!(matches!(&error, RecordError::Value { key: found, .. } if found == key), "{error:?}");
    };
    wrong(|json| json["core"]["ZZLXDM"] = json!("11100000MB0143028R001"), "ZZBS");
    wrong(|json| json["core"]["ZZBFJGDM"] = json!("11340100MB1D00020L"), "ZZBS");
    wrong(|json| json["core"]["CZZT"] = json!([]), "CZZT");
    wrong(|json| json["core"]["CZZTDM"] = json!([null, null]), "CZZT");
    wrong(|json| json["core"]["ZZYXQJZRQ"] = json!("2029-02-31"), "ZZYXQJZRQ");
    wrong(|json| json["items"][1]["key"] = json!("license_no"), "license_no");
    wrong(|json| json["items"][0]["value"] = json!(7), "license_no");
    // Another check character: the identifier itself does not parse.
    let id = "1.2.156.3005.2.11100000MB0143028R900.11340100MB1D00012R.2026000000065.001.S";
    assert!(matches!(changed(|json| json["core"]["ZZBS"] = json!(id)), Err(RecordError::Json(_))));
}

#[test]
fn any_bytes_give_an_answer() {
    let good = example();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        // Values may change into other values; then it is another record with another digest.
        if let Ok(record) = Record::from_canonical_json(&bytes) {
            assert_eq!(record.to_canonical_json(), bytes);
        }
        assert!(Record::from_canonical_json(&good[..at]).is_err());
    }
    let huge = vec![b' '; (1 << 20) + 1];
    assert_eq!(Record::from_canonical_json(&huge), Err(RecordError::TooLarge { limit: 1 << 20 }));
}
