//! Scaling of 8-bit images with a triangle of weights, as PocketBase scales its thumbs: what is seen of a colour differs by
//! two levels of 255 at most.

use fast_image_resize::images::{CroppedImage, Image, ImageRef};
use fast_image_resize::{FilterType, IntoImageView, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{ImageBuffer, Pixel};

/// A rectangle of an image, in pixels. It lies inside the image and is not empty.
#[derive(Clone, Copy)]
pub struct Region {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Scales a part of an image of three colours, or of three and their opacity, to exactly this size.
pub fn resize<P>(image: &ImageBuffer<P, Vec<u8>>, part: Region, width: u32, height: u32) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8>,
{
    let source = source(image);
    // What lies around the part lends it no colour.
    let source = CroppedImage::new(&source, part.x, part.y, part.width, part.height).expect("a part of the image");
    convolve(&source, ResizeOptions::new(), width, height)
}

/// A part of what an image would be in another size, without making the rest of that.
pub fn resize_part<P>(image: &ImageBuffer<P, Vec<u8>>, width: u32, height: u32, part: Region) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8>,
{
    // Beginning and length of the part along a side of the image, of which rounding must not lead out.
    let along = |side: u32, scaled: u32, start: u32, length: u32| {
        let (side, scale) = (f64::from(side), f64::from(side) / f64::from(scaled));
        let start = f64::from(start) * scale;
        (start, (f64::from(length) * scale).min(side - start))
    };
    let (left, across) = along(image.width(), width, part.x, part.width);
    let (top, down) = along(image.height(), height, part.y, part.height);
    convolve(&source(image), ResizeOptions::new().crop(left, top, across, down), part.width, part.height)
}

fn source<P: Pixel<Subpixel = u8>>(image: &ImageBuffer<P, Vec<u8>>) -> ImageRef<'_> {
    ImageRef::new(image.width(), image.height(), image.as_raw(), kind::<P>()).expect("a buffer of this size")
}

fn kind<P: Pixel>() -> PixelType {
    if P::CHANNEL_COUNT == 4 { PixelType::U8x4 } else { PixelType::U8x3 }
}

fn convolve<P>(source: &impl IntoImageView, options: ResizeOptions, width: u32, height: u32) -> ImageBuffer<P, Vec<u8>>
where
    P: Pixel<Subpixel = u8>,
{
    let mut scaled = ImageBuffer::new(width, height);
    let mut target = Image::from_slice_u8(width, height, &mut scaled, kind::<P>()).expect("a buffer of this size");
    let options = options.resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(source, &mut target, &options).expect("two images of one kind");
    scaled
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage, RgbaImage};

    #[test]
    fn transparent_pixels_lend_no_colour() {
        let mut image = RgbaImage::from_pixel(2, 1, image::Rgba([200, 100, 50, 255]));
        image.put_pixel(1, 0, image::Rgba([0, 255, 0, 0]));
        let scaled = resize(&image, Region { x: 0, y: 0, width: 2, height: 1 }, 1, 1);
        for (level, expected) in scaled.get_pixel(0, 0).0.into_iter().zip([200, 100, 50, 128]) {
            assert!(u8::abs_diff(level, expected) <= 2, "{scaled:?}");
        }
    }

    #[test]
    fn what_lies_around_a_part_lends_it_no_colour() {
        let mut image = RgbImage::from_pixel(90, 60, image::Rgb([255, 0, 0]));
        let part = Region { x: 30, y: 20, width: 30, height: 20 };
        for (x, y) in (30..60).flat_map(|x| (20..40).map(move |y| (x, y))) {
            image.put_pixel(x, y, image::Rgb([0, 0, 255]));
        }
        for (width, height) in [(30, 20), (7, 5), (60, 50), (1, 1)] {
            let scaled = resize(&image, part, width, height);
            assert!(scaled.pixels().all(|pixel| pixel.0 == [0, 0, 255]), "{width}x{height}");
        }
    }

    #[test]
    fn a_part_is_what_it_is_in_the_whole() {
        let image = RgbImage::from_fn(97, 61, |x, y| image::Rgb([(x * 7) as u8, (y * 11) as u8, (x * y) as u8]));
        let whole = Region { x: 0, y: 0, width: 97, height: 61 };
        for (width, height, x, y) in [(200, 90, 71, 13), (40, 25, 9, 3), (97, 61, 0, 0), (33, 300, 3, 270)] {
            let part = Region { x, y, width: 30, height: 22 };
            let scaled = resize(&image, whole, width, height);
            for (x, y, pixel) in resize_part(&image, width, height, part).enumerate_pixels() {
                for (level, expected) in pixel.0.into_iter().zip(scaled.get_pixel(part.x + x, part.y + y).0) {
                    assert!(u8::abs_diff(level, expected) <= 1, "{width}x{height}");
                }
            }
        }
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
