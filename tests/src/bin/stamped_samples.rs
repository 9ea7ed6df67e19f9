//! `stamped_samples FOLDER`: packages with a time-stamp in every place that the standards have for one, as the product makes
//! them. Keys are those of the attack corpus; its trust list trusts them.
//!
//! Made once and kept: nobody else publishes such files.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use attacks::keys::{Keys, MARKET_NAME, SEALED};
use attacks::picture::seal_picture;
use attacks::seal::token;
use eseal::{Picture, Seal, SealContent, SealingRequest, SignerList, Version};
use license_core::sealing::{self, Place, PlainRequest, SealRequest};
use ofd::{Budget, Package, Provider, Rect, SignatureKind, SignatureRequest, StampAnnot, Um};
use pki::{DigestAlgorithm, Signer as _};
use time::Duration;

/// How long a service takes.
const LATER: Duration = Duration::seconds(9);

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: stamped_samples FOLDER");
        return ExitCode::from(2);
    };
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/peers/hello.ofd");
    let made = fs::read(&base).map_err(|error| error.to_string()).and_then(|hello| make(&hello));
    let files = match made {
        Ok(files) => files,
        Err(error) => {
            eprintln!("stamped_samples: {error}");
            return ExitCode::FAILURE;
        }
    };
    for (name, bytes) in files {
        if let Err(error) = fs::create_dir_all(&folder).and_then(|()| fs::write(Path::new(&folder).join(name), bytes)) {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn make(hello: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let keys = Keys::new();
    let v5 = seal(&keys, Version::V5)?;
    Ok(vec![
        ("v4-signature-stamp.ofd", sealed(&keys, hello, &seal(&keys, Version::V4)?)?),
        ("v5-seal-stamp.ofd", sealed(&keys, hello, &v5)?),
        ("v1-time-info-token.ofd", first_version(&keys, hello, &seal(&keys, Version::V1)?)?),
        ("gbt35275-signature-stamp.ofd", plain(&keys, hello)?),
        ("v5-seal-stamp.esl", v5.der().to_vec()),
    ])
}

/// A seal; of version 5 with a time-stamp over the maker's signature.
fn seal(keys: &Keys, version: Version) -> Result<Seal, String> {
    let made = SEALED - Duration::days(30);
    let content = SealContent {
        id: "34010000000009".to_owned(),
        vendor_id: "TEST".to_owned(),
        kind: 1,
        name: MARKET_NAME.to_owned(),
        signers: SignerList::Certificates(vec![keys.market.certificate().der().to_vec()]),
        created: made,
        valid_from: made,
        valid_until: SEALED + Duration::days(3650),
        picture: Picture { format: "PNG".to_owned(), data: seal_picture(0), width_mm: 42, height_mm: 42 },
        extensions: vec![],
    };
    let prepared =
        eseal::prepare_seal(&content, version, keys.maker.certificate()).map_err(|error| error.to_string())?;
    let value = keys.maker.sign(prepared.to_be_signed()).map_err(|error| error.to_string())?;
    let seal = if version == Version::V5 {
        prepared.signed(&value).and_then(|unstamped| {
            let token = token(unstamped.to_be_stamped(), made + LATER, &keys.stamper);
            unstamped.finish(&token)
        })
    } else {
        prepared.finish(&value)
    };
    seal.map_err(|error| error.to_string())
}

fn open(hello: &[u8]) -> Result<Package, String> {
    ofd::read(hello, &Budget::default()).map_err(|error| error.to_string())
}

/// Sealed, with a time-stamp over the signature value.
fn sealed(keys: &Keys, hello: &[u8], seal: &Seal) -> Result<Vec<u8>, String> {
    let place = Place::top_left(0, Um::mm(120), Um::mm(200));
    let request = SealRequest::new(seal, keys.market.certificate(), SEALED).at(place);
    let prepared = sealing::prepare(open(hello)?, &request).map_err(|error| error.to_string())?;
    let service = |message: &[u8]| Ok(token(message, SEALED + LATER, &keys.stamper));
    sealing::sign(prepared, &*keys.market, Some(&service)).map_err(|error| error.to_string())
}

/// GM/T 0031-2014: timeInfo, which is under the signature, is a token over Signature.xml.
fn first_version(keys: &Keys, hello: &[u8], seal: &Seal) -> Result<Vec<u8>, String> {
    let request = SignatureRequest {
        kind: SignatureKind::Seal,
        provider: Provider { name: "license-core".to_owned(), version: "1".to_owned(), company: String::new() },
        signature_method: "1.2.156.10197.1.501".to_owned(),
        check_method: attacks::sign::SM3.to_owned(),
        date_time: "20261201020009Z".to_owned(),
        stamps: vec![StampAnnot::new(0, Rect::mm(120, 200, 42, 42))],
        seal_file: None,
        protect_signature_list: true,
    };
    let prepared = ofd::prepare(open(hello)?, &request, &attacks::seal::sm3).map_err(|error| error.to_string())?;
    let hash = DigestAlgorithm::Sm3.digest(prepared.to_be_signed());
    let token = token(prepared.to_be_signed(), SEALED + LATER, &keys.stamper);
    let path = prepared.signature_path();
    let request = SealingRequest::new(&hash, &path, SEALED).with_time_token(&token);
    let signing =
        eseal::prepare_signature(seal, &request, keys.market.certificate()).map_err(|error| error.to_string())?;
    let value = keys.market.sign(signing.to_be_signed()).map_err(|error| error.to_string())?;
    prepared.finish_zip(&signing.finish(&value)).map_err(|error| error.to_string())
}

/// GB/T 35275 without a seal, with a time-stamp as an unsigned attribute.
fn plain(keys: &Keys, hello: &[u8]) -> Result<Vec<u8>, String> {
    let request = PlainRequest::new(keys.market.certificate(), keys.market.chain(), SEALED);
    let prepared = sealing::prepare_plain(open(hello)?, &request).map_err(|error| error.to_string())?;
    let service = |message: &[u8]| Ok(token(message, SEALED + LATER, &keys.stamper));
    sealing::sign(prepared, &*keys.market, Some(&service)).map_err(|error| error.to_string())
}
