//! From a [`Document`] to a [`Package`]: numbers are assigned here, files named here, order kept here.

pub(crate) mod content;
mod resources;
pub(crate) mod xml;

use crate::archive::{DOC_TYPE, check_archive};
use crate::budget::Budget;
use crate::error::WriteError;
use crate::model::{DocInfo, Document, Layer, LayerKind, Prebuilt, TemplateContent};
use crate::package::Package;
use crate::part::Part;
use crate::units::{Rect, Size, Um};

use content::{Refs, page_xml};
use xml::Xml;

/// Writes a whole document.
pub(crate) fn package(document: &Document) -> Result<Package, WriteError> {
    if document.pages.is_empty() {
        return Err(WriteError::NoPages);
    }
    let mut ids = Ids::after_prebuilt(document)?;
    let template_ids = ids.take_n(document.templates.len())?;
    let refs = Refs { font_ids: ids.take_n(document.fonts.len())?, image_ids: ids.take_n(document.images.len())? };
    let page_ids = ids.take_n(document.pages.len())?;

    let mut files: Vec<(String, Part)> = Vec::new();
    for (i, template) in document.templates.iter().enumerate() {
        let part = match &template.content {
            TemplateContent::Prebuilt(prebuilt) => prebuilt.part.clone(),
            TemplateContent::Layers(layers) => {
                Part::new(page_xml(&format!("template {i}"), template.size, &[], layers, &refs, &mut ids)?)
            }
        };
        files.push((format!("Doc_0/Tpls/Tpl_{i}/Content.xml"), part));
    }
    for (i, page) in document.pages.iter().enumerate() {
        let place = format!("page {i}");
        let mut templates = Vec::with_capacity(page.templates.len());
        for template in &page.templates {
            let id = template_ids.get(template.0).ok_or_else(|| WriteError::DanglingReference {
                place: place.clone(),
                what: "template",
                index: template.0,
            })?;
            templates.push((*id, document.templates[template.0].z_order));
        }
        let xml = page_xml(&place, page.size, &templates, &page.layers, &refs, &mut ids)?;
        files.push((format!("Doc_0/Pages/Page_{i}/Content.xml"), Part::new(xml)));
    }
    let public_res = resources::public_res(document, &refs.font_ids, &mut files)?;
    let document_res = resources::document_res(document, &refs.image_ids, &mut files)?;
    let attachments = resources::attachments(document, &mut files)?;

    let document_xml = document_xml(
        document,
        &template_ids,
        &page_ids,
        ids.max(),
        [public_res.is_some(), document_res.is_some(), attachments.is_some()],
    )?;
    let mut package = Package::new();
    package.add(ENTRY_FILE, Part::new(entry_xml(&document.info, document.archive)?))?;
    package.add("Doc_0/Document.xml", Part::new(document_xml))?;
    for (name, part) in [
        ("Doc_0/PublicRes.xml", public_res),
        ("Doc_0/DocumentRes.xml", document_res),
        ("Doc_0/Attachs/Attachments.xml", attachments),
    ] {
        if let Some(part) = part {
            package.add(name, part)?;
        }
    }
    for (name, part) in files {
        package.add(name, part)?;
    }
    if document.archive {
        let faults = check_archive(&package, &Budget::default());
        if !faults.is_empty() {
            return Err(WriteError::NotForArchives(faults));
        }
    }
    Ok(package)
}

/// Serialises a page of paths once, for many documents.
pub(crate) fn prebuild(size: Size, layers: &[Layer], first_id: u32) -> Result<Prebuilt, WriteError> {
    let paths_only = |layer: &Layer| layer.objects.iter().all(|object| matches!(object, crate::model::Object::Path(_)));
    if !layers.iter().all(paths_only) {
        return Err(WriteError::PrebuiltNeedsResources);
    }
    let mut ids = Ids(first_id - 1);
    let xml = page_xml("prebuilt page", size, &[], layers, &Refs::default(), &mut ids)?;
    Ok(Prebuilt { part: Part::new(xml).compress(), first_id, last_id: ids.max() })
}

