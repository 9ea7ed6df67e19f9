//! Class 3: byte ranges moved, foreign objects in the gap (signature wrapping).

use super::super::attack::PdfAttack;
use super::super::bench::Bench;
use super::super::file::{find, find_last, replaced};

const RANGE: &[&str] = &["pdf.byte-range"];

pub(super) fn make(bench: &Bench) -> Vec<PdfAttack> {
    let pdf = &bench.notice;
    let gap = Gap::of(pdf);
    let object = b"/X (4 0 obj <</Length 41>> stream BT /F1 24 Tf 72 700 Td (Fee: 9000) Tj ET endstream endobj)";
    vec![
        PdfAttack::new(
            "gap-with-object",
            "the padding made room for a forged object in the gap",
            RANGE,
            gap.filled(object),
        ),
        PdfAttack::new("gap-with-blanks", "white space instead of padding", RANGE, gap.filled(b"    ")),
        PdfAttack::new("gap-with-comment", "a comment instead of padding", RANGE, gap.filled(b"%4 0 obj\n")),
        PdfAttack::new(
            "gap-moved",
            "the second range begins later, and between them lies a forged object; all offsets behind are wrong",
            &["pdf.structure"],
            gap.wider(b"\n4 0 obj\n<</Length 2>>\nstream\nq \nendstream\nendobj\n"),
        ),
        PdfAttack::new("gap-blank-inside", "one of the padding zeros is a blank", RANGE, {
            let mut out = pdf.clone();
            out[gap.close - 3] = b' ';
            out
        }),
        PdfAttack::new("padding-used", "data in the padding behind the DER", RANGE, {
            let mut out = pdf.clone();
            out[gap.close - 9..gap.close - 1].copy_from_slice(b"504b0304");
            out
        }),
        PdfAttack::new(
            "second-range-moved",
            "the second range begins elsewhere; the digest is that of other bytes",
            RANGE,
            gap.numbers([0, gap.open, gap.close + 2, pdf.len() - gap.close - 2]),
        ),
        PdfAttack::new(
            "delimiters-signed",
            "the ranges include the brackets of /Contents",
            RANGE,
            gap.numbers([0, gap.open + 1, gap.close - 1, pdf.len() - gap.close + 1]),
        ),
        PdfAttack::new(
            "first-byte-left-out",
            "the first range begins at byte 1",
            RANGE,
            gap.numbers([1, gap.open - 1, gap.close, pdf.len() - gap.close]),
        ),
        PdfAttack::new(
            "tail-left-out",
            "the second range ends before the table",
            RANGE,
            gap.numbers([0, gap.open, gap.close, 40]),
        ),
        PdfAttack::new(
            "beyond-the-end",
            "the second range ends behind the file",
            RANGE,
            gap.numbers([0, gap.open, gap.close, pdf.len()]),
        ),
        PdfAttack::new(
            "overlapping",
            "the second range begins inside the first",
            RANGE,
            gap.numbers([0, gap.close, gap.open, pdf.len() - gap.open]),
        ),
        PdfAttack::new(
            "range-twice",
            "/ByteRange twice in the dictionary",
            &["pdf.structure"],
            replaced(pdf, b"/Filter /Adobe.PPKLite", b"/ByteRange [0 1 2 3]  "),
        ),
    ]
}

/// Where the signature value of a file stands.
struct Gap<'a> {
    pdf: &'a [u8],
    open: usize,
    close: usize,
}

impl<'a> Gap<'a> {
    fn of(pdf: &'a [u8]) -> Gap<'a> {
        let open = find_last(pdf, b"/Contents <").expect("a signature") + 10;
        let close = open + find(&pdf[open..], b">").expect("it ends") + 1;
        Gap { pdf, open, close }
    }

    fn numbers(&self, numbers: [usize; 4]) -> Vec<u8> {
        let at = find_last(self.pdf, b"/ByteRange [").expect("ranges") + 11;
        let end = at + find(&self.pdf[at..], b"/Contents").expect("they end");
        let [a, b, c, d] = numbers;
        let text = format!("{:<width$}", format!("[{a} {b} {c} {d}]"), width = end - at);
        let mut out = self.pdf.to_vec();
        out[at..end].copy_from_slice(text.as_bytes());
        out
    }

    /// Other bytes instead of the last zeros of the value, which ends before them: no offset changes.
    fn filled(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = self.pdf.to_vec();
        let from = self.close - bytes.len() - bytes.len() % 2;
        out[from - 1] = b'>';
        out[from..self.close].fill(b' ');
        out[from..from + bytes.len()].copy_from_slice(bytes);
        out
    }

    /// More bytes in the gap, everything behind moved.
    fn wider(&self, more: &[u8]) -> Vec<u8> {
        let pdf = self.numbers([0, self.open, self.close + more.len(), self.pdf.len() - self.close]);
        [&pdf[..self.close], more, &pdf[self.close..]].concat()
    }
}
