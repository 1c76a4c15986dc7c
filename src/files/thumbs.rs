//! Small versions of images (spec 04 §6.4): `100x100`, `100x100t`, `100x100b`, `100x100f`, `0x100`, `100x0`.

use super::resize::{Region, resize, resize_part};
use super::whole::is_whole;
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ExtendedColorType, ImageBuffer, ImageDecoder, ImageFormat, ImageReader, Pixel};
use std::io::Cursor;

type Image<P> = ImageBuffer<P, Vec<u8>>;

/// Content types of images that have thumbs.
const TYPES: [&str; 5] = ["image/png", "image/jpg", "image/jpeg", "image/gif", "image/webp"];
/// Bytes of memory for one image that is worked on; one that takes more is served as it is.
pub const MAX_MEMORY: u64 = 512_000_000;
const QUALITY: u8 = 95;
/// The longest side that a thumb can have: what all its formats can hold.
const MAX_SIDE: u32 = 65_535;

/// A size as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThumbSize {
    width: u32,
    height: u32,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Centre,
    Top,
    Bottom,
    Fit,
}

#[derive(Debug, thiserror::Error)]
pub enum ThumbError {
    #[error("the original image is too large ({0}x{1})")]
    TooLarge(u32, u32),
    #[error("a thumb cannot be as large as {0}x{1}")]
    TooLargeThumb(u32, u32),
    #[error("the end of the image is missing")]
    Cut,
    #[error("{0}")]
    Image(#[from] image::ImageError),
}

/// Whether files of the type have thumbs.
pub fn has_thumbs(content_type: &str) -> bool {
    TYPES.contains(&content_type)
}

/// Bytes of memory that an image takes while it is worked on, by its header alone.
///
/// # Errors
/// It is no image that can be read, or too large.
pub fn memory(content: &[u8]) -> Result<u64, ThumbError> {
    let mut decoder = reader(content)?.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let copied = match decoder.color_type() {
        ColorType::Rgb8 | ColorType::Rgba8 => 0,
        colour if colour.has_alpha() => pixels * 4,
        _ => pixels * 3,
    };
    let decoded = decoder.total_bytes();
    // Lying on its side it is copied too, but before the colours are.
    let turned = match decoder.orientation()? {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            decoded
        }
        _ => 0,
    };
    match decoded.saturating_add(copied.max(turned)) {
        memory @ 0..=MAX_MEMORY => Ok(memory),
        _ => Err(ThumbError::TooLarge(width, height)),
    }
}

impl ThumbSize {
    /// `None` for a text of another form.
    pub fn parse(text: &str) -> Option<Self> {
        let (sides, mode) = match text.as_bytes().last()? {
            b't' => (&text[..text.len() - 1], Mode::Top),
            b'b' => (&text[..text.len() - 1], Mode::Bottom),
            b'f' => (&text[..text.len() - 1], Mode::Fit),
            _ => (text, Mode::Centre),
        };
        let (width, height) = sides.split_once('x')?;
        let side = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let (width, height) = (side(width)?, side(height)?);
        (width > 0 || height > 0).then_some(Self { width, height, mode })
    }

