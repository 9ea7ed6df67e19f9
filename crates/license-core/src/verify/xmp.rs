//! The custom values of an XMP packet: simple properties in our namespace, by namespace and not by prefix.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use crate::render::pdf::XMP_NAMESPACE;

/// Largest packet that is read.
const MAX_BYTES: usize = 1024 * 1024;
/// Most values.
const MAX_VALUES: usize = 1000;

/// The values in the order of the packet; nothing when it is not well-formed (the record check will tell).
pub(super) fn custom_values(packet: &[u8]) -> Vec<(String, String)> {
    if packet.len() > MAX_BYTES {
        return Vec::new();
    }
    read(packet).unwrap_or_default()
}

fn read(packet: &[u8]) -> Option<Vec<(String, String)>> {
    let mut reader = NsReader::from_reader(packet);
    let mut buffer = Vec::new();
    let mut values: Vec<(String, String)> = Vec::new();
    let mut open: Option<(String, String)> = None;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => {
                let (namespace, name) = reader.resolver().resolve_element(start.name());
                let ours = matches!(namespace, ResolveResult::Bound(bound) if bound.as_ref() == XMP_NAMESPACE);
                // A property with structure inside is not one of ours.
                open = ours.then(|| (name.as_ref().to_owned(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, value)) = &mut open {
                    value.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some((_, value)) = &mut open {
                    match reference.resolve_char_ref().ok()? {
                        Some(char) => value.push(char),
                        None => value.push_str(quick_xml::escape::resolve_predefined_entity(&reference)?),
                    }
                }
            }
            Event::End(_) => {
                if let Some(done) = open.take() {
                    if values.len() == MAX_VALUES {
                        return None;
                    }
                    values.push(done);
                }
            }
            Event::DocType(_) => return None,
            Event::Eof => return Some(values),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_found_by_namespace() {
        let packet = format!(
            "<?xpacket begin=\"\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><r:RDF xmlns:r=\"u\"><r:Description \
             xmlns:k=\"{}\" xmlns:el=\"urn:other\"><k:ZZMC>营业&amp;&#x6267;照</k:ZZMC><el:ZZBH>9</el:ZZBH>\
             </r:Description></r:RDF></x:xmpmeta>",
            super::XMP_NAMESPACE
        );
        assert_eq!(super::custom_values(packet.as_bytes()), [("ZZMC".to_owned(), "营业&执照".to_owned())]);
        assert!(super::custom_values(b"<a><b></a>").is_empty());
    }
}
