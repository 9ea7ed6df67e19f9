//! The wire forms. Core types stay unserializable; what goes over the wire is here and in [`crate::report`].

use license_core::template::Template;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::service::Accepted;
use crate::service::trust::{Imported, KeptEdition, OtherList};
use crate::store::{StatusChange, StoredLicense};

/// Where the API begins.
pub(super) const API: &str = "/api/v1";

/// An edition of the own trust list.
#[derive(Serialize, JsonSchema)]
pub(super) struct EditionDto {
    /// Its number.
    sequence: u64,
    /// SHA-256 of the signed text; its entity tag.
    digest: String,
    /// When it was made.
    issued_at: Option<String>,
    /// When the next one is due.
    next_update: Option<String>,
    /// Since when it is kept here.
    kept_at: String,
}

impl EditionDto {
    pub(super) fn new(kept: &KeptEdition) -> EditionDto {
        let time = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
        EditionDto {
            sequence: kept.sequence,
            digest: kept.digest.to_string(),
            issued_at: time(kept.issued_at),
            next_update: time(kept.next_update),
            kept_at: time(Some(kept.kept_at)).unwrap_or_default(),
        }
    }
}

/// Every edition that was in use, oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct EditionsDto {
    pub(super) editions: Vec<EditionDto>,
}

/// Another operator's list in use here.
#[derive(Serialize, JsonSchema)]
pub(super) struct OtherListDto {
    /// Its name in the own list.
    name: String,
    /// Who keeps it.
    operator: String,
    /// How many issuers it brings.
    issuers: usize,
    /// Which edition.
    edition: EditionDto,
}

impl OtherListDto {
    pub(super) fn new(other: &OtherList) -> OtherListDto {
        OtherListDto {
            name: other.name.clone(),
            operator: other.list.operator.clone(),
            issuers: other.list.issuers.len(),
            edition: EditionDto::new(&other.edition),
        }
    }
}

/// Others' lists in use here.
#[derive(Serialize, JsonSchema)]
pub(super) struct OtherListsDto {
    pub(super) lists: Vec<OtherListDto>,
}

/// A list that was taken in.
#[derive(Serialize, JsonSchema)]
pub(super) struct ImportedDto {
    /// Name of the other operator's list; absent for the own one.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Which edition.
    edition: EditionDto,
    /// Whether it was in use already.
    known: bool,
    /// What it changes.
    changes: Vec<TrustChangeDto>,
}

/// One difference between two editions.
#[derive(Serialize, JsonSchema)]
pub(super) struct TrustChangeDto {
    /// `added`, `removed` or `changed`.
    kind: &'static str,
    /// Which entry.
    entry: String,
    /// Its name.
    name: String,
}

impl ImportedDto {
    pub(super) fn new(imported: &Imported) -> ImportedDto {
        let changes = imported.changes.iter().map(|change| TrustChangeDto {
            kind: super::trust::word(change.kind),
            entry: change.entry.clone(),
            name: change.name.clone(),
        });
        ImportedDto {
            name: imported.name.clone(),
            edition: EditionDto::new(&imported.edition),
            known: imported.known,
            changes: changes.collect(),
        }
    }
}

/// A request to issue.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueDto {
    /// License type, by name: see /types.
    #[serde(rename = "type")]
    pub(super) type_id: String,
    /// The fields of the type, by key.
    pub(super) data: Value,
    /// The faces wanted (`main`, `duplicate`, …: see the type), the first one first; without any, the data choose one.
    #[serde(default)]
    pub(super) faces: Vec<String>,
    /// 关联证照标识: another license that this one belongs to.
    #[serde(default)]
    pub(super) related: Option<String>,
    /// 办件编号: the case that ends with this license.
    #[serde(default)]
    pub(super) case_number: Option<String>,
    /// 事项编码.
    #[serde(default)]
    pub(super) matter_code: Option<String>,
}

