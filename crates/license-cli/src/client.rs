//! `license client`: applications that may call the service.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use license_server::service::clients::{self, NewClient, Scope};
use license_server::store::PageRequest;
use time::OffsetDateTime;

use crate::cli::DataArgs;
use crate::fault::fault;

/// Client applications (OAuth 2 client credentials).
#[derive(Args)]
pub(crate) struct ClientArgs {
    #[command(subcommand)]
    verb: ClientVerb,
}

#[derive(Subcommand)]
enum ClientVerb {
    /// Add a client; its secret is shown once and kept as argon2id hash
    Add {
        /// Name for people
        name: String,
        /// Department it belongs to
        #[arg(long, default_value = "")]
        department: String,
        /// What it may do: issue, fetch, manage; may be repeated
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<String>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// List the clients
    List {
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(crate) fn run(args: &ClientArgs) -> Result<ExitCode> {
    match &args.verb {
        ClientVerb::Add { name, department, scopes, data } => {
            let scopes = scopes
                .iter()
                .map(|word| {
                    Scope::from_word(word)
                        .ok_or_else(|| fault(format!("--scope {word}"), "no such scope", "say issue, fetch or manage"))
                })
                .collect::<Result<_>>()?;
            let new = NewClient { name: name.clone(), department: department.clone(), scopes };
            let store = crate::deployment::store(data)?;
            let added = clients::add(&*store, &new, "license-cli", OffsetDateTime::now_utc())?;
            say!("client_id     {}\nclient_secret {}\n\nThe secret is not shown again.", added.id, added.secret);
        }
        ClientVerb::List { data } => {
            let store = crate::deployment::store(data)?;
            for client in store.clients(&PageRequest::first(500))?.items {
                say!("{:24} {:40} {}", client.id, client.scopes.join(" "), client.name);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
