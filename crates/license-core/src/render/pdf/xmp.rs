//! The XMP packet (ISO 16684-1, ISO 19005-3 6.6): standard properties, and our own declared in an extension schema.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::PdfInput;
use crate::render::input::{is_custom_name, is_xml_text};
use crate::render::{Metadata, RenderError};

/// Namespace of the custom values.
pub(crate) const NAMESPACE: &str = "urn:electronic-license:metadata:1:";

/// Builds the packet.
pub(super) fn packet(input: &PdfInput, producer: &str) -> Result<Vec<u8>, RenderError> {
    let metadata = &input.metadata;
    let part = if input.attachments.is_empty() { "2" } else { "3" };
    let date = date(input.created);
    let mut xml = String::with_capacity(4096);
    xml.push_str(concat!(
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n",
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n",
        "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" ",
        "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n",
    ));
    element(&mut xml, "pdfaid:part", part);
    element(&mut xml, "pdfaid:conformance", "B");
    xml.push_str("<dc:format>application/pdf</dc:format>\n<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>\n");
    list(&mut xml, "dc:title", "Alt", &[metadata.title.as_str()])?;
    list(&mut xml, "dc:creator", "Seq", &[metadata.author.as_str()])?;
    list(&mut xml, "dc:description", "Alt", &[metadata.subject.as_str()])?;
    let keywords: Vec<&str> = metadata.keywords.iter().map(String::as_str).collect();
    list(&mut xml, "dc:subject", "Bag", &keywords)?;
    if !keywords.is_empty() {
        element(&mut xml, "pdf:Keywords", &super::keywords(metadata));
    }
    element(&mut xml, "pdf:Producer", producer);
    if !metadata.creator.is_empty() {
        checked(&metadata.creator, "creator")?;
        element(&mut xml, "xmp:CreatorTool", &metadata.creator);
    }
    for name in ["xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"] {
        element(&mut xml, name, &date);
    }
    xml.push_str("</rdf:Description>\n");
    custom(&mut xml, metadata)?;
    xml.push_str("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>");
    Ok(xml.into_bytes())
}

fn custom(xml: &mut String, metadata: &Metadata) -> Result<(), RenderError> {
    if metadata.custom.is_empty() {
        return Ok(());
    }
    xml.push_str("<rdf:Description rdf:about=\"\" xmlns:el=\"");
    xml.push_str(NAMESPACE);
    xml.push_str("\">\n");
    let mut names: Vec<&str> = Vec::with_capacity(metadata.custom.len());
    for (name, value) in &metadata.custom {
        if !is_custom_name(name) || names.contains(&name.as_str()) {
            return Err(RenderError::Name { name: name.clone() });
        }
        checked(value, name)?;
        names.push(name);
        element(xml, &format!("el:{name}"), value);
    }
    xml.push_str("</rdf:Description>\n");
    schema(xml, &names);
    Ok(())
}

/// Declares the custom values (ISO 19005-3 6.6.2.3.3).
fn schema(xml: &mut String, names: &[&str]) {
    xml.push_str(concat!(
        "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" ",
        "xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n",
        "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\n",
    ));
    element(xml, "pdfaSchema:schema", "Electronic license metadata");
    element(xml, "pdfaSchema:namespaceURI", NAMESPACE);
    element(xml, "pdfaSchema:prefix", "el");
    xml.push_str("<pdfaSchema:property><rdf:Seq>\n");
    for name in names {
        xml.push_str("<rdf:li rdf:parseType=\"Resource\">");
        for (key, value) in [("name", name), ("valueType", &"Text"), ("category", &"external"), ("description", name)] {
            xml.push_str(&format!("<pdfaProperty:{key}>{value}</pdfaProperty:{key}>"));
        }
        xml.push_str("</rdf:li>\n");
    }
    xml.push_str("</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>\n");
}

fn list(xml: &mut String, name: &str, kind: &str, values: &[&str]) -> Result<(), RenderError> {
    if values.iter().all(|value| value.is_empty()) {
        return Ok(());
    }
    let item = if kind == "Alt" { "<rdf:li xml:lang=\"x-default\">" } else { "<rdf:li>" };
    xml.push_str(&format!("<{name}><rdf:{kind}>"));
    for value in values {
        checked(value, name)?;
        xml.push_str(item);
        escape(xml, value);
        xml.push_str("</rdf:li>");
    }
    xml.push_str(&format!("</rdf:{kind}></{name}>\n"));
    Ok(())
}

fn element(xml: &mut String, name: &str, value: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    escape(xml, value);
    xml.push_str("</");
    xml.push_str(name);
    xml.push_str(">\n");
}

fn escape(xml: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            '\r' => xml.push_str("&#13;"),
            char => xml.push(char),
        }
    }
}

fn checked(text: &str, name: &str) -> Result<(), RenderError> {
    if is_xml_text(text) { Ok(()) } else { Err(RenderError::Text { name: name.to_owned() }) }
}

fn date(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole.format(&Rfc3339).unwrap_or_default()
}
