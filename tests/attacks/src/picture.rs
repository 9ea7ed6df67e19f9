//! Small pictures: a seal, an emblem.

/// A round seal of 42 mm at some hundred dots an inch: ring and star in red, the ground transparent.
pub fn seal_picture(variant: u32) -> Vec<u8> {
    const SIDE: u32 = 168;
    let inside = |x: f64, y: f64| {
        let (dx, dy) = (x - 84.0, y - 84.0);
        let (radius, angle) = (dx.hypot(dy), dy.atan2(dx));
        let ring = (78.0..=83.0).contains(&radius);
        // A star of five or more points, and dots in place of the name.
        let points = f64::from(5 + variant);
        let star = radius < 22.0 + 10.0 * (points * angle + std::f64::consts::FRAC_PI_2).sin();
        let dots = (56.0..66.0).contains(&radius) && (angle * 14.0).sin() > 0.2 && dy < 30.0;
        ring || star || dots
    };
    png(SIDE, |x, y| if inside(f64::from(x), f64::from(y)) { [0xd0, 0x10, 0x10, 0xff] } else { [0xff, 0xff, 0xff, 0] })
}

/// A blue square with a white cross.
pub fn emblem() -> Vec<u8> {
    png(40, |x, y| {
        let cross = (16..24).contains(&x) || (16..24).contains(&y);
        if cross { [0xff, 0xff, 0xff, 0xff] } else { [0x20, 0x40, 0xa0, 0xff] }
    })
}

/// A square picture.
pub fn png(side: u32, colour: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let pixels: Vec<u8> = (0..side * side).flat_map(|at| colour(at % side, at / side)).collect();
    let mut writer = encoder.write_header().expect("a small picture");
    writer.write_image_data(&pixels).expect("as many pixels as were promised");
    writer.finish().expect("a vector has room");
    out
}
