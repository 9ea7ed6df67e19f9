//! `PublicRes.xml` (fonts), `DocumentRes.xml` (pictures), `Attachments.xml`, and the files they name.

use crate::error::WriteError;
use crate::model::Document;
use crate::part::Part;
use crate::units::put_thousandths;

use super::xml::Xml;

/// Fonts, when there are any.
pub(crate) fn public_res(
    document: &Document,
    ids: &[u32],
    files: &mut Vec<(String, Part)>,
) -> Result<Option<Part>, WriteError> {
    if document.fonts.is_empty() {
        return Ok(None);
    }
    let mut xml = Xml::new("Res");
    xml.attr("BaseLoc", "Res").open("Fonts");
    for (font, id) in document.fonts.iter().zip(ids) {
        xml.open("Font").attr("ID", *id).attr("FontName", &font.name);
        if let Some(family) = &font.family {
            xml.attr("FamilyName", family);
        }
        if font.italic {
            xml.attr("Italic", "true");
        }
        if font.bold {
            xml.attr("Bold", "true");
        }
        if let Some(file) = &font.file {
            let ending = if file.bytes().starts_with(b"OTTO") { "otf" } else { "ttf" };
            let name = format!("font_{id}.{ending}");
            xml.leaf("FontFile", &name);
            files.push((format!("Doc_0/Res/{name}"), file.clone()));
        }
        xml.close();
    }
    Ok(Some(Part::new(xml.finish()?)))
}

/// Pictures, when there are any.
pub(crate) fn document_res(
    document: &Document,
    ids: &[u32],
    files: &mut Vec<(String, Part)>,
) -> Result<Option<Part>, WriteError> {
    if document.images.is_empty() {
        return Ok(None);
    }
    let mut xml = Xml::new("Res");
    xml.attr("BaseLoc", "Res").open("MultiMedias");
    for (index, (image, id)) in document.images.iter().zip(ids).enumerate() {
        let (format, ending) = match image.file.bytes() {
            [0x89, b'P', b'N', b'G', ..] => ("PNG", "png"),
            [0xff, 0xd8, 0xff, ..] => ("JPEG", "jpg"),
            _ => return Err(WriteError::ImageFormat { index }),
        };
        let name = format!("image_{id}.{ending}");
        xml.open("MultiMedia").attr("ID", *id).attr("Type", "Image").attr("Format", format);
        xml.leaf("MediaFile", &name).close();
        files.push((format!("Doc_0/Res/{name}"), image.file.clone()));
    }
    Ok(Some(Part::new(xml.finish()?)))
}

/// Attachments, when there are any.
pub(crate) fn attachments(document: &Document, files: &mut Vec<(String, Part)>) -> Result<Option<Part>, WriteError> {
    if document.attachments.is_empty() {
        return Ok(None);
    }
    let mut xml = Xml::new("Attachments");
    let mut used: Vec<String> = vec!["attachments.xml".to_owned()];
    for (i, attachment) in document.attachments.iter().enumerate() {
        let mut file = file_name(i, &attachment.name, &attachment.format);
        if used.contains(&file.to_lowercase()) {
            file = format!("attach_{i}.{}", ending(&attachment.format));
        }
        used.push(file.to_lowercase());
        // @ID is an xs:ID, which cannot begin with a digit.
        xml.open("Attachment").attr("ID", &format!("A{}", i + 1)).attr("Name", &attachment.name);
        xml.attr("Format", &attachment.format).attr("Size", &kilobytes(attachment.file.bytes().len()));
        xml.attr("Visible", if attachment.visible { "true" } else { "false" });
        xml.leaf("FileLoc", &file).close();
        files.push((format!("Doc_0/Attachs/{file}"), attachment.file.clone()));
    }
    Ok(Some(Part::new(xml.finish()?)))
}

/// A file name that any system can store; names with other characters live on in `@Name`.
fn file_name(index: usize, name: &str, format: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ending = ending(format);
    if name.is_empty() || name.len() > 64 || name.starts_with('.') || name.contains("..") || !name.chars().all(plain) {
        return format!("attach_{index}.{ending}");
    }
    match name.rsplit_once('.') {
        Some((_, last)) if last.eq_ignore_ascii_case(ending) => name.to_owned(),
        _ => format!("{name}.{ending}"),
    }
}

fn ending(format: &str) -> &str {
    if !format.is_empty() && format.len() <= 8 && format.chars().all(|c| c.is_ascii_alphanumeric()) {
        format
    } else {
        "dat"
    }
}

/// `@Size` counts kilobytes.
fn kilobytes(bytes: usize) -> String {
    let mut out = Vec::new();
    put_thousandths(&mut out, (bytes as i64).saturating_mul(1000) / 1024);
    String::from_utf8_lossy(&out).into_owned()
}
