//! Content types, found by looking at the first bytes of a content, in the names that PocketBase has for them.

/// Bytes that are looked at.
const LOOKED_AT: usize = 3072;

/// A type of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    name: &'static str,
    /// Without its dot; empty where there is no usual one.
    extension: &'static str,
}

const fn kind(name: &'static str, extension: &'static str) -> Option<Kind> {
    Some(Kind { name, extension })
}

/// Other names of types, which fields may accept them by.
const ALIASES: [(&str, &[&str]); 16] = [
    ("application/gzip", &["application/x-gzip", "application/x-gunzip", "application/x-gzip-compressed"]),
    ("application/ogg", &["application/x-ogg"]),
    ("application/pdf", &["application/x-pdf"]),
    ("application/vnd.rar", &["application/x-rar-compressed", "application/x-rar"]),
    ("application/zip", &["application/x-zip", "application/x-zip-compressed"]),
    ("audio/aiff", &["audio/x-aiff"]),
    ("audio/midi", &["audio/mid", "audio/sp-midi", "audio/x-mid", "audio/x-midi"]),
    ("audio/mpeg", &["audio/x-mpeg", "audio/mp3"]),
    ("audio/wav", &["audio/x-wav", "audio/vnd.wave", "audio/wave"]),
    ("image/apng", &["image/vnd.mozilla.apng"]),
    ("image/bmp", &["image/x-bmp", "image/x-ms-bmp"]),
    ("text/rtf", &["application/rtf"]),
    ("text/xml", &["application/xml"]),
    ("video/3gpp", &["video/3gp", "audio/3gpp"]),
    ("video/matroska", &["video/x-matroska"]),
    ("video/x-msvideo", &["video/avi", "video/msvideo"]),
];

/// The content type of a content by its first bytes, without parameters.
pub fn sniff(head: &[u8]) -> &'static str {
    detect(head).name
}

/// Whether a content is of a type, by any of its names.
pub fn is(head: &[u8], content_type: &str) -> bool {
    let wanted = content_type.split(';').next().unwrap_or_default().trim();
    let name = sniff(head);
    name == wanted || ALIASES.iter().any(|(known, others)| *known == name && others.contains(&wanted))
}

/// The content type as a header shows it: plain texts and markup say their character set.
pub fn header(head: &[u8]) -> String {
    match sniff(head) {
        // As PocketBase says it.
        text if head.is_empty() => text.to_owned(),
        text @ ("text/plain" | "text/html" | "text/xml") => match charset(head) {
            Some(charset) => format!("{text}; charset={charset}"),
            None => text.to_owned(),
        },
        other => other.to_owned(),
    }
}

/// The usual extension of a sniffed type, with its dot.
pub fn extension(head: &[u8]) -> String {
    match detect(head).extension {
        "" => String::new(),
        extension => format!(".{extension}"),
    }
}

fn detect(head: &[u8]) -> Kind {
    let binary = by_signature(head).or_else(|| infer::get(head).and_then(renamed));
    let text = || is_text(head).then(|| text_kind(head));
    binary.or_else(text).unwrap_or(Kind { name: "application/octet-stream", extension: "" })
}

