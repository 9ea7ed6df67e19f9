//! The JSON Canonicalization Scheme (RFC 8785), as far as our data need it: no fractions.

use serde_json::Value as Json;

/// The canonical form of a JSON value whose numbers are integers. Fractions are written as serde writes them, which is
/// not always canonical; our records have none.
pub fn canonical_json(value: &Json) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn write(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Json::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Json::String(text) => string(text, out),
        Json::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Json::Object(members) => {
            let mut sorted: Vec<(&String, &Json)> = members.iter().collect();
            // Section 3.2.3: by UTF-16 code units, which is not the order of UTF-8 above the BMP.
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (at, (key, member)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(key, out);
                out.push(b':');
                write(member, out);
            }
            out.push(b'}');
        }
    }
}

/// Section 3.2.2.2: the short escapes, `\u00xx` for other controls, everything else as it is.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for char in text.chars() {
        match char {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{C}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\0'..='\u{1F}' => out.extend_from_slice(format!("\\u{:04x}", char as u32).as_bytes()),
            _ => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sorting example of RFC 8785 section 3.2.3, and its string example of section 3.2.2.
    #[test]
    fn examples_of_the_rfc() {
        let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let sorted = String::from_utf8(canonical_json(&serde_json::from_str(text).unwrap())).unwrap();
        let order =
            ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"].map(|word| sorted.find(word).unwrap());
        assert!(order.is_sorted(), "{sorted}");
        let text = r#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#;
        let out = String::from_utf8(canonical_json(&serde_json::from_str(text).unwrap())).unwrap();
        assert_eq!(out, "{\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }
}
