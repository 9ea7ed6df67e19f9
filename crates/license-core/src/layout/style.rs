//! A template's style, resolved for one box.

use super::words::Notes;
use crate::fonts::Family;
use crate::length::Length;
use crate::page::Rgb;
use crate::template::model::{Style, TemplateFile, TextBox};

/// A style ready for use.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextStyle {
    pub(super) family: Family,
    pub(super) size: Length,
    pub(super) smallest: Length,
    pub(super) color: Rgb,
    /// Letter spacing in em.
    pub(super) tracking: f64,
    /// Distance of baselines in em.
    pub(super) leading: f64,
}

impl TextStyle {
    /// The style of this name, with what a box changes.
    pub(super) fn resolve(
        file: &TemplateFile,
        name: &str,
        area: Option<&TextBox>,
        notes: &mut Notes<'_>,
    ) -> Option<TextStyle> {
        let Some(style) = file.style.get(name) else {
            notes.template(format!("there is no style `{name}`"));
            return None;
        };
        match TextStyle::new(style, area) {
            Ok(style) => Some(style),
            Err(fault) => {
                notes.template(format!("style `{name}`: {fault}"));
                None
            }
        }
    }

    fn new(style: &Style, area: Option<&TextBox>) -> Result<TextStyle, String> {
        let family = Family::from_name(&style.font).ok_or_else(|| format!("there is no font `{}`", style.font))?;
        let color = match &style.color {
            None => Rgb::BLACK,
            Some(color) => Rgb::from_hex(color).ok_or_else(|| format!("`{color}` is not a colour"))?,
        };
        let own_size = area.and_then(|area| area.size);
        let size = own_size.unwrap_or(style.size);
        // A box that only grows or shrinks keeps the style's limit as long as that is the smaller one.
        let smallest = area.and_then(|area| area.min_size).or(style.min_size).unwrap_or(size).min(size);
        let leading = style.leading.unwrap_or(LEADING);
        let sane = SIZES.contains(&size)
            && SIZES.contains(&smallest)
            && (0.8..=5.0).contains(&leading)
            && (-0.2..=10.0).contains(&style.tracking);
        if !sane {
            return Err(format!("size {size}, leading {leading} or tracking {} is out of range", style.tracking));
        }
        let (size, smallest) = (Length::from_pt(size), Length::from_pt(smallest));
        Ok(TextStyle { family, size, smallest, color, tracking: style.tracking, leading })
    }

    /// Sizes to try, from the largest down in steps of half a point; the smallest is always among them.
    pub(super) fn sizes(&self) -> impl Iterator<Item = Length> + use<> {
        let (largest, smallest) = (self.size, self.smallest);
        let steps = ((largest.pt() - smallest.pt()) / STEP_PT).floor() as usize;
        let stepped = (0..=steps).map(move |step| Length::from_pt(largest.pt() - STEP_PT * step as f64));
        stepped.filter(move |&size| size > smallest).chain(std::iter::once(smallest))
    }

    pub(super) fn tracking_at(&self, size: Length) -> Length {
        size.scale(self.tracking)
    }

    pub(super) fn leading_at(&self, size: Length) -> Length {
        size.scale(self.leading)
    }
}

const LEADING: f64 = 1.35;
const STEP_PT: f64 = 0.5;
/// Font sizes that make sense on paper, in points.
const SIZES: std::ops::RangeInclusive<f64> = 2.0..=300.0;
