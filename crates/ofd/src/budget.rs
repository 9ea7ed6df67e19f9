//! How much of a stranger's bytes we are willing to look at. Every limit of this crate stands here.

/// Limits for reading. The defaults fit documents of some hundred pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the package itself.
    pub package_bytes: u64,
    /// Entries of the zip, directories included.
    pub entries: u64,
    /// Bytes of the directory of the zip: names, extra fields and comments of all entries.
    pub directory_bytes: u64,
    /// Bytes of the name of one entry.
    pub name_bytes: u64,
    /// Extra fields of one entry, in the directory and before the file; honest ones have two or three.
    pub extra_fields: u64,
    /// Inflated bytes of one entry above its length in the zip: what is stored or hardly packed costs what it is.
    pub entry_bytes: u64,
    /// Inflated bytes of all entries together above the length of the package.
    pub total_bytes: u64,
    /// Inflated bytes up to which a package holds all its files inflated; those of a larger one stay deflated and are
    /// inflated when needed.
    pub kept_bytes: usize,
    /// Inflated bytes per compressed byte, for entries above [`Budget::ratio_free_bytes`].
    pub ratio: u64,
    /// Entries up to this inflated size may have any ratio: a blank page compresses very well.
    pub ratio_free_bytes: u64,
    /// Nesting of XML elements, and of composites inside composites.
    pub xml_depth: usize,
    /// XML elements and attributes of all files together.
    pub xml_nodes: usize,
    /// XML elements and attributes of one file.
    pub xml_file_nodes: usize,
    /// Bytes of XML that are read, a file counted as often as something leads to it.
    pub xml_bytes: usize,
    /// Pages.
    pub pages: usize,
    /// Objects on all pages, composites counted as often as they are used.
    pub objects: usize,
    /// Bytes of text on all pages, templates counted as often as they are used.
    pub text_bytes: usize,
    /// Bytes of path descriptions that are kept where paths are (`inspect_painted`); templates share theirs.
    pub path_bytes: usize,
    /// Glyph ids (`CGTransform`) on all pages.
    pub glyphs: usize,
    /// Signatures.
    pub signatures: usize,
    /// References of all signatures together, files of the list of all files, stamps of one signature.
    pub references: usize,
    /// What a document lists one by one: attachments, annotations and their parameters, custom tags, fonts, pictures,
    /// custom data, permissions, all of them together.
    pub listed: usize,
    /// Problems worth listing; the rest is only counted.
    pub problems: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            package_bytes: 64 << 20,
            entries: 4_096,
            directory_bytes: 2 << 20,
            name_bytes: 1_024,
            extra_fields: 16,
            entry_bytes: 12 << 20,
            total_bytes: 48 << 20,
            kept_bytes: 768 << 10,
            ratio: 400,
            ratio_free_bytes: 1 << 20,
            xml_depth: 64,
            xml_nodes: 1_500_000,
            xml_file_nodes: 262_144,
            xml_bytes: 64 << 20,
            pages: 2_000,
            objects: 120_000,
            text_bytes: 4 << 20,
            path_bytes: 8 << 20,
            glyphs: 1_000_000,
            signatures: 64,
            references: 8_192,
            listed: 6_144,
            problems: 256,
        }
    }
}

/// Bytes of an XML file that is not plain UTF-8: its text is held beside them. Pages have some hundred thousand.
pub(crate) const RECODED_BYTES: usize = 6 << 20;
