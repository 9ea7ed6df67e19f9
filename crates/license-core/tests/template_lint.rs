//! Each mistake that the linter knows, made in a shipped template: found, named, and found together with the others.
#![allow(clippy::unwrap_used)]

mod support;

use std::borrow::Cow;
use std::collections::BTreeSet;

use license_core::assets::Assets;
use license_core::template::{Finding, Severity, Template, lint, lint_structure};

/// The repository with another `template.toml` (and sample) for one type.
struct Edited {
    toml: String,
    sample: Option<String>,
}

impl Assets for Edited {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match (path.rsplit('/').next()?, &self.sample) {
            ("template.toml", _) => Some(Cow::Owned(self.toml.clone().into_bytes())),
            ("sample.json", Some(sample)) => Some(Cow::Owned(sample.clone().into_bytes())),
            _ => support::Repository.read(path),
        }
    }

    fn list(&self, folder: &str) -> Vec<String> {
        support::Repository.list(folder)
    }
}

fn source(id: &str) -> String {
    std::fs::read_to_string(support::root().join(format!("templates/{id}/template.toml"))).unwrap()
}

fn edited(id: &str, edits: &[(&str, &str)]) -> Vec<Finding> {
    let mut toml = source(id);
    for (old, new) in edits {
        assert!(toml.contains(old), "{id} has no {old:?}");
        toml = toml.replacen(old, new, 1);
    }
    let template = Template::read(&Edited { toml, sample: None }, id).unwrap_or_else(|error| panic!("{error}"));
    lint(&template, support::fonts())
}

const FOOD: &str = "food-operation-permit";
const BUSINESS: &str = "business-license";
const LICENSE_TABLE: &str = "supervision-qualification";
const ESTATE: &str = "realestate-registration";

