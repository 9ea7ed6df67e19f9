//! Families as templates name them.

/// A font family by its role on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Labels, dates, Latin and digits (`song`).
    Song,
    /// Titles (`song-bold`).
    SongBold,
    /// Values (`kai`).
    Kai,
    /// Small print and the specimen mark (`hei`).
    Hei,
}

impl Family {
    /// All families.
    pub const ALL: [Family; 4] = [Family::Song, Family::SongBold, Family::Kai, Family::Hei];

    /// The family that a template's `font` names.
    pub fn from_name(name: &str) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.name() == name)
    }

    /// The name in templates.
    pub fn name(self) -> &'static str {
        match self {
            Family::Song => "song",
            Family::SongBold => "song-bold",
            Family::Kai => "kai",
            Family::Hei => "hei",
        }
    }
}
