//! A QR code as outlines: one filled path has no seams between modules, whatever the reader's anti-aliasing.

use crate::page::QrItem;

/// Modules of white around the code (ISO/IEC 18004).
pub(super) const QUIET_ZONE: usize = 4;

/// Runs of dark modules in a row: column and row from the panel's top left corner, and length.
pub(super) fn rows(code: &QrItem) -> Vec<(u32, u32, u32)> {
    let mut runs = Vec::new();
    for (y, row) in code.dark.chunks(code.modules.max(1)).enumerate() {
        let mut x = 0;
        while let Some(start) = row[x..].iter().position(|&dark| dark) {
            let length = row[x + start..].iter().take_while(|&&dark| dark).count();
            runs.push(((QUIET_ZONE + x + start) as u32, (QUIET_ZONE + y) as u32, length as u32));
            x += start + length;
        }
    }
    runs
}

/// Closed outlines of the dark areas in whole modules from the panel's top left corner, dark to the right of the
/// walking direction, so that holes run the other way round and the non-zero rule leaves them open.
pub(super) fn outlines(code: &QrItem) -> Vec<Vec<(u32, u32)>> {
    let side = code.modules;
    let dark = |x: isize, y: isize| {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return false };
        x < side && y < side && code.dark.get(y * side + x).copied().unwrap_or(false)
    };
    // Every edge from left to right with dark below and light above starts a walk unless one has passed it.
    let mut passed = vec![false; side * (side + 1)];
    let mut loops = Vec::new();
    for y in 0..=side as isize {
        for x in 0..side as isize {
            let top_edge = dark(x, y) && !dark(x, y - 1);
            if top_edge && !passed[y as usize * side + x as usize] {
                loops.push(walk(x, y, side, &dark, &mut passed));
            }
        }
    }
    loops
}

/// Walks once round, from the top edge of module (x, y), and returns the corners.
fn walk(x: isize, y: isize, side: usize, dark: &impl Fn(isize, isize) -> bool, passed: &mut [bool]) -> Vec<(u32, u32)> {
    let start = (x, y);
    let (mut at, mut heading) = (start, (1, 0));
    let mut corners = Vec::new();
    loop {
        if heading == (1, 0) {
            passed[at.1 as usize * side + at.0 as usize] = true;
        }
        at = (at.0 + heading.0, at.1 + heading.1);
        // The two modules ahead of this corner, on the right and on the left.
        let ahead = |side: isize| {
            let (dx, dy): (isize, isize) = heading;
            let (rx, ry) = (-dy, dx);
            let x = at.0 + (dx + side * rx - 1) / 2;
            let y = at.1 + (dy + side * ry - 1) / 2;
            dark(x, y)
        };
        let (right, left) = (ahead(1), ahead(-1));
        let next = match (right, left) {
            (true, false) => heading,
            // Turn left round a dark module ahead; dark modules that touch at a corner stay apart.
            (true, true) => (heading.1, -heading.0),
            (false, _) => (-heading.1, heading.0),
        };
        if next != heading {
            corners.push((module(at.0), module(at.1)));
            heading = next;
        }
        if at == start && heading == (1, 0) {
            return corners;
        }
    }
}

fn module(at: isize) -> u32 {
    (at + QUIET_ZONE as isize) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::length::Rect;

    fn code(rows: &[&str]) -> QrItem {
        let dark = rows.iter().flat_map(|row| row.chars().map(|char| char == '#')).collect();
        QrItem { rect: Rect::default(), modules: rows.len(), dark }
    }

    /// Winding number of the loops round the middle of a module.
    fn winding(loops: &[Vec<(u32, u32)>], x: u32, y: u32) -> i32 {
        let mut sum = 0;
        for corners in loops {
            for (at, &(x1, y1)) in corners.iter().enumerate() {
                let (x2, y2) = corners[(at + 1) % corners.len()];
                // Vertical edges to the right of the point.
                if x1 == x2 && x1 > x && y1.min(y2) <= y && y < y1.max(y2) {
                    sum += if y2 > y1 { 1 } else { -1 };
                }
            }
        }
        sum
    }

    #[test]
    fn outlines_fill_exactly_the_dark_modules() {
        for rows in [
            vec!["#"],
            vec!["..", ".."],
            vec!["#.", ".#"],
            vec![".#", "#."],
            vec!["###", "#.#", "###"],
            vec!["#####", "#...#", "#.#.#", "#...#", "#####"],
            vec!["#.#.", ".##.", "##.#", "...#"],
        ] {
            let code = code(&rows);
            let loops = outlines(&code);
            for y in 0..code.modules + 8 {
                for x in 0..code.modules + 8 {
                    let inside = (4..code.modules + 4).contains(&x) && (4..code.modules + 4).contains(&y);
                    let dark = inside && code.dark[(y - 4) * code.modules + x - 4];
                    let covered = super::rows(&code)
                        .iter()
                        .filter(|&&(start, row, length)| {
                            row == y as u32 && (start..start + length).contains(&(x as u32))
                        })
                        .count();
                    assert_eq!(covered, usize::from(dark));
                    assert_eq!(winding(&loops, x as u32, y as u32), i32::from(dark), "{rows:?} at {x} {y}");
                }
            }
        }
    }
}
