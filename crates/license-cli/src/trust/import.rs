//! `license trust import`: a signed list into a deployment, while the service is stopped. A running one takes it by
//! `POST /api/v1/trust-lists`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use license_core::trust::TrustList;
use license_server::deployment::{roots, stage_others_list, trust_list};
use license_server::service::trust::{TrustBook, TrustError};

use super::edition::{Edition, Successor};
use crate::cli::{DataArgs, PasswordArgs};
use crate::fault::count;

#[derive(Args)]
#[command(after_help = "Exit code 0: taken in, or known already; 1: refused; 3: misuse.")]
pub(super) struct ImportArgs {
    /// Signed list (JWS): the deployment's own next edition, or one of an operator whom the deployment's list names
    file: PathBuf,
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// Where licenses are stored, as for `serve`
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

pub(super) fn run(args: &ImportArgs) -> Result<ExitCode> {
    let text = String::from_utf8(crate::files::read(&args.file)?).context("a signed list is text")?;
    let mut change = crate::deployment::fresh(&args.data)?;
    let trust = args.data.join("trust");
    let roots = roots(&trust)?;
    let (held, held_text) = trust_list(&trust, &roots)?;
    let password = PasswordArgs { password_file: None };
    let store_args = DataArgs { data: args.data.clone(), store: args.store.clone(), password };
    let register = crate::deployment::store(&store_args)?;
    let now = time::OffsetDateTime::now_utc();
    let book = TrustBook::open(&*register, held.clone(), held_text.clone(), roots, now);
    let imported = match book.import(&*register, &text, "license trust import", now) {
        Ok(imported) => imported,
        Err(error @ TrustError::Store(_)) => return Err(error.into()),
        Err(error) => {
            let advice = match error {
                TrustError::NotNamed => {
                    "name its operator under `lists` in the next edition of the own list, with the root that signs it"
                }
                TrustError::Rollback(_) => {
                    "ask its operator for the newest edition: an older one never takes the place of a newer one"
                }
                _ => "ask its operator for a list that can be used; `license trust check` tells what is wrong",
            };
            eprintln!("license: {}: {error}; nothing was taken in\n  → {advice}", args.file.display());
            return Ok(ExitCode::from(1));
        }
    };
    // For those who verify with the folder alone. The register has it already: a run that is interrupted before this is
    // made good by the next one.
    match &imported.name {
        None if TrustList::digest_of(&held_text) != imported.edition.digest => {
            let edition = Edition { list: book.view().own.clone(), text: text.trim().to_owned() };
            Successor { edition, former: (held.sequence, held_text) }.stage(&args.data, &mut change);
        }
        None => {}
        Some(name) => stage_others_list(&mut change, name, &text),
    }
    let what =
        format!("edition {} of {}", imported.edition.sequence, imported.name.as_deref().unwrap_or("the own list"));
    let made = change.commit("trust import", &what)?;
    let name = imported.name.as_deref().unwrap_or("own list");
    let news = if imported.known { "known already" } else { "taken in" };
    say!("{name}: edition {} {news}, {}", imported.edition.sequence, count(imported.changes.len() as u64, "change"));
    super::forgotten(&imported.changes).iter().for_each(|what| say!("! {what}"));
    made.close()?;
    Ok(ExitCode::SUCCESS)
}