/// A request for a new version.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionDto {
    /// All fields of the new version, by key.
    pub(super) data: Value,
    /// The faces wanted, the first one first; without any, the data choose one.
    #[serde(default)]
    pub(super) faces: Vec<String>,
    /// 关联证照标识; a new version under another number names its predecessor by itself.
    #[serde(default)]
    pub(super) related: Option<String>,
    /// Why there is a new version.
    pub(super) reason: String,
    /// 办件编号: every change belongs to a case.
    pub(super) case_number: String,
    /// 事项编码.
    #[serde(default)]
    pub(super) matter_code: Option<String>,
    /// The revision the decision was made on; the current one when absent.
    #[serde(default)]
    pub(super) revision: Option<u64>,
}

/// A request for further faces.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FacesDto {
    /// The faces wanted; those that the license has stay as they are.
    pub(super) faces: Vec<String>,
}

/// A request to change the state.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusDto {
    /// suspend 暂扣, resume 发还, revoke 吊销, withdraw 撤销, cancel 注销, transfer-out 转出.
    pub(super) action: String,
    /// The legal reason.
    pub(super) reason: String,
    /// 办件编号: every change belongs to a case.
    pub(super) case_number: String,
    /// The revision the decision was made on; the current one when absent.
    #[serde(default)]
    pub(super) revision: Option<u64>,
}

/// A text or an identifier to verify; exactly one of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyDto {
    /// The text of a QR code.
    #[serde(default)]
    pub(super) text: Option<String>,
    /// 证照标识.
    #[serde(default)]
    pub(super) id: Option<String>,
}

/// Something noticed in the data that is no fault.
#[derive(Serialize, JsonSchema)]
pub(super) struct WarningDto {
    field: String,
    rule: String,
    message: String,
    message_en: String,
}

/// The answer to an issue.
#[derive(Serialize, JsonSchema)]
pub(super) struct IssuedDto {
    /// 证照标识.
    id: String,
    /// 证照编号.
    number: String,
    /// License type, by name.
    #[serde(rename = "type")]
    type_id: String,
    /// State in the register.
    status: String,
    /// Counts the changes of state.
    revision: u64,
    #[schemars(with = "String")]
    issued_at: Stamp,
    /// The text of the QR code.
    index: String,
    /// The stored files.
    files: Vec<FileDto>,
    links: LinksDto,
    /// What was folded or noticed in the data.
    warnings: Vec<WarningDto>,
}

/// A license as fetched.
#[derive(Serialize, JsonSchema)]
pub(super) struct LicenseDto {
    /// 证照标识.
    id: String,
    /// 证照编号.
    number: String,
    /// License type, by name.
    #[serde(rename = "type")]
    type_id: String,
    /// State in the register.
    status: String,
    /// The last change of state.
    status_changed: Option<ChangeDto>,
    /// Counts the changes of state; a change may name the one it was decided on.
    revision: u64,
    /// 颁发机构代码.
    issuer_code: String,
    /// 办件编号.
    case_number: Option<String>,
    #[schemars(with = "String")]
    issued_at: Stamp,
    /// Last day of validity, `YYYY-MM-DD`; absent means 长期.
    valid_until: Option<String>,
    /// The version it replaced.
    supersedes: Option<String>,
    /// The version that replaced it.
    superseded_by: Option<String>,
    /// 证照信息.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Value>,
    /// The stored files.
    files: Vec<FileDto>,
    links: LinksDto,
}

/// A version with its changes of state.
#[derive(Serialize, JsonSchema)]
pub(super) struct VersionHistoryDto {
    license: LicenseDto,
    /// Oldest first; the first is its issue.
    changes: Vec<ChangeDto>,
}

/// All versions, oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct HistoryDto {
    versions: Vec<VersionHistoryDto>,
}

/// The signed index.
#[derive(Serialize, JsonSchema)]
pub(super) struct IndexDto {
    /// 证照标识.
    pub(super) id: String,
    /// The text of the QR code.
    pub(super) text: String,
    /// State in the register now.
    pub(super) status: String,
}

