//! Document time-stamps (RFC 3161 tokens): whether one speaks about this file at all. Which authorities to believe is
//! not in the trust list yet, so that a sound token proves no time.

use eseal::StampReport;
use pki::asn1::{self, Asn1Error, tag};
use pki::cms::{CmsReport, SignedData};
use pki::tsp::VerifiedTimeStamp;
use pki::{Digest, DigestAlgorithm, ObjectIdentifier};

/// id-ct-TSTInfo (RFC 3161 2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A token that holds and is over what it should be; its authority remains to be believed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp<'a> {
    pub(super) verified: &'a VerifiedTimeStamp,
    pub(super) enclosed: &'a [pki::Certificate],
}

impl<'a> Stamp<'a> {
    pub(super) fn of(report: &'a StampReport) -> Option<Stamp<'a>> {
        let verified = report.verified.as_ref().ok()?;
        Some(Stamp { verified, enclosed: &report.enclosed })
    }
}

/// Checks the token's own signature and that its imprint is the digest of the stamped bytes.
pub(super) fn check(token: &SignedData, stamped: &dyn Fn(DigestAlgorithm) -> Digest) -> Result<CmsReport, String> {
    let [signer] = token.signers.as_slice() else { return Err("there must be exactly one signer".to_owned()) };
    let Some(content) = token.content.as_deref().filter(|_| token.content_type == TST_INFO) else {
        return Err("it encloses no TSTInfo".to_owned());
    };
    let (algorithm, imprint) = imprint(content).map_err(|error| error.to_string())?;
    if stamped(algorithm).as_bytes() != imprint {
        return Err("the imprint is not that of the stamped bytes".to_owned());
    }
    let algorithm = signer.digest_algorithm.clone().map_err(|error| error.to_string())?;
    let report = token.verify(0, &algorithm.digest(content));
    if report.passed() { Ok(report) } else { Err("the token's signature does not hold".to_owned()) }
}

/// messageImprint of TSTInfo.
fn imprint(content: &[u8]) -> Result<(DigestAlgorithm, &[u8]), Asn1Error> {
    let mut fields = asn1::whole(content, tag::SEQUENCE, "TSTInfo")?.children();
    fields.expect(tag::INTEGER, "version")?;
    fields.oid("policy")?;
    let mut imprint = fields.sequence("messageImprint")?;
    let oid = imprint.sequence("hashAlgorithm")?.oid("algorithm")?;
    let digest = imprint.expect(tag::OCTET_STRING, "hashedMessage")?.value;
    let unknown = Asn1Error::new("hashAlgorithm", "is not supported");
    Ok((DigestAlgorithm::from_name(&oid.to_string()).ok_or(unknown)?, digest))
}
