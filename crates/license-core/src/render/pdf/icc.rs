//! A minimal sRGB profile (ICC.1:2001-04, version 2.1): three primaries and one curve, made here so that it belongs
//! to nobody.

/// The profile's bytes.
pub(super) fn srgb() -> Vec<u8> {
    let curve = curve();
    let tags: [(&[u8; 4], Vec<u8>); 7] = [
        (b"desc", description("sRGB")),
        (b"cprt", [&b"text\0\0\0\0"[..], b"Public domain\0"].concat()),
        (b"wtpt", xyz([0.9505, 1.0, 1.0891])),
        // The primaries of IEC 61966-2-1, adapted from D65 to D50.
        (b"rXYZ", xyz([0.436_07, 0.222_49, 0.013_92])),
        (b"gXYZ", xyz([0.385_15, 0.716_87, 0.097_08])),
        (b"bXYZ", xyz([0.143_07, 0.060_61, 0.714_10])),
        (b"rTRC", curve),
    ];
    let count = tags.len() + 2;
    let mut directory = (count as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let start = HEADER + 4 + 12 * count;
    for (name, bytes) in &tags {
        let (offset, size) = ((start + data.len()) as u32, bytes.len() as u32);
        // All three channels share the curve.
        let names: &[&[u8; 4]] = if *name == b"rTRC" { &[b"rTRC", b"gTRC", b"bTRC"] } else { &[name] };
        for name in names {
            directory.extend_from_slice(*name);
            directory.extend_from_slice(&offset.to_be_bytes());
            directory.extend_from_slice(&size.to_be_bytes());
        }
        data.extend_from_slice(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = header((HEADER + directory.len() + data.len()) as u32);
    profile.extend(directory);
    profile.extend(data);
    profile
}

fn header(size: u32) -> Vec<u8> {
    let mut header = vec![0; HEADER];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &size.to_be_bytes());
    put(8, &[2, 0x10, 0, 0]);
    put(12, b"mntrRGB XYZ ");
    // 2000-01-01
    put(24, &[0x07, 0xD0, 0, 1, 0, 1]);
    put(36, b"acsp");
    // The connection space's white, D50.
    put(68, &[0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D]);
    header
}

fn description(text: &str) -> Vec<u8> {
    let mut tag = b"desc\0\0\0\0".to_vec();
    tag.extend_from_slice(&(text.len() as u32 + 1).to_be_bytes());
    tag.extend_from_slice(text.as_bytes());
    // Terminator, no Unicode text, no Macintosh text (with its fixed 67 bytes).
    tag.resize(tag.len() + 1 + 8 + 3 + 67, 0);
    tag
}

fn xyz(values: [f64; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    for value in values {
        tag.extend_from_slice(&((value * 65_536.0).round() as u32).to_be_bytes());
    }
    tag
}

fn curve() -> Vec<u8> {
    let mut tag = b"curv\0\0\0\0".to_vec();
    tag.extend_from_slice(&CURVE_POINTS.to_be_bytes());
    for at in 0..CURVE_POINTS {
        let encoded = f64::from(at) / f64::from(CURVE_POINTS - 1);
        let linear = if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) };
        tag.extend_from_slice(&((linear * 65_535.0).round() as u16).to_be_bytes());
    }
    tag
}

const HEADER: usize = 128;
const CURVE_POINTS: u32 = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_points_at_its_tags() {
        let profile = srgb();
        let word =
            |at: usize| u32::from_be_bytes([profile[at], profile[at + 1], profile[at + 2], profile[at + 3]]) as usize;
        assert_eq!(word(0), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(word(HEADER), 9);
        for tag in 0..9 {
            let entry = HEADER + 4 + 12 * tag;
            let (offset, size) = (word(entry + 4), word(entry + 8));
            assert!(offset % 4 == 0 && offset + size <= profile.len());
            let kind = &profile[offset..offset + 4];
            assert!([&b"desc"[..], b"text", b"XYZ ", b"curv"].contains(&kind));
        }
    }
}