    /// The thumb of an image and its content type.
    ///
    /// # Errors
    /// The image cannot be read or is too large.
    pub fn of(self, content: &[u8]) -> Result<(Vec<u8>, &'static str), ThumbError> {
        memory(content)?;
        let format = reader(content)?.format();
        if !format.is_none_or(|format| is_whole(content, format)) {
            return Err(ThumbError::Cut);
        }
        let mut decoder = reader(content)?.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut decoded = DynamicImage::from_decoder(decoder)?;
        decoded.apply_orientation(orientation);
        // Without opacity there is a quarter less to do.
        let thumb = if decoded.color().has_alpha() {
            DynamicImage::ImageRgba8(self.scaled(decoded.into_rgba8())?)
        } else {
            DynamicImage::ImageRgb8(self.scaled(decoded.into_rgb8())?)
        };
        let mut out = Cursor::new(Vec::new());
        let content_type = match format {
            Some(ImageFormat::Jpeg) => {
                thumb.into_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))?;
                "image/jpeg"
            }
            Some(ImageFormat::Gif) => {
                let image = thumb.into_rgba8();
                let (width, height) = image.dimensions();
                GifEncoder::new(&mut out).encode(&image, width, height, ExtendedColorType::Rgba8)?;
                "image/gif"
            }
            _ => {
                // Made once and sent often: the fastest compression would make it many times as large.
                let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive);
                thumb.write_with_encoder(encoder)?;
                "image/png"
            }
        };
        Ok((out.into_inner(), content_type))
    }

    fn scaled<P: Pixel<Subpixel = u8>>(self, image: Image<P>) -> Result<Image<P>, ThumbError> {
        let (width, height) = image.dimensions();
        let size = f64::from(width) / f64::from(height);
        let (to_width, to_height) = match (self.width, self.height, self.mode) {
            (0, to_height, _) => (rounded(f64::from(to_height) * size), to_height),
            (to_width, 0, _) => (to_width, rounded(f64::from(to_width) / size)),
            (to_width, to_height, Mode::Fit) => {
                if width <= to_width && height <= to_height {
                    return Ok(image);
                }
                if size > f64::from(to_width) / f64::from(to_height) {
                    (to_width, ((f64::from(to_width) / size) as u32).max(1))
                } else {
                    (((f64::from(to_height) * size) as u32).max(1), to_height)
                }
            }
            (to_width, to_height, _) => return self.covering(image, to_width, to_height),
        };
        bounded(to_width, to_height)?;
        Ok(resize(&image, Region { x: 0, y: 0, width, height }, to_width, to_height))
    }

    /// Fills the whole box; what is over is cut off.
    fn covering<P>(self, image: Image<P>, to_width: u32, to_height: u32) -> Result<Image<P>, ThumbError>
    where
        P: Pixel<Subpixel = u8>,
    {
        let (width, height) = image.dimensions();
        if (width, height) == (to_width, to_height) {
            return Ok(image);
        }
        bounded(to_width, to_height)?;
        let (size, to_size) = (f64::from(width) / f64::from(height), f64::from(to_width) / f64::from(to_height));
        if width >= 100 && height >= 100 {
            let (cut_width, cut_height) = if size < to_size {
                (width, ((f64::from(width) * f64::from(to_height) / f64::from(to_width)).max(1.0) + 0.5) as u32)
            } else {
                (((f64::from(height) * f64::from(to_width) / f64::from(to_height)).max(1.0) + 0.5) as u32, height)
            };
            return Ok(resize(&image, self.part(width, height, cut_width, cut_height), to_width, to_height));
        }
        let (over_width, over_height) = if size < to_size {
            (to_width, rounded(f64::from(to_width) / size))
        } else {
            (rounded(f64::from(to_height) * size), to_height)
        };
        let part = self.part(over_width, over_height, to_width, to_height);
        // The whole of it may be far larger than the box: what is cut off is not made.
        Ok(resize_part(&image, over_width, over_height, part))
    }

    /// What is kept of an image where less of it is wanted.
    fn part(self, width: u32, height: u32, wanted_width: u32, wanted_height: u32) -> Region {
        let (kept_width, kept_height) = (wanted_width.min(width), wanted_height.min(height));
        let over = height - kept_height;
        let y = match self.mode {
            Mode::Top => 0,
            Mode::Bottom => over,
            Mode::Centre | Mode::Fit => over / 2,
        };
        Region { x: (width - kept_width) / 2, y, width: kept_width, height: kept_height }
    }
}

fn reader(content: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, ThumbError> {
    let mut reader = ImageReader::new(Cursor::new(content)).with_guessed_format().map_err(image::ImageError::from)?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_MEMORY * 2);
    reader.limits(limits);
    Ok(reader)
}

/// Half up, and at least one pixel.
fn rounded(side: f64) -> u32 {
    ((side + 0.5).floor() as u32).max(1)
}

