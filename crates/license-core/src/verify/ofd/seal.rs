//! GB/T 38540 and GM/T 0031: what `eseal` checked, in the words of the report.

use eseal::{CheckName, Picture, SealReport, SealSignature};
use pki::Outcome;

use crate::seal_picture::{self, PictureFormat, probe};
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

/// The pictures of the seals of one file. A seal is mostly used more than once, and a stranger's file may bring 64 that are as
/// large as any.
pub(super) struct Pictures<'f> {
    seen: Vec<(&'f Picture, Looked)>,
    /// What may still be looked at: pixels, and pictures that are packages.
    pixels: u64,
    packages: usize,
}

/// What was found.
#[derive(Clone)]
enum Looked {
    /// Why it is no picture, and the size of its page in millimetres if it is an OFD.
    At(Option<String>, Option<(f64, f64)>),
    /// It is of a kind that is not looked into.
    Not(&'static str),
    /// The pictures before it have used up the measure of the file.
    Over,
}

/// A picture was not looked at that should have been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unseen;

/// The size of the page of a picture in millimetres, if it is an OFD.
pub(super) type PageSize = Result<Option<(f64, f64)>, Unseen>;

/// Pixels of all pictures that are no PNG: a tenth of a second each four million. Rows of PNG are not kept and cost less.
const MOST_PIXELS: u64 = 16_000_000;
const PIXELS_OF_PNG: u64 = 4;
/// Pictures that are packages of their own, and larger than a [small](seal_picture::page_of_small) one, which costs next to
/// nothing: every seal of a file may have one.
const MOST_PACKAGES: usize = 8;

impl Default for Pictures<'_> {
    fn default() -> Self {
        Pictures { seen: Vec::new(), pixels: MOST_PIXELS, packages: MOST_PACKAGES }
    }
}

impl<'f> Pictures<'f> {
    /// Whether the picture of a seal is one, of the format that the seal says; the size of its page if it is an OFD. What is
    /// none shows on no page; what is called otherwise shows in some viewers only.
    ///
    /// A seal that is `known` was looked at when it got known.
    pub(super) fn check(&mut self, picture: &'f Picture, known: bool, place: &str, checks: &mut Checks) -> PageSize {
        const NAME: &str = "seal.picture";
        let looked = match self.seen.iter().find(|(seen, _)| *seen == picture) {
            Some((_, looked)) => looked.clone(),
            None => {
                let looked = self.look(picture, known);
                self.seen.push((picture, looked.clone()));
                looked
            }
        };
        match looked {
            Looked::At(fault, page) => {
                let detail = fault.as_deref().unwrap_or_default();
                checks.record(NAME, fault.is_none(), Reason::SealPicture, place, detail);
                Ok(page)
            }
            Looked::Not(why) => {
                checks.not_possible_at(NAME, place, why);
                Ok(None)
            }
            Looked::Over => {
                let detail = "the seals of this file have more pictures, or larger ones, than are looked at";
                checks.failed(NAME, Reason::InputTooLarge, place, detail);
                Err(Unseen)
            }
        }
    }

    /// What is `known` counts as if it were not, so that no verdict depends on that.
    fn look(&mut self, picture: &Picture, known: bool) -> Looked {
        let format = PictureFormat::of(&picture.data);
        if format == Some(PictureFormat::Svg) && picture.format.eq_ignore_ascii_case("svg") {
            return Looked::Not("a drawing in SVG is not looked into");
        }
        if format == Some(PictureFormat::Ofd) {
            return self.look_into(picture);
        }
        let Some(left) = self.pixels.checked_sub(pixels(picture, format)) else { return Looked::Over };
        self.pixels = left;
        Looked::At(if known { None } else { picture_fault(picture) }, None)
    }

    fn look_into(&mut self, picture: &Picture) -> Looked {
        let page = match seal_picture::page_of_small(&picture.data) {
            Ok(page) => page,
            Err(_) => {
                let Some(left) = self.packages.checked_sub(1) else { return Looked::Over };
                self.packages = left;
                seal_picture::look(&picture.data).page_mm
            }
        };
        let fault = misnamed(picture, PictureFormat::Ofd);
        Looked::At(fault.or_else(|| page.is_none().then(|| seal_picture::no_page().to_string())), page)
    }
}

/// What looking at a bitmap costs; one with too many pixels is refused by its head.
fn pixels(picture: &Picture, format: Option<PictureFormat>) -> u64 {
    let size = seal_picture::look(&picture.data).pixels;
    let area = size.map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    match format {
        _ if area > seal_picture::MAX_PIXELS => 0,
        Some(PictureFormat::Png) => area / PIXELS_OF_PNG,
        _ => area,
    }
}

