//! The records of the shipped types: the way round, refusals, metadata, the public view, and the way back to a face.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use license_core::fill::{FillContext, fill};
use license_core::id::LicenseId;
use license_core::record::{Language, Record, RecordError, Value};
use license_core::template::Template;
use serde_json::json;
use time::macros::date;

fn template(id: &str) -> Arc<Template> {
    Template::load(&support::Repository, id).unwrap()
}

fn record_of(template: &Arc<Template>, sample: &serde_json::Value) -> Record {
    let context = FillContext {
        issuer_name: sample["issuing_authority"].as_str().unwrap(),
        issuer_code: "11220000013544541J".parse().unwrap(),
        today: date!(2026 - 11 - 01),
        fonts: None,
    };
    let filled = fill(template, sample, &context).unwrap_or_else(|errors| panic!("{errors:#?}"));
    Record::new(&filled, identifier(template)).unwrap()
}

fn identifier(template: &Template) -> LicenseId {
    let code = template.file.kind.code.parse().unwrap();
    LicenseId::new(code, "11220000013544541J".parse().unwrap(), "20240305000001", 1).unwrap()
}

fn record(id: &str) -> Record {
    let template = template(id);
    record_of(&template, &template.sample)
}

const TYPES: [&str; 4] =
    ["business-license", "food-operation-permit", "realestate-registration", "supervision-qualification"];

/// A12: canonical JSON reads back to the same record, and the record makes the same face again.
#[test]
fn records_go_round() {
    for id in TYPES {
        let template = template(id);
        let record = record_of(&template, &template.sample);
        let bytes = record.to_canonical_json();
        let read = Record::from_canonical_json(&bytes).unwrap();
        assert_eq!(read, record, "{id}");
        assert_eq!(read.digest(), record.digest());
        assert_eq!(read.to_canonical_json(), bytes);
        let filled = read.to_filled(&template).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(Record::new(&filled, identifier(&template)).unwrap(), record);
    }
}

#[test]
fn the_json_is_sorted_and_without_blanks() {
    let bytes = record("business-license").to_canonical_json();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with(r#"{"core":{"CZZT":["样例市邈邈面馆餐饮管理有限公司"],"CZZTDM":["91350100M000100Y43"],"CZZTDMLXDM":["001"],"ZZBFJG":"#), "{text}");
    assert!(!text.contains(": ") && !text.contains('\n'));
}

/// Nothing but the canonical spelling is read.
#[test]
fn other_spellings_are_refused() {
    let bytes = record("supervision-qualification").to_canonical_json();
    let text = String::from_utf8(bytes).unwrap();
    let refused = |text: String| Record::from_canonical_json(text.as_bytes()).unwrap_err();
    assert_eq!(refused(text.replacen("\"face\":", "\"face\": ", 1)), RecordError::NotCanonical);
    assert_eq!(refused(format!("{text}\n")), RecordError::NotCanonical);
    assert_eq!(refused(text.replacen("甲", "\\u7532", 1)), RecordError::NotCanonical);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut members: Vec<_> = value.as_object().unwrap().iter().collect();
    members.reverse();
    let reversed: serde_json::Map<_, _> =
        members.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    assert_eq!(refused(serde_json::Value::Object(reversed).to_string()), RecordError::NotCanonical);
    for (old, new) in [
        ("\"schema\":1", "\"schema\":2"),
        ("\"schema\":1", "\"schema\":1.0"),
        ("\"face\":\"main\"", "\"face\":\"main\",\"face\":\"main\""),
        ("\"face\":\"main\"", "\"face\":\"main\",\"more\":1"),
        ("\"ZZBFRQ\":\"2024-03-05\"", "\"ZZBFRQ\":\"2024-02-31\""),
        ("\"type\":\"date\",\"value\":\"2024-03-05\"", "\"type\":\"date\",\"value\":\"5 March\""),
        ("\"CZZTDMLXDM\":[\"001\"]", "\"CZZTDMLXDM\":[]"),
        ("20240305000001.001.", "20240305000001.002."),
        ("\"ZZBFJGDM\":\"11220000013544541J\"", "\"ZZBFJGDM\":\"11100000MB0143028R\""),
    ] {
        assert!(text.contains(old), "{old}: {text}");
        let error = refused(text.replacen(old, new, 1));
        assert_ne!(error, RecordError::NotCanonical, "{new}: found by its own rule");
        assert!(!error.to_string().contains("恒晟"), "no data in messages");
    }
    assert!(matches!(refused(" ".repeat(2_000_000)), RecordError::TooLarge { .. }));
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        let bytes = &text.as_bytes()[..cut];
        assert!(Record::from_canonical_json(bytes).is_err());
    }
}

/// A record whose metadata do not follow from its items makes no face.
#[test]
fn tampered_records_make_no_face() {
    let template = template("food-operation-permit");
    let text = String::from_utf8(record("food-operation-permit").to_canonical_json()).unwrap();
    for (old, new) in [
        ("\"ZZBH\":\"JY23501020001232\"", "\"ZZBH\":\"JY23501020001240\""),
        ("\"label\":\"住所\"", "\"label\":\"地址\""),
        ("\"ZZYXQJZRQ\":\"2029-03-04\"", "\"ZZYXQJZRQ\":\"2039-03-04\""),
        ("\"mask\":\"name\",", ""),
        ("\"face\":\"main\"", "\"face\":\"other\""),
    ] {
        assert!(text.contains(old), "{old}: {text}");
        let record = Record::from_canonical_json(text.replacen(old, new, 1).as_bytes()).unwrap();
        assert!(record.to_filled(&template).is_err(), "{new}");
    }
    let other = record("business-license");
    assert!(matches!(other.to_filled(&template), Err(RecordError::OtherTemplate { .. })));
}

