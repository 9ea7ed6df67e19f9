//! Filling: each rule of a field, all errors in one answer, folds with warnings, bounds.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, OnceLock};

use license_core::fill::{FieldError, FillContext, Filled, fill};
use license_core::record::Value as Filling;
use license_core::template::Template;
use serde_json::{Value, json};
use time::macros::date;

fn template(id: &str) -> Arc<Template> {
    Template::load(&support::Repository, id).unwrap_or_else(|error| panic!("{error}"))
}

fn context(issuer: &str) -> FillContext<'_> {
    FillContext {
        issuer_name: issuer,
        issuer_code: "11220000013544541J".parse().unwrap(),
        today: date!(2026 - 11 - 01),
        fonts: Some(support::fonts()),
    }
}

fn try_fill(template: &Arc<Template>, record: &Value) -> Result<Filled, Vec<FieldError>> {
    let issuer = template.sample["issuing_authority"].as_str().unwrap();
    fill(template, record, &context(issuer))
}

/// Type, field, value in place of the sample's, and the rule that must be named.
fn mistakes() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let (business, food, supervision, estate) =
        ("business-license", "food-operation-permit", "supervision-qualification", "realestate-registration");
    vec![
        (business, "name", json!(""), "required"),
        (business, "name", json!(null), "required"),
        (business, "name", json!(" \u{3000}"), "required"),
        (business, "name", json!("暂无"), "required"),
        (business, "name", json!(["样例"]), "type"),
        (business, "name", json!(5), "type"),
        (business, "name", json!("样"), "min-length"),
        (business, "name", json!("样".repeat(101)), "max-length"),
        (business, "name", json!("样例\0公司"), "control-character"),
        (business, "name", json!("样例\u{200B}公司"), "invisible-character"),
        (business, "name", json!("样例\u{202E}公司"), "invisible-character"),
        (business, "name", json!("样例\u{FEFF}公司"), "invisible-character"),
        (business, "name", json!("样例\u{FFFD}公司"), "replacement-character"),
        (business, "name", json!("样例\u{E831}公司"), "private-use"),
        (business, "name", json!("样例\u{F0000}公司"), "private-use"),
        (business, "name", json!("样例\u{2F00}公司"), "radical"),
        (business, "name", json!("样例\u{0E05}公司"), "glyph-missing"),
        (business, "name", json!("样例\n公司"), "control-character"),
        (business, "legal_representative", json!("王?"), "name.lost-character"),
        (business, "legal_representative", json!("鏂版捣"), "name.mojibake"),
        (business, "legal_representative", json!("123"), "name.no-letters"),
        (business, "legal_representative_id", json!("110105194912310021"), "cid.check-character"),
        (business, "legal_representative_id", json!("110105202302301238"), "cid.birth-date"),
        (business, "legal_representative_id", json!("110105210001010023"), "cid.birth-date"),
        (business, "legal_representative_id", json!("440524188001010014"), "cid.age"),
        (business, "legal_representative_id", json!("990105199001010022"), "cid.division"),
        (business, "legal_representative_id", json!("110105491231002"), "cid.length"),
        (business, "uscc", json!("91350100M000100Y44"), "uscc.check-character"),
        (business, "uscc", json!("91350100M000I00Y43"), "uscc.alphabet"),
        (business, "uscc", json!("91350100M000100Y4"), "uscc.length"),
        (business, "uscc", json!(" 91350100M000100Y43"), "blank-around"),
        (business, "uscc", json!("000000000000000000"), "uscc.department"),
        (business, "entity_type", json!("个体工商户"), "agree"),
        (business, "entity_type", json!("个体工商户"), "not-allowed"),
        (business, "entity_type", json!("有限公私"), "enum"),
        (business, "registered_capital", json!("若干"), "pattern"),
        (business, "registered_capital", json!("-100万元"), "pattern"),
        (business, "established_on", json!("2024-03-06"), "date.reversed"),
        (business, "established_on", json!("1949-09-30"), "date.before"),
        (business, "issued_on", json!("2024-02-31"), "date.not-real"),
        (business, "issued_on", json!("2024/03/05"), "date.format"),
        (business, "issued_on", json!("2026-11-02"), "date.after-today"),
        (business, "issued_on", json!(20240305), "type"),
        (business, "copy_no", json!(null), "required"),
        (business, "copy_no", json!("3-2"), "copy-no"),
        (business, "copy_kind", json!("正本"), "not-allowed"),
        (business, "business_scope", json!("甲；；乙"), "list"),
        (business, "issuing_authority", json!("别的局"), "issuer"),
        (food, "license_no", json!("JY23501020001233"), "jy.check-character"),
        (food, "license_no", json!("SC23501020001232"), "jy.prefix"),
        (food, "license_no", json!("JY43501020001232"), "jy.alphabet"),
        (food, "business_form", json!("食品销售经营者"), "agree"),
        (food, "valid_to", json!("2024-03-05"), "date.reversed"),
        (food, "valid_to", json!("2029-03-06"), "validity.too-long"),
        (food, "valid_to", json!("长期"), "date.format"),
        (food, "complaint_phone", json!("拨打12315"), "phone"),
        (supervision, "license_no", json!("E2320123456-1/2"), "number"),
        (supervision, "qualifications", json!("房屋建筑工程甲级"), "table.row"),
        (supervision, "qualifications", json!([]), "required"),
        (supervision, "qualifications", json!(["甲级"]), "table.row"),
        (supervision, "qualifications", json!([{ "level": "甲级" }]), "table.required"),
        (supervision, "qualifications", json!([{ "category": "公路工程专业", "level": "特级" }]), "table.enum"),
        (supervision, "qualifications", json!([{ "category": "公路工程专业", "grade": "甲级" }]), "table.column"),
        (supervision, "qualifications", json!([{ "category": "公路工程\u{0}专业" }]), "control-character"),
        (supervision, "qualifications", json!([{ "category": "公路\u{0E05}专业" }]), "glyph-missing"),
        (supervision, "qualifications", json!([{ "category": 5 }]), "type"),
        (supervision, "qualifications", json!("综合资质；".repeat(41)), "table.rows"),
        (estate, "license_no", json!("苏(2023)样例市不动产证明第0001234号"), "agree"),
        (estate, "license_no", json!("苏(2024)样例市不动产证明第1234号"), "number"),
        (estate, "unit_no", json!("110105001002GB00003X00040005"), "unit-no.alphabet"),
        (estate, "right_holder_id", json!("91320100MA1Y00034C"), "uscc.check-character"),
        (estate, "right_holder", json!("王喆、、赵珺"), "list"),
    ]
}