/// Type, what to replace, with what, the code that must be found, and where.
const MISTAKES: &[(&str, &str, &str, &str, &str)] = &[
    (FOOD, "schema = 1", "schema = 2", "schema", "schema"),
    (FOOD, "version = 1", "version = 0", "type.version", "type.version"),
    (FOOD, "code = \"11100000MB0143028R900\"", "code = \"11100000MB0143028X900\"", "type.code", "type.code"),
    (
        FOOD,
        "code = \"11100000MB0143028R900\"",
        "code = \"11100000MB03271699022\"",
        "type.authority",
        "type.defined_by.code",
    ),
    (FOOD, "level = \"国家级\"", "level = \"乡级\"", "type.word", "type.defined_by.level"),
    (FOOD, "name_en = \"Food operation permit\"", "name_en = \" \"", "type.name", "type.name_en"),
    (FOOD, "id = \"food-operation-permit\"", "id = \"food\"", "file", "type.id"),
    (FOOD, "holder = \"operator_name\"", "holder = \"operator\"", "core.unknown-field", "core.holder"),
    (FOOD, "issued_on = \"issued_on\"", "issued_on = \"premises\"", "core.kind", "core.issued_on"),
    (FOOD, "number = \"license_no\"", "number = \"complaint_phone\"", "core.required", "core.number"),
    (FOOD, "example = \"JY23501020001232\"", "example = \"JY2350102\"", "number.example", "number.example"),
    (FOOD, "pattern = \"JY(?<form>[123])[0-9]{13}\"", "pattern = \"JY(\"", "file", "number.pattern"),
    (FOOD, "max_years = 5", "max_years = 0", "validity", "validity"),
    (FOOD, "long_term = false", "long_term = true", "validity", "validity"),
    (FOOD, "font = \"song-bold\"", "font = \"times\"", "style.font", "style.title"),
    (FOOD, "size = 13, min_size = 8.5", "size = 13, min_size = 14", "size.impossible", "style.value"),
    (FOOD, "size = 38", "size = -38", "size.impossible", "style.title"),
    (FOOD, "size = 38", "size = nan", "size.impossible", "style.title"),
    (FOOD, "color = \"#1A1A1A\"", "color = \"black\"", "style.color", "style"),
    (FOOD, "leading = 1.4", "leading = 0", "style.spacing", "style.value"),
    (FOOD, "size = 7,", "size = 5,", "size.small", "style.small"),
    (FOOD, "[style]", "[style]\nextra = { font = \"hei\", size = 9 }", "style.unused", "style.extra"),
    (FOOD, "value = \"more-value\"", "value = \"most-value\"", "style.unknown", "continuation.value"),
    (FOOD, "style = \"title\"", "style = \"titel\"", "style.unknown", "face.main.box.title"),
    (FOOD, "key = \"premises\"", "key = \"domicile\"", "field.duplicate", "field.domicile"),
    (FOOD, "alias = [\"licence_no\"]", "alias = [\"uscc\"]", "field.duplicate", "field.uscc"),
    (FOOD, "key = \"premises\"", "key = \"Premises\"", "field.key", "field.Premises"),
    (FOOD, "standard_key = \"KZ_ZS\"", "standard_key = \"KZ_JYCS\"", "field.standard-key", "field.premises"),
    (FOOD, "standard_key = \"KZ_ZS\"", "standard_key = \"ADDRESS\"", "field.standard-key", "field.domicile"),
    (FOOD, "label_en = \"Domicile\"", "label_en = \"\"", "field.label", "field.domicile.label_en"),
    (FOOD, "checks = [\"phone\"]", "checks = [\"telephone\"]", "file", "field.complaint_phone.checks"),
    (FOOD, "relations = [\"> issued_on\"]", "relations = [\"after issued_on\"]", "file", "field.valid_to.relations"),
    (FOOD, "relations = [\"> issued_on\"]", "relations = [\"> issued\"]", "field.relation", "field.valid_to"),
    (FOOD, "type = \"enum\"", "type = \"text\"", "field.options", "field.business_form"),
    (FOOD, "min = 2\nmax = 100", "min = 200\nmax = 100", "field.length", "field.operator_name"),
    (FOOD, "field = \"business_form\"", "field = \"form_of_business\"", "field.unknown", "field.license_no.agree"),
    (FOOD, "group = \"form\"", "group = \"kind\"", "field.agree", "field.license_no.agree"),
    (FOOD, "\"食品销售经营者\" = \"1\"", "\"食品销售\" = \"1\"", "condition.value", "field.license_no.agree"),
    (FOOD, "{premises}", "{premise}", "box.unknown-field", "face.main.box.premises"),
    (FOOD, "{premises}", "{premises", "box.text", "face.main.box.premises"),
    (FOOD, "{premises}", "{premises:bold}", "box.text", "face.main.box.premises"),
    (FOOD, "{premises}", "{premises:date}", "box.format", "field.premises"),
    (FOOD, "{premises}", "经营场所", "field.never-drawn", "field.premises"),
    (FOOD, "key = \"premises\"", "key = \"premises\"\nhidden = true", "field.drawn", "field.premises"),
    (FOOD, "食品经营许可证\", style", "食品经营许可证\u{0E05}\", style", "glyph.missing", "face.main.box.title"),
    (FOOD, "at = [48.5, 40, 200, 17]", "at = [148.5, 40, 200, 17]", "box.off-page", "face.main.box.title"),
    (FOOD, "at = [48.5, 40, 200, 17]", "at = [10, 40, 200, 17]", "box.off-page", "face.main.box.title"),
    (FOOD, "at = [48.5, 40, 200, 17]", "at = [48.5, 40, 200, 0]", "box.size", "face.main.box.title"),
    (FOOD, "at = [48.5, 40, 200, 17]", "at = [48.5, 40, 200, 30]", "box.overlap", "face.main.box.title"),
    (FOOD, "at = [160, 154.5, 54, 12]", "at = [160, 154.5, 70, 12]", "seal.covers", "face.main.box.organ"),
    (FOOD, "under_seal = true", "under_seal = false", "seal.covers", "face.main.box.date"),
    (FOOD, "qr = { at = [28, 155, 25, 25] }", "qr = { at = [28, 155, 20, 20] }", "qr.size", "face.main.qr"),
    (
        FOOD,
        "qr = { at = [28, 155, 25, 25] }",
        "qr = { at = [28, 85, 25, 25] }",
        "qr.overlap",
        "face.main.box.uscc-label",
    ),
    (FOOD, "qr = { at = [28, 155, 25, 25] }", "qr = { at = [225, 150, 25, 25] }", "seal.covers", "face.main.seal"),
    (FOOD, "qr = { at = [28, 155, 25, 25] }", "qr = { at = [2, 155, 25, 25] }", "qr.off-page", "face.main.qr"),
    (FOOD, "diameter = 42", "diameter = 80", "seal.size", "face.main.seal"),
    (FOOD, "centre = [236, 160]", "centre = [236, 200]", "seal.off-page", "face.main.seal"),
    (FOOD, "size = [297, 210]", "size = [298, 210]", "face.background", "face.main"),
    (FOOD, "size = [297, 210]", "size = [0, 210]", "face.size", "face.main"),
    (FOOD, "safe_area = [20, 17, 257, 178]", "safe_area = [20, 17, 357, 178]", "face.safe-area", "face.main.safe_area"),
    (FOOD, "background = \"background.svg\"", "background = \"../background.svg\"", "file", "face[0].background"),
    (FOOD, "background = \"background.svg\"", "background = \"none.svg\"", "file", "face[0].background"),
    (FOOD, "id = \"title\"", "id = \"number\"", "box.id", "face.main.box.number"),
    (
        FOOD,
        "[continuation]\nbackground = \"continuation.svg\"\nhead = \"more-head\"\nlabel = \"more-label\"\nvalue = \"more-value\"\n",
        "",
        "box.overflow",
        "face.main.box",
    ),
    (FOOD, "\"continuation.svg\"", "\"background.svg\"", "continuation.background", "continuation"),
    (BUSINESS, "[138.5, 18, 20, 20] }", "[138.5, 18, 20, 20], file = \"emblem.jpg\" }", "file", "face[1].emblem.file"),
    (FOOD, "max = 36", "max = 360", "box.capacity", "face.main.box.organ"),
    (
        BUSINESS,
        "\"个体工商户\" = \"经营者\"",
        "\"个体户\" = \"经营者\"",
        "condition.value",
        "field.legal_representative.label_by",
    ),
    (
        BUSINESS,
        "absent_when = { field = \"entity_type\"",
        "absent_when = { field = \"entity\"",
        "field.unknown",
        "field.registered_capital.absent_when",
    ),
    (BUSINESS, "when = { field = \"copy_kind\", is = [\"正本\"] }\nqr", "qr", "face.unreached", "face.duplicate"),
    (BUSINESS, "is = [\"副本\"] }\nqr", "is = [\"正本\"] }\nqr", "face.uncovered", "face"),
    (BUSINESS, "id = \"duplicate\"", "id = \"main\"", "face.id", "face.main"),
    (
        BUSINESS,
        "checks = [\"cid\"]\nsensitive = true",
        "checks = [\"cid\"]",
        "field.sensitive",
        "field.legal_representative_id",
    ),
    (
        BUSINESS,
        "text = \"{legal_representative}\"",
        "text = \"{legal_representative}{legal_representative_id}\"",
        "field.personal-number",
        "field.legal_representative_id",
    ),
    (
        BUSINESS,
        "label = { font = \"song\", size = 13, min_size = 9",
        "label = { font = \"song\", size = 13",
        "box.label",
        "face",
    ),
    (BUSINESS, "key = \"copy_no\"", "key = \"copy_no\"\nmask = \"all\"", "field.mask", "field.copy_no"),
    (LICENSE_TABLE, "(?<level>[甲乙丙]级)", "([甲乙丙]级)", "field.table", "field.qualifications.column.level"),
    (LICENSE_TABLE, "max_rows = 40", "max_rows = 0", "field.table", "field.qualifications"),
    (
        LICENSE_TABLE,
        "text = \"{qualifications}\"",
        "text = \"资质：{qualifications}\"",
        "box.table",
        "face.main.box.qualifications",
    ),
    (ESTATE, "width = 0.2", "width = 0", "line.width", "face.main.line"),
    (ESTATE, "color = \"#333333\"", "color = \"grey\"", "line.color", "face.main.line"),
    (ESTATE, "at = [156, 48, 274, 48]", "at = [156, 46, 374, 46]", "line.off-page", "face.main.line"),
];

