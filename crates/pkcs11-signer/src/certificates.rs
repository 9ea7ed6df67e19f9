//! The key's certificate and those above it, as the token keeps them.

use cryptoki::error::Error as Call;
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass};
use pki::Certificate;

use crate::connection::Connection;

/// Certificates of a token that are looked at.
const MAX_CERTIFICATES: usize = 64;
/// Longest chain that is put together.
const MAX_CHAIN: usize = 8;

/// Leaf first, then each one's issuer as far as the token has it; empty when it has none for the key.
pub(crate) fn of_key(connection: &Connection) -> Result<Vec<Certificate>, Call> {
    let session = connection.session();
    let names = session.get_attributes(connection.key(), &[AttributeType::Id, AttributeType::Label])?;
    // An empty id or label is none.
    let names: Vec<Attribute> = names.into_iter().filter(|name| !is_empty(name)).collect();

    let x509 = [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::CertificateType(CertificateType::X_509)];
    let mut all = Vec::new();
    for object in session.find_objects(&x509)?.into_iter().take(MAX_CERTIFICATES) {
        let wanted = [AttributeType::Value, AttributeType::Id, AttributeType::Label];
        let attributes = session.get_attributes(object, &wanted)?;
        let value = attributes.iter().find_map(|attribute| match attribute {
            Attribute::Value(der) => Some(der),
            _ => None,
        });
        // What is no certificate cannot be this key's.
        if let Some(certificate) = value.and_then(|der| Certificate::from_der(der).ok()) {
            all.push((certificate, attributes));
        }
    }
    // By id first (PKCS#11 v3.1 4.6.3: a key pair and its certificate have one id), else by label.
    let leaf = names.iter().find_map(|name| all.iter().find(|(_, attributes)| attributes.contains(name)));
    let Some((leaf, _)) = leaf else { return Ok(Vec::new()) };
    let mut chain = vec![leaf.clone()];
    while let Some(last) = chain.last().filter(|last| !last.is_self_issued() && chain.len() < MAX_CHAIN) {
        let issuer = all.iter().map(|(certificate, _)| certificate).find(|issuer| issuer.subject() == last.issuer());
        let Some(issuer) = issuer.filter(|issuer| !chain.contains(issuer)) else { break };
        chain.push(issuer.clone());
    }
    Ok(chain)
}

fn is_empty(name: &Attribute) -> bool {
    match name {
        Attribute::Id(bytes) | Attribute::Label(bytes) => bytes.is_empty(),
        _ => true,
    }
}