/// `OFD.xml`. The link to the signatures is added when there is a signature.
fn entry_xml(info: &DocInfo, archive: bool) -> Result<Vec<u8>, WriteError> {
    if info.doc_id.len() != 32 || !info.doc_id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(WriteError::DocId(info.doc_id.clone()));
    }
    let mut xml = Xml::with_capacity("OFD", 2048);
    xml.attr("Version", "1.0").attr("DocType", if archive { DOC_TYPE } else { "OFD" }).open("DocBody").open("DocInfo");
    xml.leaf("DocID", &info.doc_id);
    xml.optional("Title", info.title.as_deref());
    xml.optional("Author", info.author.as_deref());
    xml.optional("Subject", info.subject.as_deref());
    xml.optional("Abstract", info.abstract_text.as_deref());
    xml.optional("CreationDate", info.creation_date.map(date).as_deref());
    xml.optional("ModDate", info.mod_date.map(date).as_deref());
    if !info.keywords.is_empty() {
        xml.open("Keywords");
        for keyword in &info.keywords {
            xml.leaf("Keyword", keyword);
        }
        xml.close();
    }
    xml.optional("Creator", info.creator.as_deref());
    xml.optional("CreatorVersion", info.creator_version.as_deref());
    if !info.custom_datas.is_empty() {
        xml.open("CustomDatas");
        for (name, value) in &info.custom_datas {
            xml.open("CustomData").attr("Name", name).text(value, "CustomData").close();
        }
        xml.close();
    }
    xml.close();
    xml.leaf("DocRoot", "Doc_0/Document.xml");
    xml.finish()
}

fn document_xml(
    document: &Document,
    template_ids: &[u32],
    page_ids: &[u32],
    max_id: u32,
    [public_res, document_res, attachments]: [bool; 3],
) -> Result<Vec<u8>, WriteError> {
    let mut xml = Xml::with_capacity("Document", 1024);
    xml.open("CommonData");
    xml.leaf("MaxUnitID", &max_id.to_string());
    let size = document.pages.first().map(|page| page.size).unwrap_or_default();
    xml.open("PageArea");
    physical_box(&mut xml, size);
    xml.close();
    xml.optional("PublicRes", public_res.then_some("PublicRes.xml"));
    xml.optional("DocumentRes", document_res.then_some("DocumentRes.xml"));
    for (i, (template, id)) in document.templates.iter().zip(template_ids).enumerate() {
        xml.open("TemplatePage").attr("ID", *id);
        if let Some(name) = &template.name {
            xml.attr("Name", name);
        }
        xml.attr("ZOrder", layer_kind(template.z_order));
        xml.attr("BaseLoc", &format!("Tpls/Tpl_{i}/Content.xml")).close();
    }
    xml.close();
    xml.open("Pages");
    for (i, id) in page_ids.iter().enumerate() {
        xml.open("Page").attr("ID", *id).attr("BaseLoc", &format!("Pages/Page_{i}/Content.xml")).close();
    }
    xml.close();
    xml.optional("Attachments", attachments.then_some("Attachs/Attachments.xml"));
    xml.finish()
}

pub(crate) fn physical_box(xml: &mut Xml, size: Size) {
    xml.open("PhysicalBox");
    Rect::new(Um::ZERO, Um::ZERO, size.width, size.height).put(xml.raw());
    xml.close();
}

pub(crate) fn layer_kind(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Background => "Background",
        LayerKind::Body => "Body",
        LayerKind::Foreground => "Foreground",
    }
}

/// `xs:date`.
fn date(date: time::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// The one counter of a document (`ST_ID`): unique over pages, templates, resources and objects.
pub(crate) struct Ids(u32);

impl Ids {
    /// Starts after the numbers that prebuilt pages already carry.
    fn after_prebuilt(document: &Document) -> Result<Ids, WriteError> {
        let mut taken: Vec<(u32, u32)> = Vec::new();
        for template in &document.templates {
            if let TemplateContent::Prebuilt(built) = &template.content {
                if taken.iter().any(|(first, last)| built.first_id <= *last && *first <= built.last_id) {
                    return Err(WriteError::PrebuiltIdsOverlap { first: built.first_id, last: built.last_id });
                }
                taken.push((built.first_id, built.last_id));
            }
        }
        Ok(Ids(taken.into_iter().map(|(_, last)| last).max().unwrap_or(0)))
    }

    fn take(&mut self) -> Result<u32, WriteError> {
        self.0 = self.0.checked_add(1).ok_or(WriteError::TooManyObjects)?;
        Ok(self.0)
    }

    fn take_n(&mut self, count: usize) -> Result<Vec<u32>, WriteError> {
        (0..count).map(|_| self.take()).collect()
    }

    fn max(&self) -> u32 {
        self.0
    }
}

/// The one name that GB/T 33190 fixes.
pub(crate) const ENTRY_FILE: &str = "OFD.xml";
