//! Whether an image has its end. Decoders make a picture of what is there of one that has not; PocketBase makes none.

use image::ImageFormat;

/// Whether nothing of the content is missing, as far as its structure tells.
pub fn is_whole(content: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Png => png_has_end(content),
        ImageFormat::Jpeg => jpeg_has_end(content).is_some(),
        ImageFormat::Gif => gif_has_image(content).is_some(),
        ImageFormat::WebP => {
            let size = content.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
            size.is_some_and(|size| content.len() as u64 >= u64::from(size) + 8)
        }
        _ => true,
    }
}

fn png_has_end(content: &[u8]) -> bool {
    const END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";
    content.windows(END.len()).rev().any(|part| part == END)
}

/// From marker to marker, until the one of the end.
fn jpeg_has_end(content: &[u8]) -> Option<()> {
    const END: u8 = 0xd9;
    let mut at = 2;
    loop {
        // In the data of a picture 0 follows a byte that is no marker, and marks of restarts belong to it.
        let marker = loop {
            at += content.get(at..)?.iter().position(|byte| *byte == 0xff)? + 1;
            match *content.get(at)? {
                0 | 1 | 0xd0..=0xd8 | 0xff => {}
                marker => break marker,
            }
        };
        if marker == END {
            return Some(());
        }
        let length = content.get(at + 1..at + 3)?.try_into().map(u16::from_be_bytes).ok()?;
        at += 1 + usize::from(length);
    }
}

/// From block to block, to the end of the first picture: a thumb shows no other.
fn gif_has_image(content: &[u8]) -> Option<()> {
    const EXTENSION: u8 = 0x21;
    const PICTURE: u8 = 0x2c;
    let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours(*content.get(10)?);
    loop {
        let kind = *content.get(at)?;
        at += match kind {
            EXTENSION => 2,
            PICTURE => 11 + colours(*content.get(at + 9)?),
            _ => return None,
        };
        loop {
            let length = usize::from(*content.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
        if kind == PICTURE {
            return Some(());
        }
    }
}