/// Why a bitmap is none, or not of the format that the seal says.
fn picture_fault(picture: &Picture) -> Option<String> {
    let Some(format) = PictureFormat::of(&picture.data) else {
        return Some(format!("{} bytes that are a picture of no known format", picture.data.len()));
    };
    misnamed(picture, format).or_else(|| probe(&picture.data).err().map(|error| error.to_string()))
}

fn misnamed(picture: &Picture, format: PictureFormat) -> Option<String> {
    let named = format.is_called(&picture.format);
    (!named).then(|| format!("called {:?}, and is {}", shortened(&picture.format), format.name()))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::verify::report::Outcome;

    const OVER: Outcome = Outcome::Failed(Reason::InputTooLarge);

    /// A bitmap of so many pixels.
    fn bitmap(width: u32, height: u32, format: image::ImageFormat, name: &str) -> Picture {
        let mut data = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(width, height).write_to(&mut data, format).unwrap();
        Picture { format: name.to_owned(), data: data.into_inner(), width_mm: 40, height_mm: 40 }
    }

    #[test]
    fn large_pictures_are_looked_at_until_it_is_enough() {
        use image::ImageFormat::{Bmp, Png};
        let (small, twin) = (bitmap(10, 10, Bmp, "bmp"), bitmap(10, 10, Bmp, "bmp"));
        let (png, last, other) = (bitmap(20, 10, Png, "png"), bitmap(10, 5, Bmp, "bmp"), bitmap(1, 2, Bmp, "bmp"));
        let huge = bitmap(4_001, 1_000, Bmp, "bmp");
        let mut pictures = Pictures { pixels: 201, ..Pictures::default() };
        let mut outcome = |picture, known| {
            let mut checks = Checks::default();
            let seen = pictures.check(picture, known, "", &mut checks);
            let outcome = checks.into_inner().remove(0).outcome;
            assert_eq!(seen.is_err(), outcome == OVER);
            outcome
        };
        assert_eq!(outcome(&small, false), Outcome::Passed);
        assert_eq!(outcome(&twin, false), Outcome::Passed, "the same picture is looked at once");
        assert_eq!(outcome(&png, false), Outcome::Passed, "a PNG counts a quarter");
        assert!(matches!(outcome(&huge, false), Outcome::Failed(Reason::SealPicture)), "refused by its head");
        assert_eq!(outcome(&last, true), Outcome::Passed, "what is known counts, too");
        assert_eq!(outcome(&other, false), OVER);
        assert_eq!(outcome(&other, true), OVER, "whether known or not");
        let drawing = Picture { format: "svg".to_owned(), data: b"<svg/>".to_vec(), width_mm: 40, height_mm: 40 };
        assert!(
            matches!(outcome(&drawing, false), Outcome::NotDone(_)),
            "what is never looked into is no want of work"
        );
    }

    /// A package of one blank page and a file of so many bytes, unlike any other by its `width`.
    fn package(width: i32, inflated: usize) -> Picture {
        use ofd::model::{Attachment, Document, Page};
        use ofd::{Size, Um};
        let mut document = Document::new(ofd::DocInfo { doc_id: "0".repeat(32), ..ofd::DocInfo::default() });
        document.pages.push(Page { size: Size::new(Um::mm(width), Um::mm(40)), ..Page::default() });
        document.attachments.push(Attachment::hidden("a", "txt", vec![b' '; inflated]));
        let data = document.package().unwrap().to_zip().unwrap();
        Picture { format: "ofd".to_owned(), data, width_mm: 40, height_mm: 40 }
    }

    #[test]
    fn every_seal_may_have_a_small_package_and_some_a_large_one() {
        let small: Vec<Picture> = (1..=64).map(|width| package(width, 10)).collect();
        let large: Vec<Picture> = (1..=9).map(|width| package(width, 600_000)).collect();
        let mut pictures = Pictures::default();
        let mut look = |picture, known| {
            let mut checks = Checks::default();
            let page = pictures.check(picture, known, "", &mut checks);
            (checks.into_inner().remove(0).outcome, page)
        };
        for (picture, at) in large[..8].iter().zip(1..).chain(small.iter().zip(1..)) {
            assert_eq!(look(picture, false), (Outcome::Passed, Ok(Some((f64::from(at), 40.0)))));
        }
        assert_eq!(look(&large[8], false), (OVER, Err(Unseen)));
        assert_eq!(look(&large[8], true), (OVER, Err(Unseen)), "whether known or not");
        let cut_off = Picture { data: small[0].data[..60].to_vec(), ..small[0].clone() };
        let misnamed = Picture { format: "png".to_owned(), ..small[0].clone() };
        for none in [&cut_off, &misnamed] {
            assert_eq!(look(none, false).0, Outcome::Failed(Reason::SealPicture));
        }
    }
}
