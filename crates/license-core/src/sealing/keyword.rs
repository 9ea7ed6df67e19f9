//! A seal located by words: `盖章`, `发证机关（公章）`, a date line.

use ofd::{PageFacts, Um};

use super::error::SealingError;

/// Words over which a seal goes. Blanks do not count: `盖　章` is found as `盖章`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// The words.
    pub text: String,
    /// Which of several occurrences.
    pub pick: Pick,
    /// Only on this page, counted from zero.
    pub page: Option<usize>,
    /// How far the centre of the seal lies from the middle of the words: to the right and down.
    pub offset: (Um, Um),
}

/// Which of several occurrences, in the order of pages and of painting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pick {
    /// The first one.
    First,
    /// The last one: where documents are signed.
    #[default]
    Last,
    /// The n-th, counted from one.
    Nth(usize),
    /// Every one.
    All,
}

impl Keyword {
    /// The last occurrence, centred.
    pub fn new(text: &str) -> Keyword {
        Keyword { text: text.to_owned(), pick: Pick::default(), page: None, offset: (Um::ZERO, Um::ZERO) }
    }

    /// Another choice among several occurrences.
    pub const fn pick(mut self, pick: Pick) -> Keyword {
        self.pick = pick;
        self
    }

    /// The middles of the occurrences chosen, moved by the offset.
    pub(super) fn find(&self, pages: &[PageFacts]) -> Result<Vec<Hit>, SealingError> {
        let wanted: Vec<char> = self.text.chars().filter(|c| !c.is_whitespace()).take(LONGEST).collect();
        if wanted.is_empty() {
            return Err(SealingError::EmptyKeyword);
        }
        if let Some(page) = self.page {
            super::place::page_of(pages, page)?;
        }
        let searched: Vec<usize> = (0..pages.len()).filter(|page| self.page.is_none_or(|only| only == *page)).collect();
        let mut hits: Vec<Hit> = Vec::new();
        for &page in &searched {
            for found in on_page(page, &pages[page], &wanted) {
                // The same words painted twice, as for heavy type, are one occurrence.
                if !hits.iter().any(|hit| hit.is_near(&found)) {
                    hits.push(found);
                }
            }
        }
        let found = hits.len();
        if found == 0 {
            return Err(SealingError::KeywordNotFound { keyword: self.text.clone(), pages: searched.len() });
        }
        let mut chosen = match self.pick {
            Pick::First => vec![hits[0]],
            Pick::Last => vec![hits[found - 1]],
            Pick::Nth(n) => match n.checked_sub(1).and_then(|at| hits.get(at)) {
                Some(hit) => vec![*hit],
                None => return Err(SealingError::KeywordTooRare { keyword: self.text.clone(), found, wanted: n }),
            },
            Pick::All if found > MOST => {
                return Err(SealingError::KeywordTooFrequent { keyword: self.text.clone(), most: MOST });
            }
            Pick::All => hits,
        };
        for hit in &mut chosen {
            hit.x += self.offset.0;
            hit.y += self.offset.1;
        }
        Ok(chosen)
    }
}

/// The middle of some words on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) page: usize,
    pub(super) x: Um,
    pub(super) y: Um,
}

impl Hit {
    fn is_near(&self, other: &Hit) -> bool {
        let near = |a: Um, b: Um| (a - b).0.unsigned_abs() < SAME;
        self.page == other.page && near(self.x, other.x) && near(self.y, other.y)
    }
}

/// One visible character, blanks left out.
#[derive(Clone, Copy)]
struct Glyph {
    char: char,
    x: Um,
    /// The base line.
    y: Um,
    size: Um,
    run: usize,
}

impl Glyph {
    /// Whether `next`, of another run, reads on from here: on the same line or down the same column.
    fn leads_to(&self, next: &Glyph) -> bool {
        let size = self.size.max(next.size).0;
        let (right, down) = ((next.x - self.x).0, (next.y - self.y).0);
        let along = |on: i32, aside: i32| on > 0 && on <= size.saturating_mul(WIDEST) && aside.abs() <= size / 2;
        self.run == next.run || along(right, down) || along(down, right)
    }

    /// About as wide as it is high for hanzi, half of that for Latin letters.
    fn width(&self) -> i32 {
        if self.char.is_ascii() { self.size.0 / 2 } else { self.size.0 }
    }
}

