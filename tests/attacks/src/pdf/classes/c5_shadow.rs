//! Class 5: laid down before signing, switched on afterwards (shadow attacks). The draft came from the attacker; the issuer
//! signed what it saw.

use super::super::attack::PdfAttack;
use super::super::bench::{Bench, at, page};
use super::super::file::{Update, find_last, stream};

const CHANGED: &[&str] = &["pdf.changed-after"];
const ANNOTATIONS: &str = "8 0 R 10 0 R 12 0 R";

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let overlay = stream("/Type /XObject /Subtype /Form /BBox [0 0 595 842] ", b"1 1 1 rg 60 690 300 40 re f");
    let nothing = stream("/Type /XObject /Subtype /Form /BBox [0 0 595 842] ", b"");
    let second = stream("", b"BT /F1 24 Tf 72 700 Td (Fee: 9000) Tj ET");
    let hidden = |file: &mut super::super::file::File| {
        file.replace(at::PAGE, "/Resources <<", "/Resources <</XObject <</Cover 15 0 R>> ");
        file.set(
            at::CONTENT,
            stream("", b"BT /F1 24 Tf 72 700 Td (Fee: 9000) Tj ET /Cover Do BT /F1 24 Tf 72 660 Td (Fee: 1) Tj ET"),
        );
        file.set(15, overlay.as_slice());
    };
    let covered = bench.signed(hidden);
    let waiting = bench.signed(|file| file.set(15, second.as_slice()));
    let fonts = bench.signed(|file| {
        file.set(15, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding <</Differences [49 /nine]>>>>");
    });
    // The forged object under the number of the genuine one, in a comment-like stream of the signed revision.
    let twin = bench.signed(|file| {
        file.set(
            15,
            stream(
                "",
                b"\n4 0 obj\n<</Length 38>>\nstream\nBT /F1 24 Tf 72 700 Td (Fee: 9000) Tj ET\nendstream\nendobj\n",
            ),
        );
    });
    let inner = find_last(&twin, b"\n4 0 obj\n<</Length 38>>\nstream\nBT /F1 24 Tf 72 700 Td (Fee: 9000)")
        .expect("the twin")
        + 1;
    let value = "<</FT /Tx /T (remark) /V (paid) /DA (/F1 9 Tf) /Type /Annot /Subtype /Widget /P 3 0 R /F 4 /Rect [72 500 300 520]>>";
    vec![
        PdfAttack::new(
            "hide-by-overwriting",
            "the form that covered other words at signing is written anew, empty",
            CHANGED,
            Update::of([(15, nothing.as_slice())]).on(&covered),
        ),
        PdfAttack::new("hide-by-freeing", "the form that covered other words at signing is marked free", CHANGED, {
            Update { lines: vec![(15, "0000000000 00001 f \n".to_owned())], ..Update::default() }.on(&covered)
        }),
        PdfAttack::new(
            "hide-by-resources",
            "the page no longer names the form that covered other words",
            CHANGED,
            Update::of([(at::PAGE, page("4 0 R", ANNOTATIONS, "").as_bytes())]).on(&covered),
        ),
        PdfAttack::new(
            "replace-by-value",
            "the field shows its value, which was another than its appearance",
            CHANGED,
            Update::of([(at::REMARK, value.as_bytes())]).on(&bench.notice),
        ),
        PdfAttack::new(
            "replace-font",
            "the page's font becomes another that waited in the signed revision",
            CHANGED,
            {
                let page = page("4 0 R", ANNOTATIONS, "").replace("/F1 5 0 R", "/F1 15 0 R");
                Update::of([(at::PAGE, page.as_bytes())]).on(&fonts)
            },
        ),
        PdfAttack::new(
            "switch-on",
            "the page refers to content that waited in the signed revision",
            CHANGED,
            Update::of([(at::PAGE, page("15 0 R", ANNOTATIONS, "").as_bytes())]).on(&waiting),
        ),
        PdfAttack::new("switch-by-table", "a table alone: object 4 is now the one that waited", &["pdf.structure"], {
            let place = find_last(&waiting, b"\n15 0 obj").expect("it waits") + 1;
            Update { lines: vec![(at::CONTENT, format!("{place:010} 00000 n \n"))], ..Update::default() }.on(&waiting)
        }),
        PdfAttack::new(
            "hide-and-replace",
            "a twin of object 4 stood inside a signed stream; a table alone leads to it",
            &["pdf.structure"],
            Update { lines: vec![(at::CONTENT, format!("{inner:010} 00000 n \n"))], ..Update::default() }.on(&twin),
        ),
        PdfAttack::new(
            "in-two-steps",
            "one revision lays content down, the next shows it",
            CHANGED,
            Update::of([(at::PAGE, page("30 0 R", ANNOTATIONS, "").as_bytes())]).on(&Update::of([(
                30,
                second.as_slice(),
            )])
            .on(&bench.notice)),
        ),
    ]
}
