//! A TrueType file taken apart and put together so that it draws what it should not.

/// The tables of a font file.
pub struct Font(Vec<([u8; 4], Vec<u8>)>);

impl Font {
    /// Opens one of our own subsets.
    pub fn open(file: &[u8]) -> Font {
        let count = usize::from(short(file, 4));
        let table = |at: usize| {
            let entry = &file[12 + 16 * at..28 + 16 * at];
            let (start, length) = (long(entry, 8), long(entry, 12));
            (entry[..4].try_into().expect("four bytes"), file[start..start + length].to_vec())
        };
        Font((0..count).map(table).collect())
    }

    /// The file again; checksums are left zero, as readers leave them unread.
    pub fn to_file(&self) -> Vec<u8> {
        let mut out = vec![0, 1, 0, 0];
        out.extend((self.0.len() as u16).to_be_bytes());
        out.extend([0; 6]);
        let mut body = Vec::new();
        let start = 12 + 16 * self.0.len();
        for (tag, data) in &self.0 {
            out.extend_from_slice(tag);
            out.extend([0; 4]);
            out.extend(((start + body.len()) as u32).to_be_bytes());
            out.extend((data.len() as u32).to_be_bytes());
            body.extend_from_slice(data);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        out.extend(body);
        out
    }

    fn table(&mut self, wanted: &[u8; 4]) -> &mut Vec<u8> {
        &mut self.0.iter_mut().find(|(tag, _)| tag == wanted).expect("a whole font").1
    }

    /// Characters of the basic plane with their glyphs.
    pub fn map(&mut self) -> Vec<(char, u16)> {
        let cmap = self.table(b"cmap");
        let table = &cmap[long(cmap, 8)..];
        assert_eq!(short(table, 0), 4, "the first character map is of format 4");
        let segments = usize::from(short(table, 6)) / 2;
        let mut out = Vec::new();
        for at in 0..segments {
            let (last, first) = (short(table, 14 + 2 * at), short(table, 16 + 2 * (segments + at)));
            let delta = short(table, 16 + 2 * (2 * segments + at));
            for code in first..=last {
                if let Some(char) = char::from_u32(u32::from(code)).filter(|_| code != 0xFFFF) {
                    out.push((char, code.wrapping_add(delta)));
                }
            }
        }
        out
    }

    /// Another character map: `first` for readers that take the first record, `second` for the others.
    pub fn set_maps(&mut self, first: &[(char, u16)], second: &[(char, u16)]) -> &mut Font {
        let [a, b] = [first, second].map(format_4);
        let mut table = vec![0, 0, 0, 2];
        for (platform, encoding, offset) in [(0u16, 3u16, 20), (3, 1, 20 + a.len())] {
            table.extend(platform.to_be_bytes());
            table.extend(encoding.to_be_bytes());
            table.extend((offset as u32).to_be_bytes());
        }
        table.extend(a);
        table.extend(b);
        *self.table(b"cmap") = table;
        self
    }

    /// The same map for all readers, with the glyphs of two characters exchanged.
    pub fn exchange_in_map(&mut self, a: char, b: char) -> &mut Font {
        let map = exchanged(self.map(), a, b);
        self.set_maps(&map, &map)
    }

    /// The map says the truth, and the outlines of two glyphs have changed places.
    pub fn exchange_outlines(&mut self, a: char, b: char) -> &mut Font {
        let map = self.map();
        let glyph = |wanted: char| {
            usize::from(map.iter().find(|(char, _)| *char == wanted).expect("a character of the font").1)
        };
        let (a, b) = (glyph(a), glyph(b));
        let is_long = short(self.table(b"head"), 50) != 0;
        let loca = self.table(b"loca").clone();
        let at = |nth: usize| if is_long { long(&loca, 4 * nth) } else { 2 * usize::from(short(&loca, 2 * nth)) };
        let count = loca.len() / if is_long { 4 } else { 2 } - 1;
        let glyf = self.table(b"glyf").clone();
        let mut outlines: Vec<&[u8]> = (0..count).map(|nth| &glyf[at(nth)..at(nth + 1)]).collect();
        outlines.swap(a, b);
        let (mut out, mut places) = (Vec::new(), 0u32.to_be_bytes().to_vec());
        for outline in outlines {
            out.extend_from_slice(outline);
            places.extend((out.len() as u32).to_be_bytes());
        }
        *self.table(b"glyf") = out;
        *self.table(b"loca") = places;
        self.table(b"head")[51] = 1;
        self
    }

    /// Glyphs are drawn ten times smaller.
    pub fn shrink(&mut self) -> &mut Font {
        let units = short(self.table(b"head"), 18) * 10;
        self.table(b"head")[18..20].copy_from_slice(&units.to_be_bytes());
        self
    }
}

/// The glyphs of two characters exchanged.
pub fn exchanged(mut map: Vec<(char, u16)>, a: char, b: char) -> Vec<(char, u16)> {
    let at = |wanted: char, map: &[(char, u16)]| map.iter().position(|(char, _)| *char == wanted).expect("in the font");
    let (a, b) = (at(a, &map), at(b, &map));
    (map[a].1, map[b].1) = (map[b].1, map[a].1);
    map
}

/// A segment for each character.
fn format_4(map: &[(char, u16)]) -> Vec<u8> {
    let mut codes: Vec<(u16, u16)> = map.iter().map(|(char, glyph)| (*char as u16, *glyph)).collect();
    codes.push((0xFFFF, 0));
    let count = codes.len() as u16;
    let mut out = Vec::new();
    for value in [4, 16 + 8 * count, 0, 2 * count, 2, 0, 0] {
        out.extend(u16::to_be_bytes(value));
    }
    codes.iter().for_each(|(code, _)| out.extend(code.to_be_bytes()));
    out.extend([0, 0]);
    codes.iter().for_each(|(code, _)| out.extend(code.to_be_bytes()));
    codes.iter().for_each(|(code, glyph)| out.extend(glyph.wrapping_sub(*code).to_be_bytes()));
    codes.iter().for_each(|_| out.extend([0, 0]));
    out
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn long(bytes: &[u8], at: usize) -> usize {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize
}