/// Signatures that the table which is asked otherwise does not know, or knows by other names.
fn by_signature(head: &[u8]) -> Option<Kind> {
    let at = |from: usize, part: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(part));
    let within = |part: &[u8]| head[..head.len().min(LOOKED_AT)].windows(part.len()).any(|piece| piece == part);
    match head.get(..4)? {
        b"\x89PNG" if at(37, b"acTL") => kind("image/apng", "apng"),
        [0, 0, 1 | 2, 0] => kind("image/x-icon", "ico"),
        // A frame without tags before it.
        [0xff, 0xf2 | 0xf3 | 0xfa | 0xfb | 0xfd | 0xe2 | 0xe3, ..] => kind("audio/mpeg", "mp3"),
        b".snd" => kind("audio/basic", "au"),
        b"glTF" => kind("model/gltf-binary", "glb"),
        b"PAR1" => kind("application/vnd.apache.parquet", "parquet"),
        b"wOFF" => kind("font/woff", "woff"),
        b"wOF2" => kind("font/woff2", "woff2"),
        b"OTTO" => kind("font/otf", "otf"),
        b"FORM" if at(8, b"AIFF") => kind("audio/aiff", "aiff"),
        b"\x30\x26\xb2\x75" => kind("video/x-ms-asf", "asf"),
        b"\x1a\x45\xdf\xa3" if within(b"matroska") => kind("video/matroska", "mkv"),
        b"OggS" => {
            let sound = [&b"\x7fFLAC"[..], b"\x01vorbis", b"OpusHead", b"Speex   "];
            let picture = [&b"\x80theora"[..], b"fishead\0", b"\x01video\0\0\0"];
            match () {
                () if sound.iter().any(|codec| at(28, codec)) => kind("audio/ogg", "oga"),
                () if picture.iter().any(|codec| at(28, codec)) => kind("video/ogg", "ogv"),
                () => kind("application/ogg", "ogg"),
            }
        }
        b"PK\x03\x04" => archived(head),
        _ if at(4, b"ftyp") => match head.get(8..12)? {
            b"heic" | b"heix" => kind("image/heic", "heic"),
            b"mif1" | b"heim" | b"heis" => kind("image/heif", "heif"),
            b"msf1" => kind("image/heif-sequence", "heif"),
            b"M4A " => kind("audio/x-m4a", "m4a"),
            b"M4B " | b"M4P " => kind("audio/mp4", "mp4"),
            [b'3', b'g', b'2', _] => kind("video/3gpp2", "3g2"),
            [b'3', b'g', _, _] => kind("video/3gpp", "3gp"),
            b"hevc" | b"hevx" => kind("image/heic-sequence", "heic"),
            b"avif" | b"avis" | b"qt  " | b"M4V " => None,
            _ => kind("video/mp4", "mp4"),
        },
        _ => None,
    }
}

/// What a zip archive is, by the names of its first entries.
fn archived(head: &[u8]) -> Option<Kind> {
    let first = head.get(30..)?;
    if first.starts_with(b"META-INF/") {
        return kind("application/java-archive", "jar");
    }
    if first.starts_with(b"AndroidManifest.xml") {
        return kind("application/vnd.android.package-archive", "apk");
    }
    let office = [&b"[Content_Types].xml"[..], b"_rels/.rels", b"docProps/", b"word/", b"xl/", b"ppt/"];
    if !office.iter().any(|name| first.starts_with(name)) {
        return None;
    }
    let holds = |folder: &[u8]| head.windows(folder.len()).any(|piece| piece == folder);
    match () {
        () if holds(b"word/") => {
            kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
        }
        () if holds(b"xl/") => kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        () if holds(b"ppt/") => {
            kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx")
        }
        () => None,
    }
}

/// What the table says, in PocketBase's words; texts are told below.
fn renamed(found: infer::Type) -> Option<Kind> {
    match found.mime_type() {
        text if text.starts_with("text/") => None,
        "application/x-x509-ca-cert" | "application/x-pem-file" => None,
        "application/rtf" => kind("text/rtf", "rtf"),
        "audio/x-wav" => kind("audio/wav", "wav"),
        "audio/x-flac" => kind("audio/flac", "flac"),
        "image/tiff" => kind("image/tiff", "tiff"),
        "video/mpeg" => kind("video/mpeg", "mpeg"),
        "application/x-executable" => kind("application/x-elf", ""),
        "application/java" => kind("application/x-java-applet", "class"),
        "application/font-sfnt" => kind("font/ttf", "ttf"),
        "application/x-ole-storage" => kind("application/x-ole-storage", ""),
        other => Some(Kind { name: other, extension: found.extension() }),
    }
}

/// Whether nothing in it says that it is no text. Not every text is UTF-8.
fn is_text(head: &[u8]) -> bool {
    let binary = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    wide(head).is_some() || !head[..head.len().min(LOOKED_AT)].iter().any(binary)
}