/// A3: every mistake has its own code and place.
#[test]
fn every_mistake_is_named() {
    for (id, old, new, code, place) in MISTAKES {
        let findings = edited(id, &[(old, new)]);
        let found = findings.iter().any(|finding| finding.code == *code && finding.place.starts_with(place));
        assert!(found, "{id}: {old:?} → {new:?} should give {code} at {place}, gives {findings:#?}");
    }
}

/// A3: all at once.
#[test]
fn many_mistakes_are_found_together() {
    let picked = [
        "type.code",
        "core.unknown-field",
        "style.font",
        "field.standard-key",
        "box.unknown-field",
        "seal.covers",
        "qr.size",
    ];
    let mut edits: Vec<(&str, &str)> = Vec::new();
    for code in picked {
        let (_, old, new, ..) = MISTAKES.iter().find(|(id, _, _, found, _)| *id == FOOD && *found == code).unwrap();
        edits.push((old, new));
    }
    let codes: BTreeSet<&str> = edited(FOOD, &edits).iter().map(|finding| finding.code).collect();
    for code in picked {
        assert!(codes.contains(code), "{code} is missing from {codes:?}");
    }
}

#[test]
fn errors_come_first_and_an_unknown_key_of_the_file_is_refused_at_its_line() {
    let findings = edited(FOOD, &[("level = \"国家级\"", "level = \"乡级\""), ("{premises}", "{premise}")]);
    assert!(findings.iter().map(|finding| finding.severity).is_sorted());
    assert_eq!(findings[0].severity, Severity::Error);
    let hint = findings.iter().find(|finding| finding.code == "box.unknown-field").unwrap();
    assert_eq!(hint.hint, "did you mean `premises`");

    let toml = source(FOOD).replacen("options = [", "choices = 1\noptions = [", 1);
    let error = Template::read(&Edited { toml, sample: None }, FOOD).unwrap_err().to_string();
    assert!(error.contains("line ") && error.contains("choices"), "{error}");
}