/// A stored file.
#[derive(Serialize, JsonSchema)]
pub(super) struct FileDto {
    media_type: String,
    /// Which face it shows.
    face: String,
    /// SHA-256, hexadecimal.
    sha256: String,
    length: u64,
}

/// Where the parts are.
#[derive(Serialize, JsonSchema)]
pub(super) struct LinksDto {
    #[serde(rename = "self")]
    this: String,
    index: String,
    ofd: String,
    pdf: String,
    png: String,
    /// The files of each face; the plain links give the first one.
    faces: Vec<FaceLinksDto>,
    history: String,
    /// The page behind the QR code.
    page: String,
}

/// Where the files of one face are.
#[derive(Serialize, JsonSchema)]
pub(super) struct FaceLinksDto {
    face: String,
    ofd: String,
    pdf: String,
    png: String,
}

/// A change of state.
#[derive(Serialize, JsonSchema)]
pub(super) struct ChangeDto {
    from: Option<String>,
    to: String,
    #[schemars(with = "String")]
    at: Stamp,
    /// The client that acted.
    actor: String,
    reason: String,
    case_number: String,
}

/// A license type in a list.
#[derive(Serialize, JsonSchema)]
pub(super) struct TypeDto {
    /// Machine name.
    id: String,
    /// 证照类型名称.
    name: String,
    name_en: String,
    /// 证照类型代码.
    code: String,
    /// Version of the template.
    version: u32,
    category: String,
    defined_by: String,
}

/// All types.
#[derive(Serialize, JsonSchema)]
pub(super) struct TypesDto {
    pub(super) types: Vec<TypeDto>,
}

/// A type with its fields.
#[derive(Serialize, JsonSchema)]
pub(super) struct TypeDetailDto {
    #[serde(flatten)]
    summary: TypeDto,
    number_rule: String,
    number_example: String,
    /// What it can look like: names for `faces` of a request.
    faces: Vec<FaceDto>,
    /// In the order of forms.
    fields: Vec<FieldDto>,
    /// A record that fills it.
    sample: Value,
}

/// A face of a type.
#[derive(Serialize, JsonSchema)]
pub(super) struct FaceDto {
    /// Machine name.
    id: String,
    /// Name (正本, 副本).
    name: String,
    /// Width and height in mm.
    size: [f64; 2],
}

/// A field of a type.
#[derive(Serialize, JsonSchema)]
pub(super) struct FieldDto {
    key: String,
    label: String,
    label_en: String,
    /// Key of GB/T 36903, or an own one.
    standard_key: String,
    /// text, enum, date, integer or table.
    #[serde(rename = "type")]
    kind: Value,
    required: bool,
    min: Option<usize>,
    max: Option<usize>,
    options: Vec<String>,
    pattern: Option<String>,
    sensitive: bool,
}

/// An instant as RFC 3339.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Stamp(String);

impl From<OffsetDateTime> for Stamp {
    fn from(at: OffsetDateTime) -> Stamp {
        // Years beyond 9999 do not come from any clock here.
        Stamp(at.format(&Rfc3339).unwrap_or_default())
    }
}

impl IssuedDto {
    pub(super) fn new(accepted: &Accepted) -> IssuedDto {
        let license = &accepted.license;
        IssuedDto {
            id: license.id.to_string(),
            number: license.number.clone(),
            type_id: license.type_id.clone(),
            status: license.status.to_string(),
            revision: license.revision,
            issued_at: license.issued_at.into(),
            index: license.index_token.clone(),
            files: files(license),
            links: links(license),
            warnings: accepted
                .warnings
                .iter()
                .map(|warning| WarningDto {
                    field: warning.field.clone(),
                    rule: warning.rule.clone(),
                    message: warning.message.clone(),
                    message_en: warning.message_en.clone(),
                })
                .collect(),
        }
    }
}