/// The character set of a text with two bytes a character.
fn wide(head: &[u8]) -> Option<&'static str> {
    match head {
        [0xfe, 0xff, ..] => Some("utf-16be"),
        [0xff, 0xfe, ..] => Some("utf-16le"),
        _ => None,
    }
}

/// The character set of a text, as far as its beginning tells.
fn charset(head: &[u8]) -> Option<&'static str> {
    let looked_at = &head[..head.len().min(LOOKED_AT)];
    if let Some(wide) = wide(head) {
        return Some(wide);
    }
    match std::str::from_utf8(looked_at) {
        Ok(_) => Some("utf-8"),
        // The last character may be cut off.
        Err(error) if error.error_len().is_none() && looked_at.len() < head.len() => Some("utf-8"),
        Err(_) => (!looked_at.iter().any(|byte| matches!(byte, 0x7f..=0x9f))).then_some("iso-8859-1"),
    }
}

fn text_kind(head: &[u8]) -> Kind {
    let plain = Kind { name: "text/plain", extension: "txt" };
    let cut = head.len() > LOOKED_AT;
    let text = String::from_utf8_lossy(&head[..head.len().min(LOOKED_AT)]);
    let text = text.trim_start_matches('\u{feff}');
    let start = text.trim_start();
    let found = markup(head, start)
        .or_else(|| script(text))
        .or_else(|| if start.starts_with(['{', '[']) { json(start, cut) } else { None })
        .or_else(|| if start.starts_with("{\\rtf") { kind("text/rtf", "rtf") } else { None })
        .or_else(|| subtitles(text))
        .or_else(|| calendar(text))
        .or_else(|| table(text, cut));
    found.unwrap_or(plain)
}

fn markup(head: &[u8], start: &str) -> Option<Kind> {
    let declared = start.starts_with("<?xml");
    if start.starts_with("<svg") || declared && start.contains("<svg") {
        return kind("image/svg+xml", "svg");
    }
    if start.starts_with("<?php") {
        return kind("text/x-php", "php");
    }
    if declared || infer::text::is_xml(head) {
        return match () {
            () if start.contains("<rss") => kind("application/rss+xml", "rss"),
            () if start.contains("http://www.w3.org/2005/Atom") => kind("application/atom+xml", "atom"),
            () if start.contains("http://www.opengis.net/kml/") => kind("application/vnd.google-earth.kml+xml", "kml"),
            () if start.contains("http://www.topografix.com/GPX/") => kind("application/gpx+xml", "gpx"),
            () => kind("text/xml", "xml"),
        };
    }
    if infer::text::is_html(head) { kind("text/html", "html") } else { None }
}

/// By the interpreter in its first line.
fn script(text: &str) -> Option<Kind> {
    let program = text.strip_prefix("#!")?.lines().next()?.trim();
    let named = |name: &str| {
        program.split([' ', '/']).any(|part| part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == name)
    };
    match () {
        () if named("python") => kind("text/x-python", "py"),
        () if named("node") => kind("text/javascript", "js"),
        () if named("lua") => kind("text/x-lua", "lua"),
        () if named("perl") => kind("text/x-perl", "pl"),
        () if named("ruby") => kind("text/x-ruby", "rb"),
        () if named("php") => kind("text/x-php", "php"),
        () if ["sh", "bash", "zsh", "ksh", "dash"].iter().any(|shell| named(shell)) => kind("text/x-shellscript", "sh"),
        () => None,
    }
}

fn json(start: &str, cut: bool) -> Option<Kind> {
    if !is_json(start, cut) {
        return lines_of_json(start, cut);
    }
    const GEOMETRIES: [&str; 9] = [
        "Feature",
        "FeatureCollection",
        "Point",
        "LineString",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
    ];
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(start) {
        if object.get("type").and_then(|kind| kind.as_str()).is_some_and(|kind| GEOMETRIES.contains(&kind)) {
            return kind("application/geo+json", "geojson");
        }
        if object
            .get("log")
            .is_some_and(|log| ["version", "creator", "entries"].iter().any(|key| log.get(key).is_some()))
        {
            return kind("application/json", "har");
        }
    }
    kind("application/json", "json")
}

