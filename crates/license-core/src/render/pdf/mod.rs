//! Pages → PDF.
