//! Class 6: what a certification allows, stretched (evil annotation, sneaky signature).

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at, form, inspect, page};
use super::super::file::{File, Update, stream};
use super::super::sign::{certifies, fill_by, pades};
use crate::attack::Attacker;

const CHANGED: &[&str] = &["pdf.changed-after"];
const ANNOTATIONS: &str = "8 0 R 10 0 R 12 0 R";

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let permits =
        |permission: u8| bench.signed(|file: &mut File| file.set(at::SIGNATURE, pades(&certifies(permission))));
    let market = &bench.keys.market;
    let strange = &bench.keys.impostor;
    let locking = bench.signed(|file| {
        let lock = "/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</V /1.2 /P 2>>>> \
                    <</Type /SigRef /TransformMethod /FieldMDP /TransformParams <</V /1.2 /Action /Include /Fields [(annual)]>>>>]";
        file.set(at::SIGNATURE, pades(lock));
    });
    vec![
        PdfAttack::new("annotation-at-3", "P = 3 allows annotations: one over the fee", CHANGED, {
            let note = b"<</Type /Annot /Subtype /FreeText /Rect [60 690 300 730] /Contents (Fee: 0) /DA (/F1 24 Tf)>>";
            let page = page("4 0 R", &format!("{ANNOTATIONS} 30 0 R"), "");
            Update::of([(at::PAGE, page.as_bytes()), (30, note)]).on(&permits(3))
        }),
        PdfAttack::new(
            "sneaky-signature",
            "a new visible signature over the fee by somebody else",
            CHANGED,
            fill_by(visible(&bench.notice), strange),
        )
        .by(Attacker::OwnKey),
        PdfAttack::new(
            "second-seal",
            "a new visible signature over the fee by another trusted issuer",
            CHANGED,
            fill_by(visible(&bench.notice), &bench.keys.housing),
        )
        .by(Attacker::OtherIssuer),
        PdfAttack::new(
            "sneaky-prepared",
            "the prepared field is signed and moved over the fee",
            CHANGED,
            {
                let field = "<</FT /Sig /T (annual) /V 20 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [60 690 300 730] /AP <</N 21 0 R>>>>";
                let look = stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"1 1 1 rg 0 0 100 100 re f");
                let update = Update::of([(at::ANNUAL, field.as_bytes()), (20, &pades("")), (21, &look)]);
                fill_by(update.on(&bench.notice), &bench.keys.housing)
            },
        )
        .by(Attacker::OtherIssuer),
        PdfAttack::new("after-the-last", "P = 1 allows nothing: the prepared field is signed", CHANGED, {
            inspect(&permits(1), &bench.keys)
        })
        .by(Attacker::OtherIssuer),
        PdfAttack::new("locked-field", "the prepared field was locked (FieldMDP) and is signed", CHANGED, {
            inspect(&locking, &bench.keys)
        })
        .by(Attacker::OtherIssuer),
        PdfAttack::new(
            "permission-widened",
            "the signature dictionary is written anew with P = 3",
            CHANGED,
            {
                let body = super::super::file::body(&bench.notice, at::SIGNATURE);
                let body = super::super::file::replaced(&body, b"/P 2", b"/P 3");
                Update::of([(at::SIGNATURE, body.as_slice())]).on(&bench.notice)
            },
        ),
        PdfAttack::new("certification-dropped", "/Perms is gone from the catalog", CHANGED, {
            let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /Metadata 14 0 R>>";
            Update::of([(at::CATALOG, catalog.as_bytes())]).on(&bench.notice)
        }),
        PdfAttack::new(
            "certification-elsewhere",
            "/Perms names the dictionary of the inspection",
            CHANGED,
            {
                let catalog = "<</Type /Catalog /Pages 2 0 R /AcroForm 7 0 R /Metadata 14 0 R /Perms <</DocMDP 20 0 R>>>>";
                Update::of([(at::CATALOG, catalog.as_bytes())]).on(&bench.inspected)
            },
        )
        .of("notice-inspected"),
        PdfAttack::new(
            "certification-of-nothing",
            "/Perms names something that is no signature",
            &["pdf.structure"],
            bench.signed(|file| file.replace(at::CATALOG, "/DocMDP 9 0 R", "/DocMDP 6 0 R")),
        )
        .by(Attacker::Insider),
        PdfAttack::new(
            "permission-unknown",
            "P = 7",
            &["pdf.structure"],
            bench.signed(|file| file.set(at::SIGNATURE, pades(&certifies(7)))),
        )
        .by(Attacker::Insider),
        PdfAttack::new("signature-removed", "the inspection is taken out again", CHANGED, {
            let field = "<</FT /Sig /T (annual) /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [72 100 172 200]>>";
            Update::of([(at::ANNUAL, field.as_bytes())]).on(&bench.inspected)
        })
        .of("notice-inspected"),
        PdfAttack::new("signature-exchanged", "the prepared field is signed a second time", CHANGED, {
            let field = "<</FT /Sig /T (annual) /V 30 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [72 100 172 200] /AP <</N 21 0 R>>>>";
            fill_by(Update::of([(at::ANNUAL, field.as_bytes()), (30, &pades(""))]).on(&bench.inspected), market)
        })
        .of("notice-inspected")
        .by(Attacker::Insider),
        PdfAttack::new("reason-exchanged", "the signature dictionary is written anew with another /Reason", CHANGED, {
            let body = super::super::file::body(&bench.notice, at::SIGNATURE);
            let body = super::super::file::replaced(&body, b"/Filter", b"/Reason (paid) /Filter");
            Update::of([(at::SIGNATURE, body.as_slice())]).on(&bench.notice)
        }),
    ]
}

/// A new signature field over the fee.
fn visible(pdf: &[u8]) -> Vec<u8> {
    let annotations = format!("{ANNOTATIONS} 30 0 R");
    let field = "<</FT /Sig /T (later) /V 31 0 R /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [60 690 300 730] /AP <</N 32 0 R>>>>";
    let look = stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] ", b"1 1 1 rg 0 0 100 100 re f");
    Update::of([
        (at::PAGE, page("4 0 R", &annotations, "").as_bytes()),
        (at::FORM, form(&annotations, "").as_bytes()),
        (30, field.as_bytes()),
        (31, &pades("")),
        (32, &look),
    ])
    .on(pdf)
}