/// Whether a text is JSON, or the beginning of it.
fn is_json(text: &str, cut: bool) -> bool {
    if !cut {
        return crate::json::is_valid(text.as_bytes());
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => true,
        Err(error) => error.is_eof(),
    }
}

fn lines_of_json(text: &str, cut: bool) -> Option<Kind> {
    let lines = whole_lines(text, cut);
    let many = lines.len() > 1 && lines.iter().all(|line| crate::json::is_valid(line.as_bytes()));
    if many { kind("application/x-ndjson", "ndjson") } else { None }
}

/// The lines with something in them; the last may be cut off.
fn whole_lines(text: &str, cut: bool) -> Vec<&str> {
    let text = if cut { text.rsplit_once('\n').map_or("", |(whole, _)| whole) } else { text };
    text.lines().filter(|line| !line.trim().is_empty()).collect()
}

fn subtitles(text: &str) -> Option<Kind> {
    if let Some(rest) = text.strip_prefix("WEBVTT")
        && rest.chars().next().is_none_or(|c| matches!(c, '\n' | '\r' | ' ' | '\t'))
    {
        return kind("text/vtt", "vtt");
    }
    let mut lines = text.lines();
    let numbered = lines.next() == Some("1") && lines.next().is_some_and(|line| line.contains(" --> "));
    if numbered && lines.next().is_some_and(|line| !line.is_empty()) {
        kind("application/x-subrip", "srt")
    } else {
        None
    }
}

fn calendar(text: &str) -> Option<Kind> {
    match text.lines().next()? {
        "BEGIN:VCALENDAR" => kind("text/calendar", "ics"),
        "BEGIN:VCARD" => kind("text/vcard", "vcf"),
        _ => None,
    }
}

/// Rows of as many cells, more than one of each.
fn table(text: &str, cut: bool) -> Option<Kind> {
    let text = if cut { text.rsplit_once('\n').map_or("", |(whole, _)| whole) } else { text };
    let is_table = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .comment(Some(b'#'))
            .has_headers(false)
            .from_reader(text.as_bytes());
        let rows: Result<Vec<_>, _> = reader.byte_records().collect();
        rows.is_ok_and(|rows| rows.len() > 1 && rows[0].len() > 1)
    };
    if is_table(b',') {
        return kind("text/csv", "csv");
    }
    if is_table(b'\t') { kind("text/tab-separated-values", "tsv") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_texts_are_told_by_their_beginning() {
        let long = |text: &str| text.repeat(8192 / text.len() + 1).into_bytes();
        // The 3072nd byte is in the middle of a character.
        assert_eq!(header(&[b"a", &long("\u{e4}")[..]].concat()), "text/plain; charset=utf-8");
        assert_eq!(sniff(&[b"[0", &long(",1")[..]].concat()), "application/json");
        assert_eq!(sniff(&[b"[0", &long(",x")[..]].concat()), "text/plain");
        assert_eq!(sniff(&[&long("a")[..], b"\xff"].concat()), "text/plain");
        assert_eq!(sniff(&long("one,two\n")), "text/csv");
        assert_eq!(header(b"abc\xe4"), "text/plain; charset=iso-8859-1");
        assert_eq!(header(b"abc\x93"), "text/plain");
        assert_eq!(sniff(b"abc\x00"), "application/octet-stream");
    }

    #[test]
    fn a_type_has_several_names() {
        let wav = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00";
        assert!(is(wav, "audio/wav") && is(wav, "audio/x-wav") && !is(wav, "audio/mpeg"));
        assert!(is(b"text", "text/plain; charset=utf-8"));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_type(bytes in prop::collection::vec(any::<u8>(), 0..80), text in "[ -~\n\t]{0,80}") {
            prop_assert!(header(&bytes).contains('/') && header(text.as_bytes()).contains('/'));
        }
    }
}
