//! What a type may say by data alone: kinds of holder codes, a picture for the emblem.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::borrow::Cow;
use std::sync::Arc;

use license_core::assets::Assets;
use license_core::fill::{FieldError, FillContext, Filled, fill};
use license_core::id::LicenseId;
use license_core::length::Rect;
use license_core::page::Segment;
use license_core::record::Record;
use license_core::template::{Template, TemplateError, lint};
use time::macros::date;

/// The types of the repository, with other words in one template and one more file.
struct Edited {
    toml: String,
    more: (&'static str, &'static str),
}

impl Assets for Edited {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match path.rsplit('/').next()? {
            "template.toml" => Some(Cow::Owned(self.toml.clone().into_bytes())),
            name if name == self.more.0 => Some(Cow::Borrowed(self.more.1.as_bytes())),
            _ => support::Repository.read(path),
        }
    }

    fn list(&self, folder: &str) -> Vec<String> {
        support::Repository.list(folder)
    }
}

fn edited(
    id: &str,
    edits: &[(&str, &str)],
    more: (&'static str, &'static str),
) -> Result<Arc<Template>, TemplateError> {
    let path = support::root().join(format!("templates/{id}/template.toml"));
    let mut toml = std::fs::read_to_string(path).unwrap();
    for (old, new) in edits {
        assert!(toml.contains(old), "{id} has no {old:?}");
        toml = toml.replacen(old, new, 1);
    }
    Template::load(&Edited { toml, more }, id)
}

const EMBLEM: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="20mm" viewBox="0 0 40 20">
<g id="disc" fill="#C4202B"><path d="M0 0L40 0L40 20L0 20Z"/></g>
</svg>"##;

/// The picture stands in its slot in its own proportions, above the background; without one nothing is drawn.
#[test]
fn an_emblem_is_drawn_when_the_type_brings_one() {
    let id = "food-operation-permit";
    let plain = edited(id, &[], ("", "")).unwrap();
    assert!(plain.backgrounds[0].as_ref().unwrap().groups.iter().all(|group| !group.id.starts_with("emblem")));
    let slot = "emblem = { at = [138.5, 18, 20, 20] }";
    let with = "emblem = { at = [138.5, 18, 20, 20], file = \"emblem.svg\" }";
    let template = edited(id, &[(slot, with)], ("emblem.svg", EMBLEM)).unwrap();
    assert!(lint(&template, support::fonts()).is_empty());
    let art = template.backgrounds[0].as_ref().unwrap();
    let emblem = art.groups.last().unwrap();
    assert_eq!(emblem.id, "emblem-disc");
    let corners: Vec<_> = emblem.paths[0]
        .iter()
        .filter_map(|segment| match segment {
            Segment::Move(to) | Segment::Line(to) => Some((to.x.mm(), to.y.mm())),
            _ => None,
        })
        .collect();
    // Twice as wide as high: as wide as the slot, in the middle of its height.
    assert_eq!(corners, [(138.5, 23.0), (158.5, 23.0), (158.5, 33.0), (138.5, 33.0)]);
    assert!(Rect::from_mm([138.5, 18.0, 20.0, 20.0]).width.mm() == 20.0);
    assert_ne!(art.digest, plain.backgrounds[0].as_ref().unwrap().digest);
    assert_ne!(template.digest, plain.digest);
    // What is kept of the type holds the picture.
    let again = Template::from_archive(&template.archive().unwrap()).unwrap();
    assert_eq!(again.backgrounds, template.backgrounds);
    assert_eq!(again.continuation, template.continuation);
    for (name, why) in [("emblem.jpg", "raster"), ("../emblem.svg", "beside"), ("none.svg", "missing")] {
        let wrong = with.replace("emblem.svg", name);
        let error = edited(id, &[(slot, &wrong)], ("emblem.svg", EMBLEM)).unwrap_err().to_string();
        assert!(error.contains("emblem.file") && error.contains(why), "{error}");
    }
}

const KIND: &str = r#"
[[field]]
key = "operator_id_kind"
label = "证件类型"
label_en = "Kind of code"
standard_key = "KZ_ZJLX"
type = "enum"
options = ["统一社会信用代码", "普通护照", "511"]
hidden = true

[[field]]
key = "license_no""#;

fn with_kind(kind: Option<&str>, code: &str) -> Result<Filled, Vec<FieldError>> {
    let id = "food-operation-permit";
    let edits = [
        ("holder_code = \"uscc\"", "holder_code = \"uscc\"\nholder_code_type = \"operator_id_kind\""),
        ("\n[[field]]\nkey = \"license_no\"", KIND),
        ("checks = [\"uscc\"]", "checks = []"),
    ];
    let template = edited(id, &edits, ("", "")).unwrap();
    let mut data = template.sample.clone();
    data["uscc"] = code.into();
    if let Some(kind) = kind {
        data["operator_id_kind"] = kind.into();
    }
    let issuer = data["issuing_authority"].as_str().unwrap().to_owned();
    let context = FillContext {
        issuer_name: &issuer,
        issuer_code: "11340100MB1D00012R".parse().unwrap(),
        today: date!(2026 - 01 - 01),
        fonts: None,
    };
    fill(&template, &data, &context)
}

fn kind_of(filled: &Filled) -> (String, bool, Option<String>) {
    let id = LicenseId::new(
        filled.template.file.kind.code.parse().unwrap(),
        "11340100MB1D00012R".parse::<license_core::id::CreditCode>().unwrap(),
        "2026000000001",
        1,
    );
    let record = Record::new(filled, id.unwrap()).unwrap();
    let name = record.metadata().into_iter().find(|(key, _)| key == "CZZTDMLX").map(|(_, name)| name);
    (record.holders()[0].code_type.clone(), record.holders()[0].is_person(), name)
}

/// 持证主体代码类型: by a field of the type where there is one, else by the code itself.
#[test]
fn kinds_of_holder_codes_are_data() {
    let credit = "91350100M000100Y43";
    assert_eq!(kind_of(&with_kind(None, credit).unwrap()).0, "001");
    assert_eq!(kind_of(&with_kind(None, "E12345678").unwrap()).0, "099");
    let passport = kind_of(&with_kind(Some("普通护照"), "E12345678").unwrap());
    assert_eq!(passport, ("414".to_owned(), true, Some("普通护照".to_owned())));
    assert_eq!(kind_of(&with_kind(Some("511"), "12345678").unwrap()).2.as_deref(), Some("台湾居民来往大陆通行证"));
    let wrong = with_kind(Some("统一社会信用代码"), "E12345678").unwrap_err();
    assert_eq!((wrong[0].rule.as_str(), wrong[0].pointer.as_str()), ("holder-code-type", "/uscc"));
}
