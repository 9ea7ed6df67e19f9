//! The whole command line on one screen.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

/// Electronic licenses 电子证照: issue, seal, verify.
#[derive(Parser)]
#[command(name = "license", version, propagate_version = true)]
pub(crate) struct Cli {
    /// Templates and fonts to use before the bundled ones: DIR/templates/TYPE/…, DIR/fonts/…
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) assets: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make keys and seals, issue a few hundred licenses from stock data, and serve them
    Demo(crate::demo::DemoArgs),
    /// Serve a deployment
    Serve(crate::serve::ServeArgs),
    /// Issue one license from a JSON file
    Issue(crate::issue::IssueArgs),
    /// Verify OFD, PDF and QR text files
    Verify(crate::verify::VerifyArgs),
    /// Show what is inside an OFD, a PDF or a QR text
    Inspect(crate::inspect::InspectArgs),
    /// Check everything that a deployment has stored
    Fsck(crate::fsck::FsckArgs),
    /// Renew the time-stamps of issued documents before they weaken
    Renew(crate::renew::RenewArgs),
    /// License types: lint, preview, start a new one
    Template(crate::template::TemplateArgs),
    /// Keys and certificates of a test deployment
    Keys(crate::keys::KeysArgs),
    /// Electronic seals
    Seal(crate::seal_verbs::SealArgs),
    /// Sign PDFs that exist already, and keep them valid
    Pdf(crate::pdf::PdfArgs),
    /// Check an OFD against the archive profile OFD-A (GB/T 42133), or make one of it before it is sealed
    OfdA(crate::ofd_a::OfdAArgs),
    /// The signed trust list
    Trust(crate::trust::TrustArgs),
    /// Client applications of the service
    Client(crate::client::ClientArgs),
    /// License texts of the bundled fonts
    Licenses,
}

/// Which deployment, and how its keys are opened.
#[derive(Args, Clone)]
pub(crate) struct DataArgs {
    /// Folder of the deployment
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    pub(crate) data: PathBuf,
    /// Where licenses are stored: redb:DIR, sled:DIR or memory; redb:DATA/store unless said otherwise
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// How key files are opened. A password never stands on the command line.
#[derive(Args, Clone)]
pub(crate) struct PasswordArgs {
    /// File whose first line is the password of the key files; else the environment's LICENSE_KEY_PASSWORD, else
    /// DATA/keys/password
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

impl Cli {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let assets = self.assets.as_deref();
        match self.verb {
            Verb::Demo(args) => crate::demo::run(&args, assets),
            Verb::Serve(args) => crate::serve::run(&args, assets),
            Verb::Issue(args) => crate::issue::run(&args, assets),
            Verb::Verify(args) => crate::verify::run(&args, assets),
            Verb::Inspect(args) => crate::inspect::run(&args),
            Verb::Renew(args) => crate::renew::run(&args, assets),
            Verb::Fsck(args) => crate::fsck::run(&args, assets),
            Verb::Template(args) => crate::template::run(&args, assets),
            Verb::Keys(args) => crate::keys::run(&args),
            Verb::Seal(args) => crate::seal_verbs::run(&args, assets),
            Verb::Pdf(args) => crate::pdf::run(&args),
            Verb::OfdA(args) => crate::ofd_a::run(&args),
            Verb::Trust(args) => crate::trust::run(&args, assets),
            Verb::Client(args) => crate::client::run(&args),
            Verb::Licenses => crate::notices::run(assets),
        }
    }
}
