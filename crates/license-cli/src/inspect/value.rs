//! Signature values: seals with their picture, plain signatures, and whose certificates they carry.

use eseal::{Facts, SealSignature, SignerList, SigningTime};
use license_core::seal_picture;
use pki::cms::{ContentForm, SignedData, SignerInfo};
use pki::{Certificate, Instant};
use serde_json::{Value, json};

use super::certificate;

/// A signature value of whatever kind.
pub(super) fn facts(bytes: &[u8]) -> Value {
    match eseal::inspect(bytes) {
        Facts::Seal(signature) => seal_signature(&signature),
        Facts::SignedData(data) => signed_data(&data),
        Facts::BareSignature => json!({ "form": "bare signature", "note": "r and s alone, no certificate inside" }),
        Facts::Unreadable(error) => json!({ "form": "unreadable", "why": error.to_string() }),
        _ => json!({ "form": "unknown" }),
    }
}

fn seal_signature(signature: &SealSignature) -> Value {
    let extensions: Vec<String> = signature.extensions().iter().map(|extension| extension.id.to_string()).collect();
    json!({
        "form": format!("GB/T 38540 v{}", signature.version().number()),
        "signed_at": time(signature.time()),
        "property": signature.property_info(),
        "algorithm": signature.algorithm().to_string(),
        "time_stamp": signature.time_stamp().is_some(),
        "extensions": extensions,
        "seal": seal(signature.seal()),
        "signer": named(signature.signer().ok().as_ref()),
    })
}

/// A seal by itself.
pub(super) fn seal(seal: &eseal::Seal) -> Value {
    let content = seal.content();
    let picture = seal_picture::look(&content.picture.data);
    let pixels = picture.pixels.map(|(width, height)| format!("{width}×{height}"));
    let page = picture.page_mm.map(|(width, height)| format!("{width}×{height} mm"));
    let signers: Vec<Value> = match &content.signers {
        SignerList::Certificates(list) => {
            list.iter().map(|der| named(Certificate::from_der(der).ok().as_ref())).collect()
        }
        SignerList::Digests(list) => {
            list.iter().map(|one| json!(format!("digest by {}: {}", one.algorithm, hex(&one.value)))).collect()
        }
        _ => Vec::new(),
    };
    json!({
        "version": format!("v{}", seal.version().number()),
        "id": content.id,
        "name": content.name,
        "kind": content.kind,
        "vendor": content.vendor_id,
        "created": Instant(content.created).to_string(),
        "valid_from": Instant(content.valid_from).to_string(),
        "valid_to": Instant(content.valid_until).to_string(),
        "picture": {
            "said": content.picture.format,
            "found": picture.format.map_or("unknown", seal_picture::PictureFormat::name),
            "size_mm": [content.picture.width_mm, content.picture.height_mm],
            "pixels": pixels,
            "page": page,
            "bytes": content.picture.data.len(),
        },
        "maker": named(seal.maker().ok().as_ref()),
        "signers": signers,
    })
}

fn signed_data(data: &SignedData) -> Value {
    json!({
        "form": "GB/T 35275",
        "identifiers": match data.form {
            ContentForm::Cms => "RFC 5652",
            ContentForm::Gbt35275 => "GB/T 35275",
            _ => "others",
        },
        "content": data.content.as_ref().map(Vec::len),
        "signers": data.signers.iter().map(|signer| signer_info(data, signer)).collect::<Vec<_>>(),
        "certificates": data.certificates.iter().map(certificate::facts).collect::<Vec<_>>(),
    })
}

fn signer_info(data: &SignedData, signer: &SignerInfo) -> Value {
    json!({
        "subject": data.certificate_of(signer).map(|certificate| certificate.subject().to_string()),
        "signed_at": signer.signing_time().map(|at| Instant(at).to_string()),
        "signed_attributes": signer.signed_attributes.as_ref().map(Vec::len),
    })
}

fn time(time: &SigningTime) -> Value {
    match time {
        SigningTime::At(at) => json!(Instant(*at).to_string()),
        SigningTime::AssumedLocal(at) => json!(format!("{} (written without a zone)", Instant(*at))),
        SigningTime::Unreadable(bytes) => json!(format!("{} bytes that are no time", bytes.len())),
        _ => Value::Null,
    }
}

fn named(certificate: Option<&Certificate>) -> Value {
    certificate.map_or_else(|| json!("unreadable certificate"), certificate::facts)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
