//! Scaling of 8-bit images in two passes, with a triangle of weights, the way PocketBase's thumbs are scaled.

use image::RgbaImage;

/// Channels of a pixel: red, green, blue, alpha.
const CHANNELS: usize = 4;

/// The source pixels of one destination pixel, with weights that sum to one.
struct Taps {
    first: usize,
    weights: Vec<f64>,
}

/// Scales to exactly this size; a side that keeps its length is not touched.
pub fn resize(image: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    let (from_width, from_height) = image.dimensions();
    let pass = |pixels: Pixels<'_>, size: u32| pixels.scale(size as usize);
    let mut scaled = image.clone();
    if from_width != width {
        let pixels = Pixels::rows(scaled.as_raw(), from_width as usize, from_height as usize);
        scaled = RgbaImage::from_raw(width, from_height, pass(pixels, width)).expect("four bytes a pixel");
    }
    if from_height != height {
        let pixels = Pixels::columns(scaled.as_raw(), width as usize, from_height as usize);
        scaled = RgbaImage::from_raw(width, height, pass(pixels, height)).expect("four bytes a pixel");
    }
    scaled
}

/// An image seen as lines along the side that is scaled.
struct Pixels<'a> {
    bytes: &'a [u8],
    /// Pixels of a line and lines of the image.
    length: usize,
    lines: usize,
    /// Bytes from one pixel of a line to the next, and from one line to the next.
    step: usize,
    /// Whether lines are rows.
    horizontal: bool,
}

impl<'a> Pixels<'a> {
    fn rows(bytes: &'a [u8], width: usize, height: usize) -> Self {
        Self { bytes, length: width, lines: height, step: CHANNELS, horizontal: true }
    }

    fn columns(bytes: &'a [u8], width: usize, height: usize) -> Self {
        Self { bytes, length: height, lines: width, step: width * CHANNELS, horizontal: false }
    }

    fn scale(&self, size: usize) -> Vec<u8> {
        let taps = taps(self.length, size);
        let mut out = vec![0; self.lines * size * CHANNELS];
        if self.horizontal {
            for line in 0..self.lines {
                let start = line * self.length * CHANNELS;
                for (at, taps) in taps.iter().enumerate() {
                    let pixel = self.weigh(start, taps);
                    let place = (line * size + at) * CHANNELS;
                    out[place..place + CHANNELS].copy_from_slice(&pixel);
                }
            }
        } else {
            // Row by row of the result, so that memory is walked in order.
            for (at, taps) in taps.iter().enumerate() {
                for line in 0..self.lines {
                    let pixel = self.weigh(line * CHANNELS, taps);
                    let place = (at * self.lines + line) * CHANNELS;
                    out[place..place + CHANNELS].copy_from_slice(&pixel);
                }
            }
        }
        out
    }

    /// Colours count by their opacity; what is fully transparent has none.
    fn weigh(&self, start: usize, taps: &Taps) -> [u8; CHANNELS] {
        let (mut red, mut green, mut blue, mut alpha) = (0.0, 0.0, 0.0, 0.0);
        let mut place = start + taps.first * self.step;
        for weight in &taps.weights {
            let pixel = &self.bytes[place..place + CHANNELS];
            let opacity = f64::from(pixel[3]) * weight;
            red += f64::from(pixel[0]) * opacity;
            green += f64::from(pixel[1]) * opacity;
            blue += f64::from(pixel[2]) * opacity;
            alpha += opacity;
            place += self.step;
        }
        if alpha == 0.0 {
            return [0; CHANNELS];
        }
        let inverse = 1.0 / alpha;
        [rounded(red * inverse), rounded(green * inverse), rounded(blue * inverse), rounded(alpha)]
    }
}

fn rounded(value: f64) -> u8 {
    // Saturates at both ends.
    (value + 0.5) as u8
}

fn taps(from: usize, to: usize) -> Vec<Taps> {
    let ratio = from as f64 / to as f64;
    let scale = ratio.max(1.0);
    let reach = scale.ceil();
    (0..to)
        .map(|at| {
            let centre = (at as f64 + 0.5) * ratio - 0.5;
            let first = (centre - reach).ceil().max(0.0) as usize;
            let last = (centre + reach).floor().min(from as f64 - 1.0) as usize;
            let weight = |tap: usize| (1.0 - (tap as f64 - centre).abs() / scale).max(0.0);
            let mut weights: Vec<f64> = (first..=last).map(weight).collect();
            let skipped = weights.iter().take_while(|weight| **weight == 0.0).count();
            weights.drain(..skipped);
            while weights.last() == Some(&0.0) {
                weights.pop();
            }
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            Taps { first: first + skipped, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_and_stay_inside() {
        for (from, to) in [(1, 1), (1, 7), (7, 1), (100, 33), (33, 100), (3000, 1)] {
            for taps in taps(from, to) {
                assert!((taps.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                assert!(!taps.weights.is_empty() && taps.first + taps.weights.len() <= from);
            }
        }
    }

    #[test]
    fn transparent_pixels_lend_no_colour() {
        let mut image = RgbaImage::from_pixel(2, 1, image::Rgba([200, 100, 50, 255]));
        image.put_pixel(1, 0, image::Rgba([0, 255, 0, 0]));
        assert_eq!(resize(&image, 1, 1).get_pixel(0, 0).0, [200, 100, 50, 128]);
    }
}