#[test]
fn samples_are_tried() {
    let check = |sample: &str| {
        let template = Template::read(&Edited { toml: source(FOOD), sample: Some(sample.to_owned()) }, FOOD).unwrap();
        lint(&template, support::fonts()).into_iter().map(|finding| finding.code).collect::<BTreeSet<_>>()
    };
    assert!(check("{").contains("file"));
    assert!(check("{\"uscc\": 5}").contains("sample.refused"));
    let good = std::fs::read_to_string(support::root().join(format!("templates/{FOOD}/sample.json"))).unwrap();
    assert!(check(&good.replace("颀颀", "颀\u{0E05}")).contains("sample.refused"));
    assert!(check(&good.replace("JY2350", "ＪＹ2350")).contains("sample.warning"));
    assert_eq!(check(&good), BTreeSet::new());
}

/// What loads has no mistakes in its patterns and backgrounds; the rest is for the linter.
#[test]
fn a_template_with_a_broken_pattern_does_not_load() {
    let toml = source(FOOD).replacen("[0-9]{13}", "[0-9]{13", 1);
    let assets = Edited { toml, sample: None };
    let error = Template::load(&assets, FOOD).unwrap_err();
    assert!(error.to_string().contains("number.pattern"), "{error}");
    assert!(
        lint_structure(&Template::read(&assets, FOOD).unwrap()).iter().any(|finding| finding.place == "number.pattern")
    );
    assert!(Template::load(&support::Repository, "../templates").is_err());
    assert!(Template::load(&support::Repository, "no-such-type").is_err());
}