/// D: metadata by the keys of GB/T 36903; numbers of persons stay in the record.
#[test]
fn metadata_for_document_information() {
    let template = template("realestate-registration");
    let mut sample = template.sample.clone();
    sample["right_holder"] = json!("王喆、李颀");
    sample["right_holder_id"] = json!("11010519491231002X");
    let record = record_of(&template, &sample);
    let metadata = record.metadata();
    let get = |key: &str| metadata.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str());
    assert_eq!(get("ZZMC"), Some("不动产登记证明"));
    assert_eq!(get("ZZLXDM"), Some("11100000MB03271699022"));
    assert_eq!(get("ZZBS"), Some(record.id().to_string().as_str()));
    assert_eq!(get("ZZBH"), Some("苏(2024)样例市不动产证明第0001234号"));
    assert_eq!(get("ZZBFJG"), Some("样例市自然资源和规划局"));
    assert_eq!(get("ZZBFJGDM"), Some("11220000013544541J"));
    assert_eq!(get("ZZBFRQ"), Some("2024-03-05"));
    assert_eq!(get("CZZT"), Some("王喆,李颀"));
    assert_eq!(get("CZZTDM"), Some("110105********002X"));
    assert_eq!(get("CZZTDMLXDM"), Some("111,111"));
    assert_eq!(get("ZZYXQJZRQ"), Some("长期"));
    assert_eq!(get("KZ_BDCDYH"), Some("320102001002GB00003F00040005"));
    assert_eq!(get("KZ_YWRZJHM"), None, "hidden personal items stay out");
    assert!(metadata.iter().all(|(_, value)| !value.contains("19491231")));
    let mut keys: Vec<&String> = metadata.iter().map(|(key, _)| key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), metadata.len(), "every key once");
    let business = self::record("business-license");
    assert!(business.metadata().contains(&("CZZTDM".to_owned(), "91350100M000100Y43".to_owned())));
}

/// F: the public page masks persons, not organizations.
#[test]
fn the_public_view_masks_persons() {
    let template = template("realestate-registration");
    let bank = record_of(&template, &template.sample);
    assert_eq!(bank.public_holder(), "样例银行股份有限公司样例分行");
    let view = bank.public_view(Language::Chinese);
    let shown =
        |view: &[(String, String)], label: &str| view.iter().find(|(found, _)| found == label).unwrap().1.clone();
    assert_eq!(shown(&view, "权利人(申请人)"), "样例银行股份有限公司样例分行");
    assert_eq!(shown(&view, "义务人"), "王*、赵*");
    assert_eq!(shown(&view, "登记日期"), "2024年3月5日");
    assert_eq!(shown(&view, "坐落"), "样例市示范区****");
    assert!(view.iter().all(|(label, _)| label != "义务人证件号码"));
    let mut sample = template.sample.clone();
    sample["right_holder"] = json!("王喆");
    sample["right_holder_id"] = json!("11010519491231002X");
    let person = record_of(&template, &sample);
    assert_eq!(person.public_holder(), "王*");
    assert_eq!(shown(&person.public_view(Language::English), "Holder of the right"), "王*");

    let view = record("supervision-qualification").public_view(Language::English);
    assert_eq!(shown(&view, "Issued on"), "2024-03-05");
    assert_eq!(
        shown(&view, "Categories and levels"),
        "房屋建筑工程专业 甲级；市政公用工程专业 甲级；机电安装工程专业 乙级"
    );
}

#[test]
fn what_the_index_needs() {
    let record = record("food-operation-permit");
    assert_eq!(record.number(), "JY23501020001232");
    assert_eq!(record.holder(), "样例市颀颀面馆");
    assert_eq!((record.valid_from(), record.valid_to()), (Some(date!(2024 - 03 - 05)), Some(date!(2029 - 03 - 04))));
    assert_eq!(record.issuer_code(), "11220000013544541J");
    assert_eq!(record.type_code(), "11100000MB0143028R900");
    assert_eq!(record.value("business_form"), Some(&Value::Text("餐饮服务经营者".to_owned())));
    let related = record.id().next_version().unwrap();
    let with = record.clone().with_related(related.clone());
    assert_ne!(with.digest(), record.digest());
    assert_eq!(Record::from_canonical_json(&with.to_canonical_json()).unwrap().related(), Some(&related));
}

#[test]
fn debug_output_has_no_personal_data() {
    let text = format!("{:?}", record("business-license"));
    assert!(!text.contains("李颀") && !text.contains("1949"), "{text}");
    let items = format!("{:?}", record("business-license").items());
    assert!(!items.contains("李颀") && !items.contains("1949"), "{items}");
}

#[test]
fn an_identifier_of_another_type_is_refused() {
    let (food, business) = (template("food-operation-permit"), template("business-license"));
    let filled = record_of(&food, &food.sample).to_filled(&food).unwrap();
    assert!(matches!(Record::new(&filled, identifier(&business)), Err(RecordError::OtherType { .. })));
}
