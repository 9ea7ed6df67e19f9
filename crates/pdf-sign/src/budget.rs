//! Every limit on what outside bytes can cause, named in one place.
//!
//! No clock is read here, so that work is counted instead of timed; what is kept is weighed. The figures stay within
//! those of the verifier's rule "resource exhaustion" (depth 64, revisions 64, objects 100 000, inflated bytes 256 MiB), and are
//! chosen so that any file is done with in a second and 64 MB, the file itself counted: `docs/conformance/pdf-budgets.md`
//! tells what each allows and why.

use crate::problem::Limit;

/// How much a file may cause. Start from [`Budget::default`] and lower what should be lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Size of the file.
    pub file_bytes: usize,
    /// Nesting of arrays and dictionaries, of the page tree, of form fields.
    pub depth: usize,
    /// Indirect objects over all revisions. Cross-reference entries may be twice as many, since an update may repeat some.
    pub objects: usize,
    /// Values of any kind (numbers, names, strings, containers), objects and content streams together.
    pub values: usize,
    /// Objects and list items visited while trees are walked and the graphs of revisions compared.
    pub steps: usize,
    /// Revisions, i.e. cross-reference sections.
    pub revisions: usize,
    /// Bytes that are kept at one time: objects, what comes out of streams while it is looked at, fonts, text, what is
    /// painted. The file itself is not counted.
    pub held_bytes: usize,
    /// Bytes that go into and come out of stream filters, all streams together.
    pub inflated_bytes: usize,
    /// Bytes that come out of one object stream or cross-reference stream.
    pub structure_bytes: usize,
    /// Bytes of the content of one page, or of one form.
    pub content_bytes: usize,
    /// Bytes of one font program.
    pub font_bytes: usize,
    /// Bytes of one map of a font, from codes to text or to glyphs.
    pub map_bytes: usize,
    /// Bytes of one embedded file.
    pub attachment_bytes: usize,
    /// Bytes of the XMP packet.
    pub metadata_bytes: usize,
    /// Bytes of all items of the security store together.
    pub store_bytes: usize,
    /// Items of the security store, over all revisions.
    pub store_items: usize,
    /// Signature fields and signature dictionaries.
    pub signatures: usize,
    /// Bytes of all signature values together, their padding included.
    pub signature_bytes: usize,
    /// Pages.
    pub pages: usize,
    /// Annotations of all pages.
    pub annotations: usize,
    /// Form XObjects inside form XObjects.
    pub form_depth: usize,
    /// Form XObjects that are painted, each as often as it is.
    pub forms: usize,
    /// Operators of content streams, each execution of a form counted again.
    pub operators: usize,
    /// Fonts.
    pub fonts: usize,
    /// Codes and ranges of codes in all maps of fonts together.
    pub map_entries: usize,
    /// Text operators that show something.
    pub text_runs: usize,
    /// Glyphs that are shown.
    pub glyphs: usize,
    /// Bytes of extracted text, as they stand in the content and as they are read.
    pub text_bytes: usize,
    /// Pieces of paths that are kept; of more, only the box around them is.
    pub path_pieces: usize,
    /// Pixels of all pictures that are kept; more are not looked at.
    pub pixels: usize,
    /// Embedded files.
    pub attachments: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            depth: 64,
            objects: 100_000,
            values: 4_000_000,
            steps: 4_000_000,
            revisions: 64,
            held_bytes: 24 << 20,
            inflated_bytes: 64 << 20,
            structure_bytes: 8 << 20,
            content_bytes: 8 << 20,
            font_bytes: 12 << 20,
            map_bytes: 2 << 20,
            attachment_bytes: 8 << 20,
            metadata_bytes: 2 << 20,
            store_bytes: 8 << 20,
            store_items: 1024,
            signatures: 256,
            signature_bytes: 8 << 20,
            pages: 10_000,
            annotations: 20_000,
            form_depth: 12,
            forms: 20_000,
            operators: 1_000_000,
            fonts: 256,
            map_entries: 200_000,
            text_runs: 150_000,
            glyphs: 1_500_000,
            text_bytes: 8 << 20,
            path_pieces: 150_000,
            pixels: 4_000_000,
            attachments: 256,
        }
    }
}

impl Budget {
    /// What one limit comes to: what a report says of it.
    pub fn of(&self, limit: Limit) -> usize {
        match limit {
            Limit::FileBytes => self.file_bytes,
            Limit::Depth => self.depth,
            Limit::Objects => self.objects,
            Limit::Values => self.values,
            Limit::Steps => self.steps,
            Limit::Revisions => self.revisions,
            Limit::HeldBytes => self.held_bytes,
            Limit::InflatedBytes => self.inflated_bytes,
            Limit::StructureBytes => self.structure_bytes,
            Limit::ContentBytes => self.content_bytes,
            Limit::FontBytes => self.font_bytes,
            Limit::MapBytes => self.map_bytes,
            Limit::AttachmentBytes => self.attachment_bytes,
            Limit::MetadataBytes => self.metadata_bytes,
            Limit::StoreBytes => self.store_bytes,
            Limit::StoreItems => self.store_items,
            Limit::Signatures => self.signatures,
            Limit::SignatureBytes => self.signature_bytes,
            Limit::Pages => self.pages,
            Limit::Annotations => self.annotations,
            Limit::FormDepth => self.form_depth,
            Limit::Forms => self.forms,
            Limit::Operators => self.operators,
            Limit::Fonts => self.fonts,
            Limit::MapEntries => self.map_entries,
            Limit::TextRuns => self.text_runs,
            Limit::Glyphs => self.glyphs,
            Limit::TextBytes => self.text_bytes,
            Limit::PathPieces => self.path_pieces,
            Limit::Pixels => self.pixels,
            Limit::Attachments => self.attachments,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_a_figure_of_its_own_name() {
        let budget = Budget::default();
        let mut names = std::collections::HashSet::new();
        for limit in Limit::ALL {
            assert!(budget.of(limit) > 0 && names.insert(limit.to_string()), "{limit}");
        }
    }

    #[test]
    fn the_rule_of_the_verifier_is_kept() {
        let budget = Budget::default();
        assert!(budget.depth <= 64 && budget.revisions <= 64 && budget.objects <= 100_000);
        assert!(budget.inflated_bytes <= 256 << 20);
    }
}
