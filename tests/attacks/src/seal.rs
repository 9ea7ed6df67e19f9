//! Seals and seal signatures as DER by hand: every field may be wrong (GB/T 38540, GM/T 0031).

use pki::asn1::{self, tag};
use pki::{Digest, DigestAlgorithm, ObjectIdentifier, Signer as _, SoftSigner, oid};
use time::OffsetDateTime;

use crate::keys::{FROM, SEALED, UNTIL};

/// What a seal says.
#[derive(Clone)]
pub struct SealSpec {
    /// Number in its header.
    pub version: u32,
    /// esID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whole certificates of those who may use it.
    pub signers: Vec<Vec<u8>>,
    /// Digests in place of certificates: name of the function, value.
    pub digests: Option<Vec<(String, Vec<u8>)>>,
    /// createDate.
    pub created: OffsetDateTime,
    /// validStart.
    pub from: OffsetDateTime,
    /// validEnd.
    pub until: OffsetDateTime,
    /// The picture, a PNG.
    pub picture: Vec<u8>,
    /// Its width and height in millimetres.
    pub size: u32,
    /// The algorithm that the maker's signature names.
    pub algorithm: ObjectIdentifier,
}

impl SealSpec {
    /// A good seal for these signers.
    pub fn new(id: &str, name: &str, signers: &[&SoftSigner], picture: &[u8]) -> SealSpec {
        SealSpec {
            version: 4,
            id: id.to_owned(),
            name: name.to_owned(),
            signers: signers.iter().map(|signer| signer.certificate().der().to_vec()).collect(),
            digests: None,
            created: FROM,
            from: FROM,
            until: UNTIL,
            picture: picture.to_vec(),
            size: 42,
            algorithm: oid::SM2_WITH_SM3,
        }
    }

    /// For one more signer.
    pub fn with_signer(mut self, signer: &SoftSigner) -> SealSpec {
        self.signers.push(signer.certificate().der().to_vec());
        self
    }

    /// SES_SealInfo.
    pub fn info(&self) -> Vec<u8> {
        let ia5 = |text: &str| asn1::ia5_string(text, "seal").expect("ASCII");
        let time = |at| asn1::generalized_time(at).expect("a year of four digits");
        let header = asn1::sequence(&[&ia5("ES"), &asn1::integer(self.version), &ia5("ATTACKS")]);
        let (kind, list) = match &self.digests {
            None => (1, self.signers.iter().flat_map(|der| asn1::octet_string(der)).collect::<Vec<u8>>()),
            Some(digests) => {
                let object = |(name, value): &(String, Vec<u8>)| {
                    let name = asn1::tlv(tag::PRINTABLE_STRING, &[name.as_bytes()]);
                    asn1::sequence(&[&name, &asn1::octet_string(value)])
                };
                (2, digests.iter().flat_map(object).collect())
            }
        };
        let property = asn1::sequence(&[
            &asn1::integer(1),
            &asn1::utf8_string(&self.name),
            &asn1::integer(kind),
            &asn1::sequence(&[&list]),
            &time(self.created),
            &time(self.from),
            &time(self.until),
        ]);
        let picture = asn1::sequence(&[
            &ia5("PNG"),
            &asn1::octet_string(&self.picture),
            &asn1::integer(self.size),
            &asn1::integer(self.size),
        ]);
        asn1::sequence(&[&header, &ia5(&self.id), &property, &picture])
    }

    /// SESeal, signed by its maker.
    pub fn made_by(&self, maker: &SoftSigner) -> Vec<u8> {
        let info = self.info();
        let signature = maker.sign(&info).expect("SM2 signs anything");
        seal_around(&info, maker.certificate().der(), &self.algorithm, &signature)
    }
}

/// SESeal around a signed SES_SealInfo.
pub fn seal_around(info: &[u8], maker: &[u8], algorithm: &ObjectIdentifier, signature: &[u8]) -> Vec<u8> {
    asn1::sequence(&[info, &asn1::octet_string(maker), &asn1::oid(algorithm), &asn1::bit_string(signature)])
}

/// Makes a time-stamp token over a signature value.
pub type Stamper<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// A seal signature value (SES_Signature).
#[derive(Clone)]
pub struct Value<'a> {
    /// Number in TBS_Sign.
    pub version: u32,
    /// The seal inside.
    pub seal: Vec<u8>,
    /// timeInfo.
    pub at: OffsetDateTime,
    /// Who signs.
    pub signer: &'a SoftSigner,
    /// Whose certificate stands there; the signer's unless set.
    pub certificate: Option<Vec<u8>>,
    /// The algorithm it names.
    pub algorithm: ObjectIdentifier,
    /// dataHash instead of the digest of Signature.xml.
    pub data_hash: Option<Vec<u8>>,
    /// propertyInfo instead of the path.
    pub property: Option<String>,
    /// A time-stamp token over the signature value.
    pub stamp: Option<Stamper<'a>>,
    /// Whether the value binds the zip before it, as the seal of a license does (`docs/formats/ofd-container.md`).
    pub binds_container: bool,
}

/// What a signature value is made over.
pub struct Scene<'s> {
    /// Signature.xml.
    pub xml: &'s [u8],
    /// Its absolute path.
    pub path: &'s str,
    /// The zip up to the local header of the signature value.
    pub container: &'s [u8],
}

