//! One license of every type and face, one with extra pages, some with rare characters: issued as the service issues
//! them, from the test deployment of `fixtures/pki`, and read back from the register.

use std::fs;
use std::sync::{Arc, LazyLock};

use license_assets::Bundled;
use license_core::fonts::FontLibrary;
use license_core::template::{Catalog, Template};
use license_server::deployment::Deployment;
use license_server::service::{Access, Caller, Clock, IssueRequest, Office, PreviewOptions};
use license_server::store::{FileKind, Store, StoreUrl, StoredLicense};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::places::{fixture, root};

/// When all of them are issued: while the test certificates and the sample data are valid.
pub const ISSUED_AT: OffsetDateTime = datetime!(2026-11-23 10:00 +8);

/// An issued license.
pub struct License {
    /// Names the case in messages.
    pub name: &'static str,
    /// The version in the register.
    pub stored: StoredLicense,
    /// Its record, read as plain JSON: what the documents have to show.
    pub record: Value,
    /// Its type.
    pub template: Arc<Template>,
    /// Which face of the type.
    pub face: usize,
    /// The sealed OFD.
    pub ofd: Vec<u8>,
    /// The signed PDF.
    pub pdf: Vec<u8>,
}

/// All of them.
pub fn all() -> &'static [License] {
    &WORLD.licenses
}

/// The one of this name.
///
/// # Panics
/// When there is none.
#[track_caller]
pub fn named(name: &str) -> &'static License {
    all().iter().find(|license| license.name == name).expect("a license of that name")
}

/// The office that issued them.
pub fn office() -> &'static Office {
    &WORLD.office
}

impl License {
    /// The PDF as a file for a peer.
    pub fn pdf_file(&self) -> NamedTempFile {
        scratch(&self.pdf, ".pdf")
    }

    /// The OFD as a file for a peer.
    pub fn ofd_file(&self) -> NamedTempFile {
        scratch(&self.ofd, ".ofd")
    }

    /// Our own picture of a page (from 1), seal included.
    pub fn png(&self, page: usize, dpi: u32) -> Arc<[u8]> {
        let access = Access { caller: caller(), purpose: "comparison".to_owned() };
        let options = PreviewOptions { dpi, page: page - 1, marked: false };
        office().fetch_picture(&access, &self.stored.id, None, options).expect("the office paints what it issued")
    }

    /// Width and height of a page (from 1) in millimetres: the face, then A4 portrait.
    pub fn size_mm(&self, page: usize) -> [f64; 2] {
        if page == 1 { self.template.file.faces[self.face].size } else { [210.0, 297.0] }
    }

    /// The text of an item of the record; tables and absent items have none.
    pub fn item(&self, key: &str) -> Option<&str> {
        self.items().iter().find(|item| item["key"] == key)?["value"].as_str()
    }

    /// The items of the record.
    ///
    /// # Panics
    /// When the record has none.
    pub fn items(&self) -> &[Value] {
        self.record["items"].as_array().expect("a record has items")
    }
}

/// Bytes as a file with this ending.
///
/// # Panics
/// When the machine has no room for it.
pub fn scratch(bytes: &[u8], ending: &str) -> NamedTempFile {
    let file = tempfile::Builder::new().suffix(ending).tempfile().expect("the machine has room for a scratch file");
    fs::write(file.path(), bytes).expect("a scratch file can be written");
    file
}

struct World {
    office: Office,
    licenses: Vec<License>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let fonts = Arc::new(FontLibrary::new(Arc::new(Bundled)).expect("the bundled fonts are sound"));
    let catalog = Catalog::load(&Bundled).expect("the bundled templates are sound");
    let password = fs::read(fixture("pki/keys/password")).expect("the fixture has a password");
    let deployment = Deployment::open(&fixture("pki"), password.trim_ascii()).expect("the fixture is a deployment");
    let store: Arc<dyn Store> = StoreUrl::Memory.open().expect("memory is always there");
    let office = Office::with_clock(deployment, catalog, fonts, store, Arc::new(Stopped));
    let licenses = cases().into_iter().map(|(name, type_id, data)| issue(&office, name, type_id, data)).collect();
    World { office, licenses }
});

