//! How much of a stranger's bytes we are willing to look at. Every limit of this crate stands here.

/// Limits for reading. The defaults fit documents of some hundred pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the package itself.
    pub package_bytes: u64,
    /// Entries of the zip, directories included.
    pub entries: u64,
    /// Inflated bytes of one entry.
    pub entry_bytes: u64,
    /// Inflated bytes of all entries together.
    pub total_bytes: u64,
    /// Inflated bytes that a package holds at once; files beyond them stay deflated and are inflated when needed.
    pub kept_bytes: usize,
    /// Inflated bytes per compressed byte, for entries above [`Budget::ratio_free_bytes`].
    pub ratio: u64,
    /// Entries up to this inflated size may have any ratio: a blank page compresses very well.
    pub ratio_free_bytes: u64,
    /// Nesting of XML elements, and of composites inside composites.
    pub xml_depth: usize,
    /// XML elements and attributes of all files together.
    pub xml_nodes: usize,
    /// Pages.
    pub pages: usize,
    /// Objects on all pages, composites counted as often as they are used.
    pub objects: usize,
    /// Signatures.
    pub signatures: usize,
    /// References and stamps of one signature.
    pub references: usize,
    /// Problems worth listing; the rest is only counted.
    pub problems: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            package_bytes: 64 << 20,
            entries: 4_096,
            entry_bytes: 64 << 20,
            total_bytes: 160 << 20,
            kept_bytes: 768 << 10,
            ratio: 400,
            ratio_free_bytes: 1 << 20,
            xml_depth: 64,
            xml_nodes: 2_000_000,
            pages: 2_000,
            objects: 500_000,
            signatures: 64,
            references: 8_192,
            problems: 256,
        }
    }
}
