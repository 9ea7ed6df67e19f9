//! The files of a signature by hand: Signatures.xml, Signature.xml, SignedValue.dat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::parts::Parts;
use crate::seal::{Scene, Value, sm3};
use crate::zip::Zip;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// The namespace, as every root declares it.
pub const NAMESPACE: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
/// Where the list of signatures stands.
pub const LIST: &str = "Doc_0/Signs/Signatures.xml";
/// The first signature.
pub const SIGNATURE: &str = "Doc_0/Signs/Sign_0/Signature.xml";
/// Its value.
pub const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
/// SM3.
pub const SM3: &str = "1.2.156.10197.1.401";

/// A signature to be put on a package that has none, or one more.
pub struct Signing<'a> {
    /// Number of the folder `Sign_N`.
    pub number: usize,
    /// `Seal` or `Sign`.
    pub kind: &'a str,
    /// `@CheckMethod`.
    pub method: &'a str,
    /// Digest function of the references.
    pub digest: &'a dyn Fn(&[u8]) -> Vec<u8>,
    /// `SignatureMethod`.
    pub algorithm: &'a str,
    /// Which files are protected; all when absent.
    pub protects: Option<&'a dyn Fn(&str) -> bool>,
    /// `StampAnnot` elements.
    pub stamps: String,
    /// `Seal.esl`.
    pub seal_file: Option<Vec<u8>>,
    /// Changes Signature.xml before it is signed.
    pub edit: Option<&'a dyn Fn(String) -> String>,
    /// Changes Signatures.xml before it is digested.
    pub edit_list: Option<&'a dyn Fn(String) -> String>,
    /// Makes the value.
    pub value: &'a dyn Fn(&Scene<'_>) -> Vec<u8>,
}

impl<'a> Signing<'a> {
    /// A seal where the good files have it.
    pub fn new(value: &'a dyn Fn(&Scene<'_>) -> Vec<u8>, stamps: &str) -> Signing<'a> {
        Signing {
            number: 0,
            kind: "Seal",
            method: SM3,
            digest: &sm3,
            algorithm: "1.2.156.10197.1.501",
            protects: None,
            stamps: stamps.to_owned(),
            seal_file: None,
            edit: None,
            edit_list: None,
            value,
        }
    }

    /// Signs.
    pub fn put_on(&self, parts: &mut Parts) {
        if !parts.text("OFD.xml").contains("Signatures>") {
            let link = format!("<ofd:Signatures>/{LIST}</ofd:Signatures></ofd:DocBody>");
            parts.replace("OFD.xml", "</ofd:DocBody>", &link);
        }
        let folder = format!("Doc_0/Signs/Sign_{}", self.number);
        let (path, value) = (format!("{folder}/Signature.xml"), format!("{folder}/SignedValue.dat"));
        let id = 2 * self.number + 1;
        let record = format!("<ofd:Signature ID=\"{id}\" Type=\"{}\" BaseLoc=\"/{path}\"/>", self.kind);
        let list = if parts.has(LIST) {
            parts.text(LIST).replacen("</ofd:Signatures>", &format!("{record}</ofd:Signatures>"), 1)
        } else {
            format!(
                "{HEAD}<ofd:Signatures {NAMESPACE}><ofd:MaxSignId>{}</ofd:MaxSignId>{record}</ofd:Signatures>",
                id + 1
            )
        };
        parts.set(LIST, self.edit_list.map_or(list.clone(), |edit| edit(list)));
        let mut seal = String::new();
        if let Some(file) = &self.seal_file {
            parts.set(&format!("{folder}/Seal.esl"), file.clone());
            seal = format!("<ofd:Seal><ofd:BaseLoc>/{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>");
        }
        let protected = parts.0.iter().filter(|(name, _)| self.protects.is_none_or(|protects| protects(name)));
        let references: String = protected
            .map(|(name, bytes)| {
                let digest = STANDARD.encode((self.digest)(bytes));
                format!("<ofd:Reference FileRef=\"/{name}\"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>")
            })
            .collect();
        let (method, algorithm, stamps) = (self.method, self.algorithm, &self.stamps);
        let xml = format!(
            "{HEAD}<ofd:Signature {NAMESPACE}><ofd:SignedInfo>\
             <ofd:Provider ProviderName=\"attacks\" Version=\"1\" Company=\"corpus\"/>\
             <ofd:SignatureMethod>{algorithm}</ofd:SignatureMethod>\
             <ofd:SignatureDateTime>20261201020000Z</ofd:SignatureDateTime>\
             <ofd:References CheckMethod=\"{method}\">{references}</ofd:References>{stamps}{seal}\
             </ofd:SignedInfo><ofd:SignedValue>/{value}</ofd:SignedValue></ofd:Signature>"
        );
        let xml = self.edit.map_or(xml.clone(), |edit| edit(xml)).into_bytes();
        parts.set(&path, xml.clone());
        // The value comes last, whatever was there.
        parts.remove(&value);
        let container = Zip::of(parts).files();
        let signed = (self.value)(&Scene { xml: &xml, path: &format!("/{path}"), container: &container });
        parts.set(&value, signed);
    }
}

/// Takes all signatures away.
pub fn unsigned(parts: &Parts) -> Parts {
    let mut parts = parts.clone();
    parts.remove_below("Doc_0/Signs/");
    parts
}

/// Sealed anew by `value`, everything protected, stamped as before.
pub fn resealed(parts: &Parts, value: &Value<'_>) -> Parts {
    let stamps = stamps(parts);
    let mut parts = unsigned(parts);
    Signing::new(&|scene| value.over(scene), &stamps).put_on(&mut parts);
    parts
}

/// The stamps of the first signature, as written.
pub fn stamps(parts: &Parts) -> String {
    let text = parts.text(SIGNATURE);
    let start = text.find("<ofd:StampAnnot").expect("a seal is stamped somewhere");
    let rest = &text[start..];
    let end = rest.find("</ofd:SignedInfo>").expect("the end");
    rest[..end].split("<ofd:Seal>").next().unwrap_or_default().to_owned()
}