impl<'a> Value<'a> {
    /// A good value.
    pub fn new(seal: &[u8], signer: &'a SoftSigner) -> Value<'a> {
        Value {
            version: 4,
            seal: seal.to_vec(),
            at: SEALED,
            signer,
            certificate: None,
            algorithm: oid::SM2_WITH_SM3,
            data_hash: None,
            property: None,
            stamp: None,
            binds_container: false,
        }
    }

    /// TBS_Sign.
    pub fn to_sign(&self, scene: &Scene<'_>) -> Vec<u8> {
        let hash = self.data_hash.clone().unwrap_or_else(|| sm3(scene.xml));
        let extensions = if self.binds_container { container_extension(scene.container) } else { Vec::new() };
        asn1::sequence(&[
            &asn1::integer(self.version),
            &self.seal,
            &asn1::generalized_time(self.at).expect("a year of four digits"),
            &asn1::bit_string(&hash),
            &asn1::ia5_string(self.property.as_deref().unwrap_or(scene.path), "path").expect("ASCII"),
            &extensions,
        ])
    }

    /// The whole value.
    pub fn over(&self, scene: &Scene<'_>) -> Vec<u8> {
        let to_sign = self.to_sign(scene);
        let signature = self.signer.sign(&to_sign).expect("SM2 signs anything");
        let certificate = self.certificate.as_deref().unwrap_or(self.signer.certificate().der());
        let stamp = self.stamp.map(|make| asn1::explicit(0, &asn1::bit_string(&make(&signature)))).unwrap_or_default();
        asn1::sequence(&[
            &to_sign,
            &asn1::octet_string(certificate),
            &asn1::oid(&self.algorithm),
            &asn1::bit_string(&signature),
            &stamp,
        ])
    }
}

/// extDatas of TBS_Sign with one entry: SHA-256 of the zip before the signature value.
fn container_extension(zip: &[u8]) -> Vec<u8> {
    // 2.25.284419358379794198328283395077966177589, too large for a type that counts in 32 bits.
    const ID: [u8; 20] = [
        0x69, 0x83, 0xab, 0xf9, 0x96, 0xc2, 0x87, 0x8c, 0xca, 0x94, 0xab, 0x92, 0xe5, 0xfb, 0xed, 0xf6, 0x99, 0x92,
        0xca, 0x35,
    ];
    let digest = DigestAlgorithm::Sha256.digest(zip);
    let value = asn1::octet_string(&asn1::octet_string(digest.as_bytes()));
    let entry = asn1::sequence(&[&asn1::tlv(tag::OID, &[&ID]), &value]);
    asn1::explicit(0, &asn1::sequence(&[&entry]))
}

/// SM3, as bytes.
pub fn sm3(bytes: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sm3.digest(bytes).as_bytes().to_vec()
}

/// id-ct-TSTInfo (RFC 3161 2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A time-stamp token over `stamped` (RFC 3161, under SM2 and SM3).
pub fn token(stamped: &[u8], at: OffsetDateTime, by: &SoftSigner) -> Vec<u8> {
    let sm3_id = DigestAlgorithm::Sm3.algorithm_identifier();
    let imprint = asn1::sequence(&[&sm3_id, &asn1::octet_string(&sm3(stamped))]);
    let policy = asn1::oid(&ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.9"));
    let time = asn1::generalized_time(at).expect("a year of four digits");
    let info = asn1::sequence(&[&asn1::integer(1), &policy, &imprint, &asn1::integer(7), &time]);
    let attribute =
        |kind: &ObjectIdentifier, value: &[u8]| asn1::sequence(&[&asn1::oid(kind), &asn1::tlv(tag::SET, &[value])]);
    let digest: Digest = DigestAlgorithm::Sm3.digest(&info);
    let attributes = asn1::set_of(vec![
        attribute(&oid::CONTENT_TYPE, &asn1::oid(&TST_INFO)),
        attribute(&oid::MESSAGE_DIGEST, &asn1::octet_string(digest.as_bytes())),
        // RFC 5816: a token names its certificate.
        attribute(&oid::SIGNING_CERTIFICATE_V2, &{
            let hash = asn1::octet_string(&sm3(by.certificate().der()));
            asn1::sequence(&[&asn1::sequence(&[&asn1::sequence(&[&sm3_id, &hash])])])
        }),
    ]);
    let signature = by.sign(&attributes).expect("SM2 signs anything");
    let mut implicit = attributes;
    implicit[0] = tag::context(0);
    let certificate = by.certificate();
    let serial = asn1::tlv(tag::INTEGER, &[certificate.serial()]);
    let signer = asn1::sequence(&[
        &asn1::integer(1),
        &asn1::sequence(&[certificate.issuer().der(), &serial]),
        &sm3_id,
        &implicit,
        &by.algorithm().algorithm_identifier(),
        &asn1::octet_string(&signature),
    ]);
    let data = asn1::sequence(&[
        &asn1::integer(3),
        &asn1::set_of(vec![sm3_id]),
        &asn1::sequence(&[&asn1::oid(&TST_INFO), &asn1::explicit(0, &asn1::octet_string(&info))]),
        &asn1::explicit(0, certificate.der()),
        &asn1::set_of(vec![signer]),
    ]);
    asn1::sequence(&[&asn1::oid(&oid::SIGNED_DATA), &asn1::explicit(0, &data)])
}
