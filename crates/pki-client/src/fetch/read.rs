//! Bytes that came, read as what they should be.

use pki::cms::SignedData;
use pki::ocsp::OcspResponse;
use pki::{Certificate, Crl};
use time::OffsetDateTime;

use crate::http::{HttpError, tame};

/// Certificates in one answer that are looked at.
const MAX_ISSUERS: usize = 8;

/// A list in DER, or in PEM, as some CAs serve it.
pub(super) fn crl(bytes: &[u8]) -> Result<(Crl, Option<OffsetDateTime>), HttpError> {
    let crl = match pem(bytes, "X509 CRL") {
        Some(pem) => Crl::from_pem(pem),
        None => Crl::from_der(bytes),
    };
    let crl = crl.map_err(|error| garbage("revocation list", &error))?;
    let next = crl.next_update();
    Ok((crl, next))
}

/// An OCSP answer; it is to be renewed when the first of its statements is.
pub(super) fn ocsp(bytes: &[u8]) -> Result<(OcspResponse, Option<OffsetDateTime>), HttpError> {
    let response = OcspResponse::from_der(bytes).map_err(|error| garbage("OCSP answer", &error))?;
    let next = response.responses().iter().filter_map(|single| single.next_update).min();
    Ok((response, next))
}

/// One certificate (RFC 5280 4.2.2.1: `application/pkix-cert`), several in PEM, or a certs-only CMS.
pub(super) fn issuers(bytes: &[u8]) -> Result<(Vec<Certificate>, Option<OffsetDateTime>), HttpError> {
    let found = match pem(bytes, "CERTIFICATE") {
        Some(pem) => Certificate::many_from_pem(pem).map_err(|error| garbage("certificate", &error))?,
        None => match (Certificate::from_der(bytes), SignedData::from_der(bytes)) {
            (Ok(certificate), _) => vec![certificate],
            (Err(_), Ok(signed)) => signed.certificates,
            (Err(error), Err(_)) => return Err(garbage("certificate", &error)),
        },
    };
    let found: Vec<_> = found.into_iter().take(MAX_ISSUERS).collect();
    if found.is_empty() {
        return Err(garbage("certificate", &"there is none in it"));
    }
    Ok((found, None))
}

fn pem<'b>(bytes: &'b [u8], label: &str) -> Option<&'b str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.trim_start().starts_with(&format!("-----BEGIN {label}-----")).then_some(text)
}

fn garbage(what: &str, error: &dyn std::fmt::Display) -> HttpError {
    HttpError::Protocol(format!("no {what}: {}", tame(&error.to_string())))
}