/// B2, B3: every rule names its field; nothing else is wrong beside it, except where one cause has two effects.
#[test]
fn every_rule_is_named_on_its_field() {
    for (id, field, value, rule) in mistakes() {
        let template = template(id);
        let mut record = template.sample.clone();
        record[field] = value.clone();
        let errors = try_fill(&template, &record).expect_err(&format!("{id} {field} = {value}"));
        let found = errors.iter().any(|error| error.rule == rule);
        assert!(found, "{id} {field} = {value}: no {rule} in {errors:#?}");
        for error in &errors {
            assert!(!error.message.is_empty() && !error.message_en.is_empty());
            assert!(error.pointer.starts_with('/'), "{error:?}");
        }
        let elsewhere = ["agree", "not-allowed", "date.reversed"].contains(&rule);
        assert!(elsewhere || errors.iter().all(|error| error.field == field), "{id} {field} = {value}: {errors:#?}");
    }
}

/// B3: all errors come in one answer, in the order of the fields.
#[test]
fn all_errors_come_at_once() {
    let template = template("business-license");
    let record = json!({
        "uscc": "91350100M000100Y44", "name": "样例\0公司", "entity_type": "有限公私", "legal_representative_id": "1",
        "issued_on": "2024-02-31", "established_on": "2024-1-1", "copy_kind": "副本", "isued_on": "2024-03-05", "x": {},
    });
    let errors = try_fill(&template, &record).unwrap_err();
    let found: Vec<(&str, &str)> = errors.iter().map(|error| (error.field.as_str(), error.rule.as_str())).collect();
    for wanted in [
        ("isued_on", "unknown-field"),
        ("x", "unknown-field"),
        ("uscc", "uscc.check-character"),
        ("name", "control-character"),
        ("entity_type", "enum"),
        ("legal_representative", "required"),
        ("legal_representative_id", "cid.length"),
        ("established_on", "date.format"),
        ("domicile", "required"),
        ("business_scope", "required"),
        ("copy_no", "required"),
        ("issued_on", "date.not-real"),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} is missing from {found:#?}");
    }
    let unknown = errors.iter().find(|error| error.field == "isued_on").unwrap();
    assert!(unknown.message.contains("issued_on"), "{unknown:?}");
}

