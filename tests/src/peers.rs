//! Second opinions: one thin wrapper for each foreign program or library.
//!
//! A wrapper that asks for a verdict hands back what the peer [`Said`]; one that asks for a product (text, a picture)
//! hands back the product and panics when the peer refuses, which is how a test fails.

mod crypto;
mod ofd;
mod pdf;
mod pdf_objects;
mod picture;
mod run;
mod sm2;

pub use crypto::{gmssl_sm2_verify, gmssl_sm3, openssl, openssl_issued, openssl_sm2_verify, openssl_sm3};
pub use ofd::{
    DigestVerdict, OfdDigests, ofd_digests, ofd_files, ofd_info, ofd_painted_text, ofd_png, ofd_text, unzip_test,
};
pub use pdf::{
    Variant, check_pdf_signature, pdf_pages, pdf_xmp, pdfdetach, pdffonts, pdfinfo, pdfsig, pdftoppm, pdftotext,
    pyhanko_variants, qpdf_check,
};
pub use pdf_objects::{PdfObjects, qpdf_objects};
pub use picture::{chromium_dom, chromium_screenshot, zbarimg};
pub use run::Said;
pub use sm2::{
    Sm2Question, Sm2Wanted, gmssl_sm2_sign_all, gmssl_sm2_verify_all, openssl_sm2_key, openssl_sm2_sign,
    openssl_sm2_verify_spki,
};