fn cases() -> Vec<(&'static str, &'static str, Value)> {
    let business = sample("business-license");
    let mut main = business.clone();
    // A number is given once: each variant of the sample gets the credit code of a stock row.
    main["uscc"] = "91371525003143007H".into();
    main["copy_kind"] = "正本".into();
    main.as_object_mut().expect("the sample is an object").remove("copy_no");
    let mut long = business.clone();
    long["uscc"] = "916402023849732578".into();
    long["business_scope"] = long_scope().into();
    let mut rows = sample("supervision-qualification");
    rows["license_no"] = "E2320123457".into();
    rows["qualifications"] = (1..=20)
        .map(|at| json!({ "category": format!("第{at}类样例工程专业"), "level": "乙级" }))
        .collect::<Vec<_>>()
        .into();
    vec![
        ("main", "business-license", main),
        ("duplicate", "business-license", business),
        ("food", "food-operation-permit", sample("food-operation-permit")),
        ("supervision", "supervision-qualification", sample("supervision-qualification")),
        ("realestate", "realestate-registration", sample("realestate-registration")),
        ("duplicate, long scope", "business-license", long),
        ("supervision, many rows", "supervision-qualification", rows),
        ("duplicate, rare and long", "business-license", stock("business-license", 69)),
        ("main, rare", "business-license", stock("business-license", 28)),
        ("food, rare", "food-operation-permit", stock("food-operation-permit", 1)),
        ("realestate, rare", "realestate-registration", stock("realestate-registration", 3)),
    ]
}

/// A scope of 60 different parts: no two lines of it look alike.
fn long_scope() -> String {
    let trades = ["软件开发", "餐饮服务", "食品销售", "货物进出口", "会议及展览服务", "日用百货销售"];
    let part = |at: usize| format!("第{at}类{}（除许可业务外）", trades[at % trades.len()]);
    (1..=60).map(part).collect::<Vec<_>>().join("；")
}

fn issue(office: &Office, name: &'static str, type_id: &str, mut data: Value) -> License {
    let template = office.catalog().get(type_id).expect("the type is bundled").clone();
    // The made-up issuers of the fixture sign, so their name stands on the face.
    data.as_object_mut().expect("a record is an object").remove(&template.file.core.issuer);
    let request = IssueRequest {
        type_id: type_id.to_owned(),
        data,
        case_number: Some(format!("CASE {name}")),
        ..IssueRequest::default()
    };
    let accepted = office.issue(&caller(), &request).unwrap_or_else(|error| panic!("{name}: {error:#?}"));
    let stored = accepted.license;
    let record: Value = serde_json::from_slice(&stored.record).expect("the record is JSON");
    let face = template.file.faces.iter().position(|face| record["face"] == face.id).expect("the face is the type's");
    let file = |kind| {
        let found = stored.files.iter().find(|file| file.kind == kind).expect("both files are stored");
        office.store().file(&found.digest).expect("the stored file can be read")
    };
    License { name, ofd: file(FileKind::Ofd), pdf: file(FileKind::Pdf), stored, record, template, face }
}

/// The sample record of a type.
fn sample(type_id: &str) -> Value {
    json_of(
        &fs::read_to_string(root().join(format!("templates/{type_id}/sample.json"))).expect("the type has a sample"),
    )
}

/// A row (from 1) of the stock data.
fn stock(type_id: &str, row: usize) -> Value {
    let rows = fs::read_to_string(fixture(&format!("stock/{type_id}.jsonl"))).expect("the type has stock rows");
    json_of(rows.lines().nth(row - 1).expect("the stock has that many rows"))
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("the fixture is JSON")
}

fn caller() -> Caller {
    Caller { name: "tests".to_owned() }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> OffsetDateTime {
        ISSUED_AT
    }
}
