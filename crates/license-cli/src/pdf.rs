//! `license pdf`: signing PDFs that exist already, and keeping them valid.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use license_core::pdf_signing::PdfSigningError;

use crate::deployment::GivenUp;

/// `license pdf`.
#[derive(Args)]
pub(crate) struct PdfArgs {
    #[command(subcommand)]
    verb: PdfVerb,
}

#[derive(Subcommand)]
enum PdfVerb {
    /// Sign a PDF (PAdES), certified or approved, in a new field or in one that waits
    Sign(Box<crate::pdf_sign::SignArgs>),
    /// Prepare an empty signature field, before the first signature
    Field(crate::pdf_sign::FieldArgs),
    /// Add revocation data and time-stamps to a signed PDF, so that it stays valid
    Augment(Box<crate::pdf_augment::AugmentArgs>),
}

pub(crate) fn run(args: &PdfArgs) -> Result<ExitCode> {
    let done = match &args.verb {
        PdfVerb::Sign(args) => crate::pdf_sign::sign(args),
        PdfVerb::Field(args) => crate::pdf_sign::add_field(args),
        PdfVerb::Augment(args) => crate::pdf_augment::augment(args),
    };
    match done {
        // What cannot be signed or augmented is refused, not misuse.
        Err(error) if error.is::<PdfSigningError>() || error.is::<GivenUp>() => {
            eprintln!("license: {}{}", crate::out::plain(&error.to_string(), true), advice(&error));
            Ok(ExitCode::FAILURE)
        }
        done => done,
    }
}

fn advice(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref::<PdfSigningError>() {
        Some(PdfSigningError::Incomplete(_)) => {
            "\n  → give them with --ca, --crl, --ocsp, or let them be fetched with --fetch or --fetch-from HOST"
        }
        Some(PdfSigningError::NotStamped { .. }) => "\n  → name a time-stamp service with --tsa",
        Some(PdfSigningError::TooLarge { .. }) => "\n  → give --room BYTES",
        Some(PdfSigningError::Path { .. }) => "\n  → --trust names the roots; what is revoked or over cannot be kept",
        _ => "",
    }
}
