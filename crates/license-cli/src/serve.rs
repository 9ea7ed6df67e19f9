//! `license serve`: the service over a deployment.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use license_server::service::Office;
use license_server::{ServeConfig, serve as start};

use crate::cli::DataArgs;

/// Serves until SIGINT or SIGTERM, then finishes what it is doing.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Address to serve on
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(args: &ServeArgs, assets: Option<&Path>) -> Result<ExitCode> {
    let office = Arc::new(crate::deployment::office(&args.data, assets)?);
    serve(&args.listen, office, "info", |bound| say!("serving on http://{bound}/"))?;
    Ok(ExitCode::SUCCESS)
}

/// Starts, tells `ready` the bound address, and waits for the end. The log goes to standard error as JSON lines, as
/// LICENSE_LOG says (`info` has the access log, `warn` only what went wrong), else as `log` does.
pub(crate) fn serve(listen: &str, office: Arc<Office>, log: &str, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let listen: SocketAddr = listen.parse().with_context(|| format!("--listen {listen}: not HOST:PORT"))?;
    let _ = tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("LICENSE_LOG").unwrap_or_else(|_| log.into()))
        .try_init();
    let running = start(ServeConfig { listen, ..ServeConfig::default() }, office)
        .with_context(|| format!("cannot listen on {listen}"))?;
    ready(running.address());
    running.wait().context("the service stopped with an error")
}