fn bounded(width: u32, height: u32) -> Result<(), ThumbError> {
    let fits = width <= MAX_SIDE && height <= MAX_SIDE && u64::from(width) * u64::from(height) <= MAX_MEMORY / 4;
    if fits { Ok(()) } else { Err(ThumbError::TooLargeThumb(width, height)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbaImage;
    use proptest::prelude::*;

    /// A smooth image: red from left to right, green from top to bottom.
    fn gradient(width: u32, height: u32) -> RgbaImage {
        RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba([(x * 255 / width) as u8, (y * 255 / height) as u8, 0, 255])
        })
    }

    fn scaled(size: &str, image: RgbaImage) -> RgbaImage {
        ThumbSize::parse(size).expect("a size").scaled(image).expect("a thumb")
    }

    #[test]
    fn memory_is_that_of_all_copies() {
        let encoded = |image: DynamicImage| {
            let mut out = Cursor::new(Vec::new());
            image.write_to(&mut out, ImageFormat::Png).unwrap();
            memory(&out.into_inner()).unwrap()
        };
        assert_eq!(encoded(DynamicImage::new_rgba8(10, 20)), 200 * 4);
        assert_eq!(encoded(DynamicImage::new_rgb8(10, 20)), 200 * 3);
        assert_eq!(encoded(DynamicImage::new_rgba16(10, 20)), 200 * (8 + 4));
        assert_eq!(encoded(DynamicImage::new_luma8(10, 20)), 200 * (1 + 3));
    }

    #[test]
    fn sizes_are_those_of_pocketbase() {
        let expected = [
            ("60x30f", (40, 30)),
            ("30x60f", (30, 22)),
            ("60x0", (60, 45)),
            ("400x400", (400, 400)),
            ("400x400f", (200, 150)),
            ("400x0", (400, 300)),
            ("1x0", (1, 1)),
        ];
        for (size, dimensions) in expected {
            assert_eq!(scaled(size, gradient(200, 150)).dimensions(), dimensions, "{size}");
        }
        assert_eq!(scaled("60x30f", gradient(50, 40)).dimensions(), (37, 30));
    }

    #[test]
    fn corners_are_those_of_pocketbase() {
        let expected =
            [("60x30", [2, 45], [251, 208]), ("60x30t", [2, 2], [251, 165]), ("60x30b", [2, 87], [251, 250])];
        for (size, first, last) in expected {
            let thumb = scaled(size, gradient(200, 150));
            assert_eq!(thumb.get_pixel(0, 0).0[..2], first, "{size}");
            assert_eq!(thumb.get_pixel(59, 29).0[..2], last, "{size}");
        }
    }

    #[test]
    fn other_texts_are_no_sizes() {
        for text in ["", "x", "0x0", "0x0t", "1x", "x1", "-1x1", "+1x1", "1x1x", "1x1c", "99999999999x1", "ü"] {
            assert_eq!(ThumbSize::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_sides_of_narrow_images_are_cut_off_without_being_made() {
        for (width, height) in [(30_000, 2), (2, 30_000)] {
            let thumb = scaled("100x100", gradient(width, height));
            assert_eq!(thumb.dimensions(), (100, 100));
            let [red, green, ..] = thumb.get_pixel(50, 50).0;
            assert!(red.abs_diff(127) < 70 && green.abs_diff(127) < 70, "{red} {green}");
        }
    }

    #[test]
    fn images_without_their_end_have_no_thumb() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let mut whole = Cursor::new(Vec::new());
            DynamicImage::ImageRgba8(gradient(50, 40)).into_rgb8().write_to(&mut whole, format).unwrap();
            let whole = whole.into_inner();
            let size = ThumbSize::parse("10x10").unwrap();
            assert!(size.of(&whole).is_ok(), "{format:?}");
            assert!(size.of(&[&whole, &b"more"[..]].concat()).is_ok(), "{format:?}");
            for missing in [2, 10, whole.len() / 2] {
                assert!(size.of(&whole[..whole.len() - missing]).is_err(), "{format:?} {missing}");
            }
        }
    }

    #[test]
    fn bombs_are_refused_by_their_header() {
        // A PNG that says it is 60,000 pixels wide and high.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec();
        let checksum = crc32fast::hash(&bomb[12..29]);
        bomb.extend_from_slice(&checksum.to_be_bytes());
        assert!(ThumbSize::parse("10x10").unwrap().of(&bomb).is_err());
        let enlarged = ThumbSize::parse("60000x0").unwrap().scaled(gradient(10, 10));
        assert!(matches!(enlarged, Err(ThumbError::TooLargeThumb(..))));
    }

    proptest! {
        #[test]
        fn any_text_is_a_size_or_none(text in any::<String>()) {
            let _ = ThumbSize::parse(&text);
        }

        #[test]
        fn any_bytes_are_an_image_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ThumbSize::parse("10x10").unwrap().of(&bytes);
        }
    }
}
