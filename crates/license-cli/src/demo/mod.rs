//! `license demo`: from nothing to a running service with a few hundred licenses, a revoked one and a forgery.

mod bundle;
mod forge;
mod run;
mod stock;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use license_core::template::Catalog;
use license_server::deployment::Deployment;
use license_server::service::Office;
use license_server::service::clients::{self, NewClient, Scope};
use time::OffsetDateTime;

use crate::cli::{DataArgs, PasswordArgs};
use crate::files::{random, write_secret};

/// Keys, seals, licenses, service: everything a first look needs. The keys are test keys and trusted nowhere else.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Folder for keys, seals, store, trust list and samples; a second run goes on with what is there
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// How many licenses to have, over all types
    #[arg(long, default_value_t = 300)]
    count: usize,
    /// Stop after issuing
    #[arg(long)]
    no_serve: bool,
    /// Address to serve on; also what the QR codes say on the first run
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Folder with TYPE.jsonl stock rows instead of the bundled ones
    #[arg(long, value_name = "DIR")]
    stock: Option<PathBuf>,
    /// redb:DIR, sled:DIR or memory; redb:DATA/store unless said otherwise
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

pub(crate) fn run(args: &DemoArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let assets = crate::assets::open(assets)?;
    let catalog = crate::assets::catalog(&*assets)?;
    let fonts = crate::assets::fonts(assets)?;
    if !args.data.join("office.toml").is_file() {
        first_run(args, &catalog, &fonts)?;
    }
    let data =
        DataArgs { data: args.data.clone(), store: args.store.clone(), password: PasswordArgs { password_file: None } };
    crate::deployment::complete(&args.data)?;
    let password = crate::deployment::password(&data.password, &args.data)?;
    let deployment = Deployment::open(&args.data, &password)?;
    let address = deployment.office.address.clone();
    let office = Office::new(deployment, catalog, fonts, crate::deployment::store(&data)?);
    let office = Arc::new(office.keeping_lists_in(&args.data));
    let issued = run::issue_stock(&office, args.count, args.stock.as_deref())?;
    let client = demo_client(&office, &args.data)?;
    let showcase = bundle::leave(&office, &args.data, &issued)?;
    say!("\nfiles of some licenses: {}", args.data.join("out").display());
    say!("roots and trust list:   {}", args.data.join("trust").display());
    if args.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    crate::serve::serve(&args.listen, office, "warn", |bound| {
        say!("\nOpen in a browser (Ctrl-C stops):");
        say!("  service            http://{bound}/");
        if let Some(showcase) = &showcase {
            let page = |index: &str| format!("http://{bound}/V/{}", index.strip_prefix(&address).unwrap_or(index));
            say!("\n  a good license     {}", page(&showcase.good));
            say!("\n  a revoked one      {}", page(&showcase.revoked));
            say!("\n  a forged token     {}", page(&showcase.forged));
        }
        say!("\n  verify a file      http://{bound}/verify");
        say!("  try the interface  http://{bound}/docs  (a client's id and secret are in {})", client.display());
    })?;
    Ok(ExitCode::SUCCESS)
}

fn first_run(args: &DemoArgs, catalog: &Catalog, fonts: &Arc<license_core::fonts::FontLibrary>) -> Result<()> {
    say!("first run: making test keys, seals and a trust list in {}", args.data.display());
    let password = new_password();
    let address = format!("HTTP://{}/V/", args.listen.to_uppercase());
    let now = OffsetDateTime::now_utc();
    crate::setup::sample_deployment(&args.data, &address, password.as_bytes(), catalog, fonts, now)?;
    write_secret(&args.data.join("keys").join("password"), password.as_bytes())
        .context("the key files' password could not be kept")?;
    say!("they are for trying out, and trusted nowhere else; their password is in keys/password");
    Ok(())
}

/// An application that may do everything, so that the interface can be tried while the demo holds the store.
fn demo_client(office: &Office, data: &Path) -> Result<PathBuf> {
    let path = data.join("keys").join("demo-client.json");
    if !path.is_file() {
        let new = NewClient { name: "demo".to_owned(), department: "demo".to_owned(), scopes: Scope::ALL.to_vec() };
        let added = clients::add(&**office.store(), &new, "demo", OffsetDateTime::now_utc())?;
        let json = serde_json::json!({ "client_id": added.id, "client_secret": added.secret });
        write_secret(&path, format!("{json:#}\n").as_bytes())?;
    }
    Ok(path)
}

/// 160 random bits as text.
fn new_password() -> String {
    use getrandom::rand_core::Rng as _;
    let mut bytes = [0u8; 20];
    random().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
