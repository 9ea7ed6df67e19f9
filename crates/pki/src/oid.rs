//! The object identifiers this crate speaks, each named as its standard names it.
#![allow(missing_docs, reason = "the names are the documentation; each group names its standard")]

use der::asn1::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

// GB/T 33560 (GM/T 0006): SM2, SM3.
pub const SM3: ObjectIdentifier = oid("1.2.156.10197.1.401");
pub const SM3_WITHOUT_KEY: ObjectIdentifier = oid("1.2.156.10197.1.401.1");
pub const SM2_CURVE: ObjectIdentifier = oid("1.2.156.10197.1.301");
pub const SM2_SIGN: ObjectIdentifier = oid("1.2.156.10197.1.301.1");
pub const SM2_WITH_SM3: ObjectIdentifier = oid("1.2.156.10197.1.501");

// GB/T 35275 (GM/T 0010): message types.
pub const GM_DATA: ObjectIdentifier = oid("1.2.156.10197.6.1.4.2.1");
pub const GM_SIGNED_DATA: ObjectIdentifier = oid("1.2.156.10197.6.1.4.2.2");

// FIPS 180-4 and FIPS 202 digests.
pub const SHA224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.4");
pub const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
pub const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
pub const SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.7");
pub const SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.8");
pub const SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.9");
pub const SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.10");

// RFC 5480, RFC 5639, RFC 8410, RFC 8017, RFC 8692 and NIST's register: keys and signatures.
pub const EC_PUBLIC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
pub const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
pub const P384: ObjectIdentifier = oid("1.3.132.0.34");
pub const P521: ObjectIdentifier = oid("1.3.132.0.35");
pub const BRAINPOOL_P256R1: ObjectIdentifier = oid("1.3.36.3.3.2.8.1.1.7");
pub const BRAINPOOL_P384R1: ObjectIdentifier = oid("1.3.36.3.3.2.8.1.1.11");
pub const ECDSA_SHA1: ObjectIdentifier = oid("1.2.840.10045.4.1");
pub const ECDSA_SHA224: ObjectIdentifier = oid("1.2.840.10045.4.3.1");
pub const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
pub const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
pub const ECDSA_SHA512: ObjectIdentifier = oid("1.2.840.10045.4.3.4");
pub const ECDSA_SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.9");
pub const ECDSA_SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.10");
pub const ECDSA_SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.11");
pub const ECDSA_SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.12");
pub const RSA_ENCRYPTION: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
pub const RSA_SHA1: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
pub const RSA_SHA224: ObjectIdentifier = oid("1.2.840.113549.1.1.14");
pub const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
pub const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
pub const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
pub const RSA_SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.13");
pub const RSA_SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.14");
pub const RSA_SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.15");
pub const RSA_SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.16");
pub const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
pub const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
pub const ED25519: ObjectIdentifier = oid("1.3.101.112");
pub const ED448: ObjectIdentifier = oid("1.3.101.113");

// Of the past: known by name, so that they can be called weak and not unknown.
pub const MD2: ObjectIdentifier = oid("1.2.840.113549.2.2");
pub const MD4: ObjectIdentifier = oid("1.2.840.113549.2.4");
pub const MD5: ObjectIdentifier = oid("1.2.840.113549.2.5");
pub const RSA_MD2: ObjectIdentifier = oid("1.2.840.113549.1.1.2");
pub const RSA_MD4: ObjectIdentifier = oid("1.2.840.113549.1.1.3");
pub const RSA_MD5: ObjectIdentifier = oid("1.2.840.113549.1.1.4");
pub const DSA: ObjectIdentifier = oid("1.2.840.10040.4.1");
pub const DSA_SHA1: ObjectIdentifier = oid("1.2.840.10040.4.3");
pub const DSA_SHA224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.1");
pub const DSA_SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.2");
pub const P192: ObjectIdentifier = oid("1.2.840.10045.3.1.1");

// RFC 5280: extensions.
pub const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
pub const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
pub const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
pub const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
pub const CRL_NUMBER: ObjectIdentifier = oid("2.5.29.20");
pub const CRL_REASON: ObjectIdentifier = oid("2.5.29.21");
pub const INVALIDITY_DATE: ObjectIdentifier = oid("2.5.29.24");
pub const DELTA_CRL_INDICATOR: ObjectIdentifier = oid("2.5.29.27");
pub const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid("2.5.29.28");
pub const CERTIFICATE_ISSUER: ObjectIdentifier = oid("2.5.29.29");
pub const NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
pub const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
pub const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
pub const POLICY_MAPPINGS: ObjectIdentifier = oid("2.5.29.33");
pub const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
pub const POLICY_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.36");
pub const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
pub const FRESHEST_CRL: ObjectIdentifier = oid("2.5.29.46");
pub const AUTHORITY_INFO_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
pub const AD_OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
pub const AD_CA_ISSUERS: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");
pub const ANY_POLICY: ObjectIdentifier = oid("2.5.29.32.0");
pub const INHIBIT_ANY_POLICY: ObjectIdentifier = oid("2.5.29.54");
pub const EXPIRED_CERTS_ON_CRL: ObjectIdentifier = oid("2.5.29.60");

// Extended key usages: RFC 5280, RFC 9336, RFC 3161.
pub const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37.0");
pub const KP_DOCUMENT_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.36");
pub const KP_SERVER_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.1");
pub const KP_CLIENT_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.2");
pub const KP_TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
pub const KP_EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
pub const KP_ADOBE_DOCUMENT_SIGNING: ObjectIdentifier = oid("1.2.840.113583.1.1.5");
pub const KP_MICROSOFT_DOCUMENT_SIGNING: ObjectIdentifier = oid("1.3.6.1.4.1.311.10.3.12");

// RFC 5652, RFC 5035, RFC 6211, ETSI EN 319 122: CMS and its attributes.
pub const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
pub const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
pub const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");
pub const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
pub const SIGNATURE_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
pub const CONTENT_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.20");
pub const ESC_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.25");
pub const CERT_CRL_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.26");
pub const ARCHIVE_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.27");
pub const ARCHIVE_TIME_STAMP_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.48");
pub const ARCHIVE_TIME_STAMP_V3: ObjectIdentifier = oid("0.4.0.1733.2.4");
pub const REVOCATION_INFO_ARCHIVAL: ObjectIdentifier = oid("1.2.840.113583.1.1.8");
pub const RI_OCSP_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");

// RFC 6960: OCSP.
pub const OCSP_BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
pub const OCSP_NONCE: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.2");
pub const OCSP_NO_CHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");
pub const OCSP_ARCHIVE_CUTOFF: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.6");
pub const KP_OCSP_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.9");
pub const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");

// RFC 3161: time-stamps.
pub const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");

// X.520: attribute types of names.
pub const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
pub const SERIAL_NUMBER: ObjectIdentifier = oid("2.5.4.5");
pub const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
pub const LOCALITY: ObjectIdentifier = oid("2.5.4.7");
pub const STATE: ObjectIdentifier = oid("2.5.4.8");
pub const ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
pub const ORGANIZATIONAL_UNIT: ObjectIdentifier = oid("2.5.4.11");
pub const EMAIL_ADDRESS: ObjectIdentifier = oid("1.2.840.113549.1.9.1");

// In place of an identifier with an arc too great to be kept: the UUID of nothing, which names nothing.
pub const BEYOND: ObjectIdentifier = oid("2.25.0");
