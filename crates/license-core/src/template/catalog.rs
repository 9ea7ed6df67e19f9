//! All license types of an installation, and the templates that older licenses were filled by.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::load::{TEMPLATE, Template, TemplateError};
use crate::assets::Assets;

/// All license types of an installation.
///
/// [`get`](Catalog::get), [`by_code`](Catalog::by_code) and [`iter`](Catalog::iter) give the current templates, by
/// which licenses are issued. [`by_digest`](Catalog::by_digest) knows the archived ones, too.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    types: BTreeMap<String, Arc<Template>>,
    archived: BTreeMap<[u8; 32], Arc<Template>>,
}

impl Catalog {
    /// Loads every folder below `templates/` that has a `template.toml`; all that is wrong comes back at once.
    pub fn load(assets: &dyn Assets) -> Result<Catalog, Vec<TemplateError>> {
        let mut types = BTreeMap::new();
        let mut errors = Vec::new();
        for id in assets.list("templates") {
            if !assets.list(&format!("templates/{id}")).iter().any(|name| name == TEMPLATE) {
                continue;
            }
            match Template::load(assets, &id) {
                Ok(template) => {
                    types.insert(id, template);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Catalog { types, archived: BTreeMap::new() }) } else { Err(errors) }
    }

    /// Adds a template that licenses were filled by and no longer are.
    pub fn add_archived(&mut self, template: Arc<Template>) {
        self.archived.insert(template.digest, template);
    }

    /// A type by its machine name.
    pub fn get(&self, id: &str) -> Option<&Arc<Template>> {
        self.types.get(id)
    }

    /// A type by its code (证照类型代码).
    pub fn by_code(&self, code: &str) -> Option<&Arc<Template>> {
        self.types.values().find(|template| template.file.kind.code == code)
    }

    /// The very template that a record names, current or archived.
    pub fn by_digest(&self, id: &str, digest: &[u8; 32]) -> Option<&Arc<Template>> {
        let current = self.types.get(id).filter(|template| template.digest == *digest);
        current.or_else(|| self.archived.get(digest).filter(|template| template.id() == id))
    }

    /// All types, by machine name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Template>> {
        self.types.values()
    }
}
