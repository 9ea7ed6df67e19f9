//! `license template lint | preview | new`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::{Args, Subcommand};
use license_core::assets::Assets;
use license_core::fill::{FillContext, fill};
use license_core::layout::{Marks, lay_out};
use license_core::render::png::{PaintOptions, paint};
use license_core::template::{Severity, Template, lint};
use time::OffsetDateTime;

use crate::fault::{count, fault};
use crate::files::write_new;
use crate::type_folder::{Located, locate};

/// License types.
#[derive(Args)]
pub(crate) struct TemplateArgs {
    #[command(subcommand)]
    verb: TemplateVerb,
}

#[derive(Subcommand)]
enum TemplateVerb {
    /// List the types
    List,
    /// Find every mistake of one type, or of all
    Lint {
        /// License type, or the folder of one, or a folder with templates/TYPE/…; all types when absent
        type_id: Option<String>,
    },
    /// Paint a type with its sample data and 样张 SPECIMEN
    Preview {
        /// License type, or the folder of one
        type_id: String,
        /// PNG to write; further pages get a number
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Dots an inch
        #[arg(long, default_value_t = 150)]
        dpi: u32,
        /// Another record than the sample
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
    },
    /// Start a new type from the one that is most like it
    New {
        /// Machine name: lower-case letters, digits, hyphens
        type_id: String,
        /// Folder to make DIR/templates/TYPE in; use it with --assets
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Type to start from
        #[arg(long, default_value = "food-operation-permit")]
        from: String,
    },
}

pub(crate) fn run(args: &TemplateArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let assets = crate::assets::open(assets)?;
    match &args.verb {
        TemplateVerb::List => {
            for template in crate::assets::catalog(&*assets)?.iter() {
                let kind = &template.file.kind;
                say!("{:28} {} {} v{}", kind.id, kind.code, kind.name, kind.version);
            }
            Ok(ExitCode::SUCCESS)
        }
        TemplateVerb::Lint { type_id } => run_lint(assets, type_id.as_deref()),
        TemplateVerb::Preview { type_id, out, dpi, record } => {
            let Located { assets, types } = locate(assets, type_id)?;
            let [type_id] = types.as_slice() else {
                return Err(fault(type_id, "holds several types", "name one: a type, or its own folder"));
            };
            preview(assets, type_id, out, *dpi, record.as_deref())
        }
        TemplateVerb::New { type_id, out, from } => new(&*assets, type_id, out, from),
    }
}

fn run_lint(assets: std::sync::Arc<dyn Assets>, type_id: Option<&str>) -> Result<ExitCode> {
    let Located { assets, types: ids } = match type_id {
        Some(id) => locate(assets, id)?,
        None => Located { types: assets.list("templates"), assets },
    };
    let fonts = crate::assets::fonts(assets.clone())?;
    let mut errors = 0;
    for id in
        ids.iter().filter(|id| type_id.is_some() || assets.read(&format!("templates/{id}/template.toml")).is_some())
    {
        let findings = match Template::read(&*assets, id) {
            Ok(template) => lint(&template, &fonts),
            Err(error) => {
                for problem in &error.problems {
                    say!("{id}: error[file] {problem}");
                }
                errors += error.problems.len();
                say!("{id}: {}", count(error.problems.len() as u64, "finding"));
                continue;
            }
        };
        errors += findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        findings.iter().for_each(|finding| say!("{id}: {finding}"));
        say!("{id}: {}", count(findings.len() as u64, "finding"));
    }
    Ok(ExitCode::from(u8::from(errors > 0)))
}

fn preview(
    assets: std::sync::Arc<dyn Assets>,
    type_id: &str,
    out: &Path,
    dpi: u32,
    record: Option<&Path>,
) -> Result<ExitCode> {
    let template = Template::load(&*assets, type_id)?;
    let fonts = crate::assets::fonts(assets)?;
    let data = match record {
        Some(path) => license_core::fill::read_json(&crate::files::read(path)?).map_err(|error| {
            fault(path.display(), error, format!("write one JSON object with the fields of {type_id}"))
        })?,
        None => template.sample.clone(),
    };
    // A preview speaks in the name of whoever the sample names.
    let issuer = data[&template.file.core.issuer].as_str().unwrap_or("样例机关").to_owned();
    let context = FillContext {
        issuer_name: &issuer,
        issuer_code: template.file.kind.defined_by.code.parse().map_err(|error| anyhow!("{error}"))?,
        today: license_core::calendar::china_date(OffsetDateTime::now_utc()),
        fonts: Some(&fonts),
    };
    let name = record.map_or_else(|| format!("templates/{type_id}/sample.json"), |path| path.display().to_string());
    let wrong = |errors: String| fault(&name, format!("does not fill the type\n{errors}"), "put the record right");
    let filled = fill(&template, &data, &context).map_err(|errors| wrong(join(&errors)))?;
    let marks = Marks { specimen: true, ..Marks::default() };
    let document = lay_out(&filled, &fonts, &marks).map_err(|errors| wrong(join(&errors)))?;
    for (number, page) in document.pages.iter().enumerate() {
        let path = match number {
            0 => out.to_owned(),
            n => out.with_extension(format!("{}.png", n + 1)),
        };
        std::fs::write(&path, paint(page, &fonts, dpi, &PaintOptions::default())?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        say!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn new(assets: &dyn Assets, type_id: &str, out: &Path, from: &str) -> Result<ExitCode> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if type_id.is_empty() || type_id.len() > 64 || !type_id.chars().all(good) {
        let why = "no name of a type: 1 to 64 lower-case letters, digits and hyphens";
        return Err(fault(type_id, why, "choose one such as dog-license"));
    }
    let source = format!("templates/{from}");
    let names = assets.list(&source);
    if names.is_empty() {
        return Err(fault(format!("--from {from}"), "no such license type", "`license template list` shows them"));
    }
    let folder = out.join("templates").join(type_id);
    if folder.exists() {
        return Err(fault(
            folder.display(),
            "exists already",
            "give another name or another --out; nothing was changed",
        ));
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in names {
        let bytes = assets.read(&format!("{source}/{name}")).with_context(|| name.clone())?;
        let bytes = match name.as_str() {
            "template.toml" => {
                let text = String::from_utf8(bytes.into_owned())?;
                text.replacen(&format!("id = \"{from}\""), &format!("id = \"{type_id}\""), 1).into_bytes()
            }
            _ => bytes.into_owned(),
        };
        write_new(&folder.join(&name), &bytes)?;
        say!("{}", folder.join(&name).display());
    }
    say!("{type_id} is a copy of {from}. Next:");
    say!("  1. change name, code, number rule and fields in template.toml, and sample.json with them");
    say!("  2. license --assets {} template lint {type_id}", out.display());
    say!("  3. license --assets {0} template preview {type_id} --out {type_id}.png", out.display());
    Ok(ExitCode::SUCCESS)
}

fn join(errors: &[impl ToString]) -> String {
    errors.iter().map(|error| format!("  {}", error.to_string())).collect::<Vec<_>>().join("\n")
}
