//! Scaling of 8-bit images in two passes, with a triangle of weights, the way PocketBase's thumbs are scaled: to the bit.

use image::{ImageBuffer, Pixel};

/// The source pixels of one destination pixel.
struct Taps {
    first: usize,
    /// They sum to one.
    weights: Vec<f64>,
    /// The weights of pixels that are all opaque, and what their sum is divided by.
    opaque: Vec<f64>,
    inverse: f64,
}

/// A rectangle of an image, in pixels. It lies inside the image.
#[derive(Clone, Copy)]
pub struct Region {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Scales a part of an image to exactly this size; a side that keeps its length is not touched.
pub fn resize<P>(image: &ImageBuffer<P, Vec<u8>>, region: Region, width: u32, height: u32) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8>,
{
    let source = Plane::of(image, region);
    let across = (region.width != width).then(|| source.across(width as usize));
    let across = across.as_deref().map(|bytes| Plane::packed(bytes, source.channels, width, region.height));
    let narrowed = across.as_ref().unwrap_or(&source);
    let bytes = if region.height == height { narrowed.copied() } else { narrowed.down(height as usize) };
    ImageBuffer::from_raw(width, height, bytes).expect("as many bytes as the pixels have")
}

/// Rows of pixels somewhere in memory.
struct Plane<'a> {
    /// From the first pixel of the first row on.
    bytes: &'a [u8],
    /// Bytes of a pixel: three colours, or three and their opacity.
    channels: usize,
    /// Bytes from one row to the next.
    stride: usize,
    width: usize,
    height: usize,
}

impl<'a> Plane<'a> {
    fn of<P: Pixel<Subpixel = u8>>(image: &'a ImageBuffer<P, Vec<u8>>, region: Region) -> Self {
        let channels = usize::from(P::CHANNEL_COUNT);
        let stride = image.width() as usize * channels;
        let start = region.y as usize * stride + region.x as usize * channels;
        let (width, height) = (region.width as usize, region.height as usize);
        Self { bytes: &image.as_raw()[start..], channels, stride, width, height }
    }

    /// Rows that follow each other.
    fn packed(bytes: &'a [u8], channels: usize, width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { bytes, channels, stride: width * channels, width, height }
    }