impl LicenseDto {
    pub(super) fn new(license: &StoredLicense, with_record: bool) -> LicenseDto {
        LicenseDto {
            id: license.id.to_string(),
            number: license.number.clone(),
            type_id: license.type_id.clone(),
            status: license.status.to_string(),
            status_changed: license.status_changed.as_ref().map(ChangeDto::from),
            revision: license.revision,
            issuer_code: license.issuer_code.clone(),
            case_number: license.case_number.clone(),
            issued_at: license.issued_at.into(),
            valid_until: license.valid_until.map(|date| date.to_string()),
            supersedes: license.supersedes.as_ref().map(ToString::to_string),
            superseded_by: license.superseded_by.as_ref().map(ToString::to_string),
            record: with_record.then(|| serde_json::from_slice(&license.record).unwrap_or_default()),
            files: files(license),
            links: links(license),
        }
    }
}

impl HistoryDto {
    pub(super) fn new(versions: &[(StoredLicense, Vec<StatusChange>)]) -> HistoryDto {
        let version = |(license, changes): &(StoredLicense, Vec<StatusChange>)| VersionHistoryDto {
            license: LicenseDto::new(license, false),
            changes: changes.iter().map(ChangeDto::from).collect(),
        };
        HistoryDto { versions: versions.iter().map(version).collect() }
    }
}

impl From<&StatusChange> for ChangeDto {
    fn from(change: &StatusChange) -> ChangeDto {
        ChangeDto {
            from: change.from.map(|status| status.to_string()),
            to: change.transition.to.to_string(),
            at: change.transition.at.into(),
            actor: change.transition.actor.clone(),
            reason: change.transition.reason.clone(),
            case_number: change.transition.case_number.clone(),
        }
    }
}

impl TypeDto {
    pub(super) fn new(template: &Template) -> TypeDto {
        let kind = &template.file.kind;
        TypeDto {
            id: kind.id.clone(),
            name: kind.name.clone(),
            name_en: kind.name_en.clone(),
            code: kind.code.clone(),
            version: kind.version,
            category: kind.category.clone(),
            defined_by: kind.defined_by.name.clone(),
        }
    }
}

impl TypeDetailDto {
    pub(super) fn new(template: &Template) -> TypeDetailDto {
        let fields = template.file.fields.iter().map(|field| FieldDto {
            key: field.key.clone(),
            label: field.label.clone(),
            label_en: field.label_en.clone(),
            standard_key: field.standard_key.clone(),
            kind: serde_json::to_value(field.kind).unwrap_or_default(),
            required: field.required,
            min: field.min,
            max: field.max,
            options: field.options.clone(),
            pattern: field.pattern.clone(),
            sensitive: field.sensitive,
        });
        TypeDetailDto {
            summary: TypeDto::new(template),
            number_rule: template.file.number.description.clone(),
            number_example: template.file.number.example.clone(),
            faces: template
                .file
                .faces
                .iter()
                .map(|face| FaceDto { id: face.id.clone(), name: face.name.clone(), size: face.size })
                .collect(),
            fields: fields.collect(),
            sample: template.sample.clone(),
        }
    }
}

fn files(license: &StoredLicense) -> Vec<FileDto> {
    let file = |file: &crate::store::FileRef| FileDto {
        media_type: file.media_type.clone(),
        face: file.face.clone(),
        sha256: file.digest.to_string(),
        length: file.len,
    };
    license.files.iter().map(file).collect()
}

fn links(license: &StoredLicense) -> LinksDto {
    let this = format!("{API}/licenses/{}", license.id);
    let token = license.index_token.rsplit('/').next().unwrap_or_default();
    LinksDto {
        index: format!("{this}/index"),
        ofd: format!("{this}/ofd"),
        pdf: format!("{this}/pdf"),
        png: format!("{this}/png"),
        faces: license
            .faces()
            .into_iter()
            .map(|face| FaceLinksDto {
                face: face.to_owned(),
                ofd: format!("{this}/ofd?face={face}"),
                pdf: format!("{this}/pdf?face={face}"),
                png: format!("{this}/png?face={face}"),
            })
            .collect(),
        history: format!("{this}/history"),
        page: format!("/V/{token}"),
        this,
    }
}
