//! The page tree (7.7.3): in order, each page once, what pages inherit filled in.

use std::collections::HashSet;

use super::document::View;
use super::object::{Dict, Id, Object};
use crate::problem::{Limit, Problem, ProblemKind};

/// A page and what it inherits from the nodes above it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'d> {
    pub(crate) id: Id,
    pub(crate) dict: &'d Dict,
    pub(crate) resources: Option<&'d Dict>,
    pub(crate) media_box: Option<&'d Object>,
    pub(crate) rotate: i64,
}

struct Walk<'d> {
    view: View<'d>,
    seen: HashSet<Id>,
    pages: Vec<Page<'d>>,
}

impl<'d> View<'d> {
    pub(crate) fn pages(&self) -> Result<Vec<Page<'d>>, Problem> {
        let wrong = ProblemKind::PageTree.in_file();
        let root = self.catalog().ok_or(wrong)?.get(b"Pages").reference().ok_or(wrong)?;
        let mut walk = Walk { view: *self, seen: HashSet::new(), pages: Vec::new() };
        let top =
            Page { id: root, dict: self.get(root).dict().ok_or(wrong)?, resources: None, media_box: None, rotate: 0 };
        walk.node(root, top, self.doc.meter.budget.depth)?;
        Ok(walk.pages)
    }
}

impl<'d> Walk<'d> {
    fn node(&mut self, id: Id, above: Page<'d>, depth: usize) -> Result<(), Problem> {
        let wrong = ProblemKind::PageTree.in_object(id.num);
        if !self.seen.insert(id) {
            return Err(wrong);
        }
        self.view.doc.meter.steps(1).map_err(|kind| kind.in_object(id.num))?;
        let dict = self.view.get(id).dict().ok_or(wrong)?;
        let inherited = Page {
            id,
            dict,
            resources: self.view.dict(dict, b"Resources").or(above.resources),
            media_box: Some(self.view.value(dict, b"MediaBox")).filter(|b| b.array().is_some()).or(above.media_box),
            rotate: self.view.value(dict, b"Rotate").int().unwrap_or(above.rotate),
        };
        match self.view.value(dict, b"Type").name() {
            Some(b"Page") => {
                if self.pages.len() == self.view.doc.meter.budget.pages {
                    return Err(ProblemKind::OverBudget(Limit::Pages).in_object(id.num));
                }
                self.pages.push(inherited);
                Ok(())
            }
            Some(b"Pages") => {
                let depth = depth.checked_sub(1).ok_or(ProblemKind::OverBudget(Limit::Depth).in_object(id.num))?;
                for kid in self.view.array(dict, b"Kids") {
                    self.node(kid.reference().ok_or(wrong)?, inherited, depth)?;
                }
                Ok(())
            }
            _ => Err(wrong),
        }
    }
}