    fn row(&self, at: usize) -> &'a [u8] {
        &self.bytes[at * self.stride..][..self.width * self.channels]
    }

    fn copied(&self) -> Vec<u8> {
        (0..self.height).flat_map(|at| self.row(at)).copied().collect()
    }

    /// The rows with another number of pixels.
    fn across(&self, width: usize) -> Vec<u8> {
        let taps = taps(self.width, width);
        if self.channels == 3 {
            return self.across_opaque(&taps);
        }
        let mut out = Vec::with_capacity(self.height * width * self.channels);
        for at in 0..self.height {
            let row = self.row(at);
            for taps in &taps {
                let pixels = &row[taps.first * self.channels..][..taps.weights.len() * self.channels];
                out.extend_from_slice(&translucent(pixels.chunks_exact(4), taps));
            }
        }
        out
    }

    /// Several rows at once, since their sums do not wait for each other; every byte becomes a number only once. A sum has
    /// a lane beside the three colours, of the next pixel, because four lanes are added as fast.
    fn across_opaque(&self, taps: &[Taps]) -> Vec<u8> {
        const ROWS: usize = 3;
        let width = taps.len();
        let mut out = vec![0; self.height * width * 3];
        let mut numbers: [Vec<f64>; ROWS] = std::array::from_fn(|_| vec![0.0; self.width * 3 + 1]);
        for first in (0..self.height).step_by(ROWS) {
            let rows = ROWS.min(self.height - first);
            for (row, numbers) in numbers[..rows].iter_mut().enumerate() {
                let bytes = self.row(first + row);
                numbers.iter_mut().zip(bytes).for_each(|(number, byte)| *number = f64::from(*byte));
            }
            for (at, taps) in taps.iter().enumerate() {
                let mut sums = [[0.0; 4]; ROWS];
                let pixels = numbers.each_ref().map(|row| &row[taps.first * 3..][..taps.opaque.len() * 3 + 1]);
                for (tap, weight) in taps.opaque.iter().enumerate() {
                    for (sums, pixels) in sums.iter_mut().zip(&pixels) {
                        let pixel = &pixels[tap * 3..][..4];
                        sums.iter_mut().zip(pixel).for_each(|(sum, number)| *sum += number * weight);
                    }
                }
                for (row, sums) in sums[..rows].iter().enumerate() {
                    let pixel = &mut out[((first + row) * width + at) * 3..][..3];
                    pixel.iter_mut().zip(sums).for_each(|(byte, sum)| *byte = rounded(sum * taps.inverse));
                }
            }
        }
        out
    }

    /// As many pixels in another number of rows.
    fn down(&self, height: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(height * self.width * self.channels);
        let mut sums = vec![0.0; self.width * self.channels];
        for taps in taps(self.height, height) {
            if self.channels == 3 {
                // Row by row, so that memory is walked in order.
                sums.fill(0.0);
                for (at, weight) in taps.opaque.iter().enumerate() {
                    let row = self.row(taps.first + at);
                    sums.iter_mut().zip(row).for_each(|(sum, byte)| *sum += f64::from(*byte) * weight);
                }
                out.extend(sums.iter().map(|sum| rounded(sum * taps.inverse)));
                continue;
            }
            for x in 0..self.width {
                let pixel = |at: usize| &self.row(taps.first + at)[x * 4..][..4];
                out.extend_from_slice(&translucent((0..taps.weights.len()).map(pixel), &taps));
            }
        }
        out
    }
}

/// Colours count by their opacity; what is fully transparent has none.
fn translucent<'p>(pixels: impl Iterator<Item = &'p [u8]>, taps: &Taps) -> [u8; 4] {
    let (mut colours, mut alpha) = ([0.0; 3], 0.0);
    for (pixel, weight) in pixels.zip(&taps.weights) {
        let opacity = f64::from(pixel[3]) * weight;
        colours.iter_mut().zip(pixel).for_each(|(sum, byte)| *sum += f64::from(*byte) * opacity);
        alpha += opacity;
    }
    if alpha == 0.0 {
        return [0; 4];
    }
    let inverse = 1.0 / alpha;
    let [red, green, blue] = colours.map(|sum| rounded(sum * inverse));
    [red, green, blue, rounded(alpha)]
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
            let opaque: Vec<f64> = weights.iter().map(|weight| 255.0 * weight).collect();
            let inverse = 1.0 / opaque.iter().fold(0.0, |sum, weight| sum + weight);
            Taps { first: first + skipped, weights, opaque, inverse }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage, RgbaImage};

    fn whole(width: u32, height: u32) -> Region {
        Region { x: 0, y: 0, width, height }
    }

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
        assert_eq!(resize(&image, whole(2, 1), 1, 1).get_pixel(0, 0).0, [200, 100, 50, 128]);
    }

    #[test]
    fn opaque_images_are_scaled_alike_with_and_without_opacity() {
        let image = RgbImage::from_fn(97, 61, |x, y| image::Rgb([(x * 7) as u8, (y * 11) as u8, (x * y) as u8]));
        let region = Region { x: 5, y: 3, width: 80, height: 50 };
        let with_opacity = DynamicImage::ImageRgb8(image.clone()).into_rgba8();
        for (width, height) in [(40, 25), (33, 50), (80, 17), (160, 90), (80, 50), (1, 1)] {
            let three = DynamicImage::ImageRgb8(resize(&image, region, width, height)).into_rgba8();
            assert_eq!(three, resize(&with_opacity, region, width, height), "{width}x{height}");
        }
    }
}
