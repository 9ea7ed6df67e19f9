//! What is painted below and above the points of a letter: does it stand out, does it still show?

use super::Ink;
use super::letters::POINTS;

/// Of a letter this share must show through what is painted over it: the grey 样张 across a specimen leaves more.
pub(super) const LEAST_LEFT: f64 = 0.7;
/// Least difference in brightness (0 to 255) between a letter and its ground.
const LEAST_CONTRAST: f64 = 32.0;

/// What lies below a point, by brightness; nothing when it cannot be told.
type Ground = Option<f64>;

const PAPER: Ground = Some(255.0);

/// What is painted on a point.
#[derive(Clone, Copy)]
pub(super) struct Coat {
    level: Ground,
    opacity: f64,
    red: bool,
}

impl Coat {
    pub(super) fn new(ink: Ink, alpha: f64) -> Coat {
        match ink {
            Ink::Rgb(rgb, own) => Coat { level: Some(brightness(rgb)), opacity: own * alpha, red: is_red(rgb) },
            Ink::Other => Coat { level: None, opacity: alpha, red: false },
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.opacity <= 0.0
    }
}

/// One letter.
#[derive(Clone)]
pub(super) struct Seen {
    ground: [Ground; POINTS],
    /// How much of the letter still shows.
    left: [f64; POINTS],
    /// Points that something painted later hides.
    pub(super) covered: usize,
    /// Points under the red ink of a seal.
    pub(super) sealed: usize,
    /// Points whose ground is of the letter's colour, or unknown.
    pub(super) poor: usize,
}

impl Seen {
    /// On paper, with nothing above it.
    pub(super) const UNTOUCHED: Seen =
        Seen { ground: [PAPER; POINTS], left: [1.0; POINTS], covered: 0, sealed: 0, poor: 0 };

    /// The letter itself is painted: does it stand out?
    pub(super) fn write(&mut self, ink: Option<Ink>, alpha: f64) {
        let contrast = |ground: &Ground| match (ink, ground) {
            (Some(Ink::Rgb(rgb, own)), Some(ground)) => (brightness(rgb) - ground).abs() * own * alpha,
            _ => 0.0,
        };
        self.poor += self.ground.iter().filter(|ground| contrast(ground) < LEAST_CONTRAST).count();
    }

    /// Something else is painted at a point, over the letter or before it.
    pub(super) fn paint(&mut self, nth: usize, Coat { level, opacity, red }: Coat, over: bool) {
        if over {
            let before = self.left[nth];
            self.left[nth] *= 1.0 - opacity;
            if before >= LEAST_LEFT && self.left[nth] < LEAST_LEFT {
                if red { self.sealed += 1 } else { self.covered += 1 }
            }
        } else if opacity > 0.0 {
            self.ground[nth] = match (level, self.ground[nth]) {
                (Some(level), _) if opacity > 0.99 => Some(level),
                (Some(level), Some(ground)) => Some(ground + (level - ground) * opacity),
                _ => None,
            };
        }
    }

    /// Whether the letter still shows at a point.
    pub(super) fn shows(&self, nth: usize) -> bool {
        self.left[nth] >= LEAST_LEFT
    }

    /// A line runs through a point, or so near that it changes the letter.
    pub(super) fn cross(&mut self, nth: usize) {
        self.left[nth] = 0.0;
        self.covered += 1;
    }
}

/// As the eye weighs the colours (ITU-R BT.601).
pub(super) fn brightness([r, g, b]: [u8; 3]) -> f64 {
    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
}

/// The ink of seals, which are stamped over words.
pub(super) fn is_red([r, g, b]: [u8; 3]) -> bool {
    r >= 128 && u16::from(g.max(b)) * 2 <= u16::from(r)
}
