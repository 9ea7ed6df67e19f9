//! A license type named by its folder, for those who are at work on one: `license template lint mine/templates/dog-license`.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use license_assets::{Directory, Layered};
use license_core::assets::Assets;

use crate::fault::fault;

/// Types, and where they and their fonts are.
pub(crate) struct Located {
    pub(crate) assets: Arc<dyn Assets>,
    pub(crate) types: Vec<String>,
}

/// What a name means: a type of `assets`, a folder with a template.toml, or one with types below templates/.
pub(crate) fn locate(assets: Arc<dyn Assets>, named: &str) -> Result<Located> {
    let given = Path::new(named);
    let path =
        if given.file_name().is_some_and(|name| name == TEMPLATE) { given.parent().unwrap_or(given) } else { given };
    let known = assets.read(&format!("templates/{named}/{TEMPLATE}")).is_some();
    if known || !path.is_dir() {
        return Ok(Located { assets, types: vec![named.to_owned()] });
    }
    // A folder may be called `.`.
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let over =
        |folder: Box<dyn Assets>| -> Arc<dyn Assets> { Arc::new(Layered::new(vec![folder, Box::new(assets.clone())])) };
    match (whole.file_name().and_then(|name| name.to_str()), whole.parent()) {
        (Some(name), Some(above)) if whole.join(TEMPLATE).is_file() => {
            let folder = Types { above: Directory::new(above), name: name.to_owned() };
            Ok(Located { types: vec![name.to_owned()], assets: over(Box::new(folder)) })
        }
        _ => of_assets(&whole, over).ok_or_else(|| {
            let advice =
                "give a type (`license template list`), a folder with a template.toml, or one with templates/TYPE/…";
            fault(path.display(), "holds no template.toml and no templates/", advice)
        }),
    }
}

fn of_assets(whole: &Path, over: impl Fn(Box<dyn Assets>) -> Arc<dyn Assets>) -> Option<Located> {
    let folder = Directory::new(whole);
    let mut types = folder.list("templates");
    types.retain(|id| folder.read(&format!("templates/{id}/{TEMPLATE}")).is_some());
    (!types.is_empty()).then(|| Located { types, assets: over(Box::new(folder)) })
}

const TEMPLATE: &str = "template.toml";

/// One type in a folder of its own name, wherever that is.
struct Types {
    above: Directory,
    name: String,
}

impl Types {
    fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        let below = path.strip_prefix("templates/")?;
        (below.split('/').next() == Some(self.name.as_str())).then_some(below)
    }
}

impl Assets for Types {
    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        self.above.read(self.below(path)?)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.below(folder).map(|folder| self.above.list(folder)).unwrap_or_default()
    }
}