/// B3: a character at fault is named by position and code point; sensitive values are masked.
#[test]
fn places_and_excerpts() {
    let template = template("business-license");
    let mut record = template.sample.clone();
    record["domicile"] = json!("样例市示范区\u{E831}路1号");
    record["legal_representative_id"] = json!("110105194912310021");
    let errors = try_fill(&template, &record).unwrap_err();
    let place = errors.iter().find(|error| error.field == "domicile").unwrap();
    assert_eq!((place.pointer.as_str(), place.character), ("/domicile", Some(7)));
    assert!(place.message.contains("U+E831") && place.message.contains("U+215D7"), "{place:?}");
    let person = errors.iter().find(|error| error.field == "legal_representative_id").unwrap();
    assert_eq!(person.value_excerpt.as_deref(), Some("110105********0021"));
    assert!(!format!("{errors:?}").contains("19491231"));

    record = template.sample.clone();
    record["name"] = json!("样例\u{0E05}公司");
    let errors = try_fill(&template, &record).unwrap_err();
    assert_eq!((errors.len(), errors[0].rule.as_str(), errors[0].character), (1, "glyph-missing", Some(3)));
    assert!(errors[0].message.contains("U+0E05"));
}

#[test]
fn spelling_variants_fold_with_a_warning() {
    let estate = template("realestate-registration");
    let mut record = estate.sample.clone();
    record["license_no"] = json!("苏（2024）样例市不动产证明第０００1234号");
    record["right_holder_id"] = json!("91320100ma1y00034b");
    record["unit_no"] = json!("320102 001002 GB00003 F00040005");
    record["obligor"] = json!("阿卜杜拉・买买提");
    record["issued_on"] = json!("２０２４－０３－０５");
    record["location"] = json!(" 样例市示范区1号 ");
    let filled = try_fill(&estate, &record).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(filled.text("license_no"), Some("苏(2024)样例市不动产证明第0001234号"));
    assert_eq!(filled.text("right_holder_id"), Some("91320100MA1Y00034B"));
    assert_eq!(filled.text("unit_no"), Some("320102001002GB00003F00040005"));
    assert_eq!(filled.text("obligor"), Some("阿卜杜拉·买买提"));
    assert_eq!(filled.date("issued_on"), Some(date!(2024 - 03 - 05)));
    let warnings: Vec<(&str, &str)> =
        filled.warnings.iter().map(|warning| (warning.field.as_str(), warning.rule.as_str())).collect();
    for wanted in [
        ("license_no", "fold.brackets"),
        ("license_no", "fold.full-width"),
        ("right_holder_id", "fold.upper-case"),
        ("unit_no", "fold.inner-blanks"),
        ("obligor", "fold.name-dot"),
        ("issued_on", "fold.full-width"),
        ("location", "fold.trim"),
    ] {
        assert!(warnings.contains(&wanted), "{wanted:?} is missing from {warnings:?}");
    }
}

#[test]
fn unknown_divisions_are_a_warning() {
    let template = template("food-operation-permit");
    let mut record = template.sample.clone();
    // A division that is in no edition of the table; the check digit fits.
    let number = (0..=9).map(|check| format!("JY2359999000123{check}")).find(|number| {
        record["license_no"] = json!(number);
        try_fill(&template, &record).is_ok()
    });
    record["license_no"] = json!(number.unwrap());
    let filled = try_fill(&template, &record).unwrap();
    assert!(filled.warnings.iter().any(|warning| warning.rule == "division.unknown"), "{:?}", filled.warnings);
}

