//! GB/T 33190 packages: write, read, signature slots. Knows no cryptography and no license.
