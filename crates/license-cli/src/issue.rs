//! `license issue`: one license from a JSON file, into the deployment's store and beside it as files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use license_core::issue::IssueError;
use license_server::service::{Accepted, Access, Caller, IssueRequest, Office, PreviewOptions, ServiceError};
use license_server::store::{FileKind, StoreError};
use serde_json::json;

use crate::cli::DataArgs;
use crate::fault::{count, fault};
use crate::pkcs11::Pkcs11Args;

#[derive(Args)]
#[command(after_help = "Exit code 0: issued; 1: refused, with every fault named; 3: misuse.")]
pub(crate) struct IssueArgs {
    /// License type, such as business-license
    #[arg(long = "type", value_name = "TYPE")]
    type_id: String,
    /// JSON file with the fields of the type
    record: PathBuf,
    /// Folder for the files
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// A face to make (main, duplicate, …), the first one first; may be repeated. Without any, the data choose one
    #[arg(long = "face", value_name = "FACE", conflicts_with = "all_faces")]
    faces: Vec<String>,
    /// Make every face of the type: one license, one number, files for each
    #[arg(long)]
    all_faces: bool,
    /// Identifier of another license that this one belongs to (关联证照标识)
    #[arg(long, value_name = "ID")]
    related: Option<String>,
    /// Case number (办件编号)
    #[arg(long)]
    case: Option<String>,
    /// The same key gives the same license
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// The answer as JSON
    #[arg(long)]
    json: bool,
    /// With --pkcs11-module: label of the key that signs the PDF, instead of the issuer's own
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    key: Option<String>,
    /// With --pkcs11-module: certificate of that key with its chain; else the token's
    #[arg(long, value_name = "FILE", requires = "pkcs11_module")]
    cert: Option<PathBuf>,
    #[command(flatten)]
    pkcs11: Pkcs11Args,
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(args: &IssueArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let text = crate::files::read(&args.record)?;
    let data = license_core::fill::read_json(&text).map_err(|error| {
        fault(args.record.display(), error, format!("write one JSON object with the fields of {}", args.type_id))
    })?;
    let office = crate::deployment::office_with(&args.data, assets, |office| match args.pkcs11.is_given() {
        true => args.pkcs11.replace_document_key(office, &args.type_id, args.key.as_deref(), args.cert.as_deref()),
        false => Ok(()),
    })?;
    let caller = Caller { name: "license-cli".to_owned() };
    let request = IssueRequest {
        type_id: args.type_id.clone(),
        data,
        faces: faces(args, &office),
        related: args.related.clone(),
        case_number: args.case.clone(),
        matter_code: None,
        idempotency_key: args.idempotency_key.clone(),
    };
    let accepted = match office.issue(&caller, &request) {
        Ok(accepted) => accepted,
        Err(ServiceError::Fields(errors)) => {
            if args.json {
                say!("{}", serde_json::to_string_pretty(&json!({ "errors": errors }))?);
            } else {
                let faults = count(errors.len() as u64, "fault");
                eprintln!("license: {}: {faults}; nothing was issued", args.record.display());
                for error in &errors {
                    eprintln!("  {error}\n    {}", error.message);
                }
                eprintln!("  → put the record right and issue again");
            }
            return Ok(ExitCode::from(1));
        }
        Err(error) if refused(&error) => {
            let advice = advice(&error);
            if args.json {
                say!("{}", serde_json::to_string_pretty(&json!({ "refused": error.to_string(), "advice": advice }))?);
            }
            eprintln!("license: {}: {error}; nothing was issued\n  → {advice}", args.record.display());
            return Ok(ExitCode::from(1));
        }
        Err(error) => return Err(error.into()),
    };
    let files = write_files(&office, &accepted, &args.out)?;
    let license = &accepted.license;
    if args.json {
        let answer = json!({
            "id": license.id.to_string(), "number": license.number, "index": license.index_token,
            "replayed": accepted.replayed, "files": files, "warnings": accepted.warnings.len(),
        });
        say!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        say!("{} {}", license.id, license.number);
        accepted.warnings.iter().for_each(|warning| say!("  note: {}: {}", warning.field, warning.message));
        files.iter().for_each(|file| say!("  {file}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether it is the request that was refused, as opposed to something being broken here.
fn refused(error: &ServiceError) -> bool {
    matches!(
        error,
        ServiceError::UnknownType(_)
            | ServiceError::NoIssuer(_)
            | ServiceError::KeyGivenUp { .. }
            | ServiceError::SealGivenUp { .. }
            | ServiceError::Invalid(_)
            | ServiceError::Request { .. }
            | ServiceError::Issue(_)
            | ServiceError::Store(_)
    )
}

fn advice(error: &ServiceError) -> String {
    let words = match error {
        ServiceError::KeyGivenUp { issuer, role, event } => return crate::keys::remedy(issuer, role, event),
        ServiceError::SealGivenUp { .. } => crate::keys::SEAL_REMEDY,
        ServiceError::UnknownType(_) => "`license template list` shows the types",
        ServiceError::NoIssuer(_) => "name the type at one issuer in office.toml",
        ServiceError::Store(StoreError::Refused(refusal)) => refusal.remedy().unwrap_or("put it right and issue again"),
        ServiceError::Issue(IssueError::Sign(_)) => "make the key available, and issue again",
        ServiceError::Issue(_) => "shorten the values named, or give the box more room in the template",
        ServiceError::Store(_) => "`license fsck` says what is wrong with the store",
        _ => "put it right and issue again",
    };
    words.to_owned()
}

/// The faces that were named; of a type that is not known, the office will say so.
fn faces(args: &IssueArgs, office: &Office) -> Vec<String> {
    match office.catalog().get(&args.type_id).filter(|_| args.all_faces) {
        Some(template) => template.file.faces.iter().map(|face| face.id.clone()).collect(),
        None => args.faces.clone(),
    }
}

/// Leaves `<certificate number>.{ofd,pdf,qr.txt,png}` in `folder`, and `<certificate number>.<face>.{ofd,pdf,png}` of
/// further faces; no picture when its template is gone.
pub(crate) fn write_files(office: &Office, accepted: &Accepted, folder: &Path) -> Result<Vec<String>> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let license = &accepted.license;
    let access = Access { caller: Caller { name: "license-cli".to_owned() }, purpose: "export".to_owned() };
    let options = PreviewOptions { dpi: 150, page: 0, marked: false };
    let mut contents = Vec::new();
    for (at, face) in license.faces().into_iter().enumerate() {
        let ending = |kind: &str| if at == 0 { kind.to_owned() } else { format!("{face}.{kind}") };
        for (kind, name) in [(FileKind::Ofd, "ofd"), (FileKind::Pdf, "pdf")] {
            contents.push((ending(name), office.fetch_file(&access, &license.id, kind, Some(face))?.bytes));
        }
        if at == 0 {
            contents.push(("qr.txt".to_owned(), license.index_token.clone().into_bytes()));
        }
        match office.fetch_picture(&access, &license.id, Some(face), options) {
            Ok(png) => contents.push((ending("png"), png.to_vec())),
            // The files themselves are complete without it.
            Err(error @ ServiceError::TemplateGone { .. }) => eprintln!("note: no picture: {error}"),
            Err(error) => return Err(error.into()),
        }
    }
    // Numbers hold brackets and Chinese, and never a path.
    let stem: String = license.number.chars().map(|c| if matches!(c, '/' | '\\' | '\0') { '_' } else { c }).collect();
    let mut paths = Vec::new();
    for (ending, bytes) in contents {
        let path = folder.join(format!("{stem}.{ending}"));
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        paths.push(path.display().to_string());
    }
    Ok(paths)
}