#[test]
fn tables_come_as_rows_or_as_text() {
    let template = template("supervision-qualification");
    let rows = try_fill(&template, &template.sample).unwrap();
    let mut record = template.sample.clone();
    for text in [
        "房屋建筑工程专业甲级；市政公用工程专业甲级；机电安装工程专业乙级",
        "房屋建筑工程专业甲级;市政公用工程专业甲级; 机电安装工程专业乙级;",
    ] {
        record["qualifications"] = json!(text);
        assert_eq!(try_fill(&template, &record).unwrap().value("qualifications"), rows.value("qualifications"));
    }
    let Some(Filling::Table(rows)) = rows.value("qualifications") else { panic!("a table") };
    assert_eq!((rows.len(), rows[0]["category"].as_str(), rows[0]["level"].as_str()), (3, "房屋建筑工程专业", "甲级"));
    record["qualifications"] = json!("综合资质");
    let filled = try_fill(&template, &record).unwrap();
    let Some(Filling::Table(rows)) = filled.value("qualifications") else { panic!("a table") };
    assert_eq!(rows[0]["level"], "");
}

#[test]
fn conditions_choose_labels_and_faces() {
    let template = template("business-license");
    let mut record = template.sample.clone();
    let filled = try_fill(&template, &record).unwrap();
    assert_eq!((filled.face().id.as_str(), filled.label("domicile")), ("duplicate", Some("住所")));
    record["uscc"] = json!("92350100MA2Y0001X6");
    record["entity_type"] = json!("个体工商户");
    record["copy_kind"] = json!("正本");
    for key in ["registered_capital", "copy_no"] {
        record.as_object_mut().unwrap().remove(key);
    }
    let filled = try_fill(&template, &record).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(filled.face().id, "main");
    assert_eq!(filled.label("legal_representative"), Some("经营者"));
    assert_eq!(filled.label("established_on"), Some("注册日期"));
    assert_eq!(filled.value("copy_no"), None);
}

#[test]
fn the_issuer_and_aliases() {
    let template = template("food-operation-permit");
    let mut record = template.sample.clone();
    let object = record.as_object_mut().unwrap();
    object.remove("issuing_authority");
    let number = object.remove("license_no").unwrap();
    object.insert("licence_no".to_owned(), number.clone());
    let filled = try_fill(&template, &record).unwrap();
    assert_eq!(filled.text("license_no"), number.as_str());
    assert_eq!(filled.text("issuing_authority"), template.sample["issuing_authority"].as_str());
    record["license_no"] = number;
    assert_eq!(try_fill(&template, &record).unwrap_err()[0].rule, "duplicate-field");
}

/// H: what is too large or too deep is refused before any work.
#[test]
fn size_and_depth_are_bounded() {
    let template = template("business-license");
    let refused = |record: &Value| {
        let errors = try_fill(&template, record).unwrap_err();
        errors.iter().map(|error| error.rule.clone()).collect::<Vec<_>>()
    };
    assert_eq!(refused(&json!("text")), ["type"]);
    assert_eq!(refused(&json!([1, 2])), ["type"]);
    assert_eq!(refused(&json!({ "name": "样".repeat(50_000) })), ["too-large"]);
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(refused(&json!({ "name": deep })), ["too-large"]);
    assert_eq!(refused(&json!({ "name": vec![1; 30_000] })), ["too-large"]);
    let many: serde_json::Map<String, Value> = (0..5000).map(|at| (format!("unknown{at}"), json!(1))).collect();
    let rules = refused(&Value::Object(many));
    assert_eq!(rules.len(), 201);
    assert_eq!(rules.last().map(String::as_str), Some("too-many-errors"));
    // Just within the bounds, a long text is a plain mistake of its field.
    assert!(refused(&json!({ "business_scope": "项；".repeat(10_000) })).contains(&"max-length".to_owned()));
}

#[test]
fn warnings_and_values_stay_out_of_debug_output() {
    let template = template("business-license");
    let filled = try_fill(&template, &template.sample).unwrap();
    let text = format!("{filled:?}");
    assert!(!text.contains("李颀") && !text.contains("11010519491231002X"), "{text}");
}

proptest::proptest! {
    /// Any text in any field gives an answer.
    #[test]
    fn any_text_gives_an_answer(field in 0usize..13, text in "\\PC{0,60}|[0-9A-Z;；()（）-]{0,30}|.{0,20}") {
        static TEMPLATE: OnceLock<Arc<Template>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| template("business-license"));
        let mut record = template.sample.clone();
        let key = template.file.fields[field].key.clone();
        record[key] = json!(text);
        let issuer = template.sample["issuing_authority"].as_str().unwrap();
        let context = FillContext { fonts: None, ..context(issuer) };
        let _ = fill(template, &record, &context);
    }
}
