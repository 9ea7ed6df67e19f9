//! GB/T 38540 and GM/T 0031: what `eseal` checked, in the words of the report.

use eseal::{CheckName, Picture, SealReport, SealSignature};
use pki::Outcome;

use crate::seal_picture::{PictureFormat, probe};
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;
use crate::verify::timestamp;

/// Every check of a seal signature under its name, and the reason when it fails.
pub(super) fn check(seal: &SealSignature, report: &SealReport, place: &str, checks: &mut Checks) {
    for check in &report.checks {
        let Some(name) = name_of(check.name) else { continue };
        match &check.outcome {
            Outcome::Passed => checks.passed(name, place),
            Outcome::Failed(why) => checks.failed(name, reason_of(check.name, seal, report), place, why),
            Outcome::NotDone(why) => match check.name {
                CheckName::TimeStamp => checks.not_done_because(name, Reason::TimeNotProven, place, why),
                CheckName::SealFile | CheckName::SealTimeStamp | CheckName::PropertyInfo => {
                    checks.not_applicable(name, place, why);
                }
                // What it needs was missing: an earlier check has failed already.
                _ => checks.not_possible_at(name, place, why),
            },
        }
    }
    let raw = [("seal", seal.seal().signature()), ("signature", seal.signature())];
    for (who, _) in raw.iter().filter(|(_, value)| eseal::is_raw(value)) {
        checks.not_done_because("seal.raw-value", Reason::SealRawValue, place, format!("of the {who}"));
    }
}

/// Whether the picture of a seal is one, of the format that the seal says. What is none shows on no page; what is called
/// otherwise shows in some viewers only.
///
/// A seal that is `known` was looked at when it got known.
pub(super) fn check_picture(picture: &Picture, known: bool, place: &str, checks: &mut Checks) {
    const NAME: &str = "seal.picture";
    if PictureFormat::of(&picture.data) == Some(PictureFormat::Svg) && picture.format.eq_ignore_ascii_case("svg") {
        return checks.not_possible_at(NAME, place, "a drawing in SVG is not looked into");
    }
    let fault = if known { None } else { picture_fault(picture) };
    let detail = fault.as_deref().unwrap_or_default();
    checks.record(NAME, fault.is_none(), Reason::SealPicture, place, detail);
}

/// Why a picture is none, or not of the format that the seal says.
pub(in crate::verify) fn picture_fault(picture: &Picture) -> Option<String> {
    let Some(format) = PictureFormat::of(&picture.data) else {
        return Some(format!("{} bytes that are a picture of no known format", picture.data.len()));
    };
    if !format.is_called(&picture.format) {
        return Some(format!("called {:?}, and is {}", shortened(&picture.format), format.name()));
    }
    probe(&picture.data).err().map(|error| error.to_string())
}

/// A name as somebody wrote it.
fn shortened(name: &str) -> String {
    name.chars().take(16).collect()
}

fn name_of(name: CheckName) -> Option<&'static str> {
    Some(match name {
        CheckName::Structure => "seal.structure",
        CheckName::Version => "seal.version",
        CheckName::Extensions => "seal.extensions",
        CheckName::Kind => "seal.kind",
        CheckName::SealMakerSignature => "seal.maker-signature",
        CheckName::SignerSignature => "seal.signature",
        CheckName::SignerListed => "seal.signer-listed",
        CheckName::AlgorithmsAgree => "seal.algorithm",
        CheckName::DataHash => "seal.data-hash",
        CheckName::PropertyInfo => "seal.property",
        CheckName::SealFile => "seal.copy",
        CheckName::SigningTime => "time.signing",
        CheckName::SealCreated => "seal.created",
        CheckName::SealValidity => "seal.period",
        CheckName::SignerValidity => "signer.period",
        CheckName::SignerUsage => "signer.usage",
        CheckName::MakerValidity => "seal.maker-period",
        CheckName::MakerUsage => "seal.maker-usage",
        CheckName::TimeStamp => "time.stamp",
        CheckName::SealTimeStamp => "seal.time-stamp",
        _ => return None,
    })
}

fn reason_of(name: CheckName, seal: &SealSignature, report: &SealReport) -> Reason {
    let content = seal.seal().content();
    let signed = seal.time().instant().or_else(|| report.time_stamp.as_ref()?.time);
    match name {
        CheckName::Structure => Reason::SealStructure,
        CheckName::Version => Reason::SealVersion,
        CheckName::Extensions => Reason::SealExtension,
        CheckName::Kind => Reason::SealKind,
        CheckName::SealMakerSignature => Reason::SealMakerSignature,
        CheckName::SignerSignature => Reason::SealSignature,
        CheckName::SignerListed => Reason::SealSignerNotListed,
        CheckName::AlgorithmsAgree => Reason::SealAlgorithm,
        CheckName::DataHash => Reason::SealDataHash,
        CheckName::PropertyInfo => Reason::SealProperty,
        CheckName::SealFile => Reason::SealCopyDiffers,
        CheckName::SigningTime => Reason::TimeUnreadable,
        CheckName::SealCreated => Reason::SealCreated,
        // A seal that ends before it begins is valid at no time, neither early nor late.
        CheckName::SealValidity if content.valid_until < content.valid_from => Reason::SealPeriod,
        CheckName::SealValidity => match signed {
            Some(at) if at < content.valid_from => Reason::SealNotYetValid,
            _ => Reason::SealExpired,
        },
        CheckName::SignerValidity => match (signed, &report.signer) {
            (Some(at), Some(signer)) if at < signer.not_before() => Reason::SignerNotYetValid,
            _ => Reason::SignerExpired,
        },
        CheckName::SignerUsage => Reason::SignerKeyUsage,
        CheckName::MakerValidity | CheckName::MakerUsage => Reason::SealMakerCertificate,
        CheckName::TimeStamp => fault(report.time_stamp.as_ref()),
        CheckName::SealTimeStamp => fault(report.seal_time_stamp.as_ref()),
        _ => Reason::SealStructure,
    }
}

/// What is wrong with a time-stamp.
fn fault(stamp: Option<&eseal::StampReport>) -> Reason {
    match stamp.map(|stamp| &stamp.verified) {
        Some(Err(error)) => timestamp::reason_of(error),
        _ => Reason::TimeStampMalformed,
    }
}
