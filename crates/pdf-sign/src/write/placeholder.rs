//! What a PDF writer leaves in its first revision so that [`prepare`](crate::prepare) can find it.
//!
//! A writer that emits raw bytes uses [`BYTE_RANGE_TEXT`] and [`contents_text`]. A writer that emits values uses
//! [`BYTE_RANGE`] and [`contents`]: `pdf-writer` writes a string with a byte ≥ 0x80 as hexadecimal, and `i32::MAX` has the
//! ten digits that any offset needs.
//!
//! ```text
//! let mut sig = pdf.indirect(id).dict();
//! sig.pair(Name(b"Type"), Name(b"Sig"));
//! sig.insert(Name(b"ByteRange")).array().items(placeholder::BYTE_RANGE);
//! sig.pair(Name(b"Contents"), Str(&placeholder::contents(8192)));
//! ```

/// The placeholder of `/ByteRange` as numbers.
pub const BYTE_RANGE: [i32; 4] = [0, i32::MAX, i32::MAX, i32::MAX];

/// The placeholder of `/ByteRange` as text.
pub const BYTE_RANGE_TEXT: &str = "/ByteRange [0 0000000000 0000000000 0000000000]";

/// Room that holds a baseline B-B signature with its chain, and a time-stamp.
pub const USUAL_CAPACITY: usize = 8 << 10;

/// PDF/A allows strings of at most 32 767 bytes.
pub const MAX_CAPACITY: usize = 32_767;

/// The placeholder of `/Contents` as a string value: `capacity` bytes 0xFF.
pub fn contents(capacity: usize) -> Vec<u8> {
    vec![0xFF; capacity]
}

/// The placeholder of `/Contents` as text: room for `capacity` bytes.
pub fn contents_text(capacity: usize) -> String {
    format!("/Contents <{}>", "00".repeat(capacity))
}
