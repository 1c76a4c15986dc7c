//! Scaling of 8-bit images with a triangle of weights, as PocketBase scales its thumbs: what is seen of a colour differs by
//! two levels of 255 at most.

use fast_image_resize::images::{CroppedImage, Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
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
    let mut scaled = ImageBuffer::new(width, height);
    let kind = if P::CHANNEL_COUNT == 4 { PixelType::U8x4 } else { PixelType::U8x3 };
    let source = ImageRef::new(image.width(), image.height(), image.as_raw(), kind).expect("a buffer of this size");
    // What lies around the part lends it no colour.
    let source = CroppedImage::new(&source, part.x, part.y, part.width, part.height).expect("a part of the image");
    let mut target = Image::from_slice_u8(width, height, &mut scaled, kind).expect("a buffer of this size");
    let triangle = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &triangle).expect("two images of one kind");
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