fn on_page(page: usize, facts: &PageFacts, wanted: &[char]) -> Vec<Hit> {
    let visible = facts.text.iter().enumerate().filter(|(_, run)| run.visible);
    let glyphs: Vec<Glyph> = visible
        .flat_map(|(at, run)| {
            let placed = run.text.chars().zip(&run.origins).filter(|(char, _)| !char.is_whitespace());
            placed.map(move |(char, (x, y))| Glyph { char, x: *x, y: *y, size: run.size, run: at })
        })
        .collect();
    let mut hits = Vec::new();
    let mut at = 0;
    while let Some(window) = glyphs.get(at..at + wanted.len()) {
        let same = window.iter().zip(wanted).all(|(glyph, char)| glyph.char == *char);
        if same && window.windows(2).all(|pair| pair[0].leads_to(&pair[1])) {
            hits.push(middle(page, window));
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    hits
}

fn middle(page: usize, window: &[Glyph]) -> Hit {
    let bounds = |low: &dyn Fn(&Glyph) -> i32, high: &dyn Fn(&Glyph) -> i32| {
        let (low, high) = (window.iter().map(low).min(), window.iter().map(high).max());
        Um(((i64::from(low.unwrap_or_default()) + i64::from(high.unwrap_or_default())) / 2) as i32)
    };
    let above = |glyph: &Glyph| glyph.y.0.saturating_sub((i64::from(glyph.size.0) * ASCENT / 100) as i32);
    let below = |glyph: &Glyph| glyph.y.0.saturating_add((i64::from(glyph.size.0) * (100 - ASCENT) / 100) as i32);
    Hit {
        page,
        x: bounds(&|glyph| glyph.x.0, &|glyph| glyph.x.0.saturating_add(glyph.width())),
        y: bounds(&above, &below),
    }
}

/// Characters of a keyword that are looked at.
const LONGEST: usize = 200;
/// Stamps of one keyword under one signature.
const MOST: usize = 100;
/// Occurrences nearer than this (µm) are the same one painted twice.
const SAME: u32 = 1_000;
/// Gap between two characters of one line that different objects draw, in sizes of type.
const WIDEST: i32 = 4;
/// Percent of the size of type above the base line.
const ASCENT: i64 = 88;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ofd::{Rect, TextRun};

    fn run(text: &str, x: i32, y: i32, advance: i32) -> TextRun {
        let origins = (0..text.chars().count() as i32).map(|at| (Um::mm(x + at * advance), Um::mm(y))).collect();
        TextRun { text: text.to_owned(), size: Um::mm(5), origins, visible: true, ..TextRun::default() }
    }

    fn page(text: Vec<TextRun>) -> PageFacts {
        PageFacts { area: Rect::mm(0, 0, 210, 297), text, ..PageFacts::default() }
    }

    fn find(pages: &[PageFacts], pick: Pick) -> Result<Vec<(usize, i32, i32)>, SealingError> {
        let hits = Keyword::new("盖章").pick(pick).find(pages)?;
        Ok(hits.into_iter().map(|hit| (hit.page, hit.x.0, hit.y.0)).collect())
    }

    #[test]
    fn occurrences_are_counted_and_chosen() {
        let pages = [
            page(vec![
                run("单位（盖 章）：", 20, 50, 5),
                run("单位（盖 章）：", 20, 50, 5),
                run("盖章盖章", 20, 90, 5),
            ]),
            page(vec![run("名称", 20, 40, 5)]),
            page(vec![run("盖", 100, 200, 5), run("章", 112, 200, 5), run("盖", 20, 210, 5), run("章", 60, 210, 5)]),
        ];
        // 盖 at 35, blank, 章 at 45 to 50; the base line at 50, type from 45.6 to 50.6.
        let one = (0, 42_500, 48_100);
        let (two, three) = ((0, 25_000, 88_100), (0, 35_000, 88_100));
        // Two objects of one line, 12 mm apart; 40 mm apart they are two words.
        let four = (2, 108_500, 198_100);
        assert_eq!(find(&pages, Pick::All).unwrap(), [one, two, three, four]);
        assert_eq!(find(&pages, Pick::First).unwrap(), [one]);
        assert_eq!(find(&pages, Pick::Last).unwrap(), [four]);
        assert_eq!(find(&pages, Pick::Nth(3)).unwrap(), [three]);
        for n in [0, 5] {
            let error = find(&pages, Pick::Nth(n)).unwrap_err().to_string();
            assert_eq!(error, format!("the keyword \"盖章\" is 4 times in the document, not {n} times"));
        }
        let only = Keyword { page: Some(0), offset: (Um::mm(1), Um::mm(-2)), ..Keyword::new("盖章") };
        assert_eq!(only.find(&pages).unwrap(), [Hit { page: 0, x: Um(36_000), y: Um(86_100) }]);
        let missing = find(&pages[1..2], Pick::Last).unwrap_err().to_string();
        assert_eq!(missing, "the keyword \"盖章\" is not in the document (1 pages searched)");
    }

    #[test]
    fn hidden_words_and_no_words_are_not_found() {
        let hidden = TextRun { visible: false, ..run("盖章", 20, 50, 5) };
        assert!(matches!(find(&[page(vec![hidden])], Pick::All), Err(SealingError::KeywordNotFound { .. })));
        assert!(matches!(Keyword::new(" 　").find(&[]), Err(SealingError::EmptyKeyword)));
        let down: Vec<TextRun> = "盖章".chars().zip([50, 57]).map(|(c, y)| run(&c.to_string(), 20, y, 0)).collect();
        assert_eq!(find(&[page(down)], Pick::All).unwrap(), [(0, 22_500, 51_600)]);
    }
}
