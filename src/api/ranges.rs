//! Conditional requests and ranges of a content (RFC 9110), streamed from wherever it lies.

use crate::files::Content;
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::time::SystemTime;
use tokio::sync::mpsc::Receiver;

/// Bytes that are read in one go: few enough to stay in the processor's cache until they are sent.
const CHUNK: u64 = 64 << 10;
/// Ranges of one request beyond which the whole content is sent.
const MAX_RANGES: usize = 16;

/// A content to be served.
pub struct Served<'a> {
    pub content: Content,
    pub size: u64,
    pub modified: SystemTime,
    pub content_type: &'a str,
}

/// The answer to a GET or HEAD; headers of other rooms are added by the caller.
pub fn serve(served: Served<'_>, method: &Method, request: &HeaderMap) -> Response<HttpBody> {
    let modified: DateTime<Utc> = served.modified.into();
    let mut response = match precondition(request, modified) {
        Some(status) => {
            let mut response = with_status(status, HttpBody::empty());
            if status == StatusCode::PRECONDITION_FAILED {
                insert(&mut response, header::CONTENT_TYPE, served.content_type);
            }
            response
        }
        None => ranged(served, method, request, modified),
    };
    let moment = modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if response.status() != StatusCode::RANGE_NOT_SATISFIABLE
        && let Ok(moment) = HeaderValue::from_str(&moment)
    {
        response.headers_mut().insert(header::LAST_MODIFIED, moment);
    }
    response
}

/// 304 or 412 where the conditions of the request say so. There are no entity tags, so only `*` can match one.
fn precondition(request: &HeaderMap, modified: DateTime<Utc>) -> Option<StatusCode> {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(tags) = text(header::IF_MATCH) {
        if tags.trim() != "*" {
            return Some(StatusCode::PRECONDITION_FAILED);
        }
    } else if text(header::IF_UNMODIFIED_SINCE).and_then(http_date).is_some_and(|since| seconds(modified) > since) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    if let Some(tags) = text(header::IF_NONE_MATCH) {
        return (tags.trim() == "*").then_some(StatusCode::NOT_MODIFIED);
    }
    let since = text(header::IF_MODIFIED_SINCE).and_then(http_date)?;
    (seconds(modified) <= since).then_some(StatusCode::NOT_MODIFIED)
}

fn ranged(served: Served<'_>, method: &Method, request: &HeaderMap, modified: DateTime<Utc>) -> Response<HttpBody> {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let fresh = text(header::IF_RANGE).is_none_or(|date| http_date(date) == Some(seconds(modified)));
    let wanted = text(header::RANGE).filter(|_| fresh);
    let ranges = match wanted.map(|text| parse(text, served.size)) {
        None | Some(Ok(None)) => None,
        Some(Ok(Some(ranges))) => Some(ranges),
        Some(Err(unsatisfiable)) => return unsatisfiable_answer(&unsatisfiable, served.size),
    };
    let body = |content, range: Range<u64>| match *method {
        Method::HEAD => HttpBody::empty(),
        _ => stream(content, vec![Piece::Part(range)]),
    };
    let Served { content, size, content_type, .. } = served;
    match ranges.as_deref() {
        None => {
            let mut response = with_status(StatusCode::OK, body(content, 0..size));
            describe(&mut response, content_type, size);
            response
        }
        Some([range]) => {
            let mut response = with_status(StatusCode::PARTIAL_CONTENT, body(content, range.clone()));
            describe(&mut response, content_type, range.end - range.start);
            insert(&mut response, header::CONTENT_RANGE, &content_range(range, size));
            response
        }
        Some(ranges) => several(content, method, ranges, size, content_type),
    }
}

/// `multipart/byteranges`.
fn several(
    content: Content,
    method: &Method,
    ranges: &[Range<u64>],
    size: u64,
    content_type: &str,
) -> Response<HttpBody> {
    let boundary = format!("{:032x}", rand::random::<u128>());
    let head = |at: usize, range: &Range<u64>| {
        let lead = if at == 0 { "" } else { "\r\n" };
        let shown = content_range(range, size);
        Bytes::from(format!("{lead}--{boundary}\r\nContent-Range: {shown}\r\nContent-Type: {content_type}\r\n\r\n"))
    };
    let heads: Vec<Bytes> = ranges.iter().enumerate().map(|(at, range)| head(at, range)).collect();
    let tail = Bytes::from(format!("\r\n--{boundary}--\r\n"));
    let length = heads.iter().map(|head| head.len() as u64).sum::<u64>()
        + ranges.iter().map(|range| range.end - range.start).sum::<u64>()
        + tail.len() as u64;
    let pieces =
        heads.into_iter().zip(ranges.iter().cloned()).flat_map(|(head, range)| [Piece::Text(head), Piece::Part(range)]);
    let pieces: Vec<Piece> = pieces.chain([Piece::Text(tail)]).collect();
    let body = if method == Method::HEAD { HttpBody::empty() } else { stream(content, pieces) };
    let mut response = with_status(StatusCode::PARTIAL_CONTENT, body);
    describe(&mut response, &format!("multipart/byteranges; boundary={boundary}"), length);
    response
}

enum Piece {
    Text(Bytes),
    Part(Range<u64>),
}

/// Reads chunk by chunk, as the client takes them.
fn stream(content: Content, pieces: Vec<Piece>) -> HttpBody {
    let start = (content, None::<Part>, VecDeque::from(pieces));
    let chunks = futures_util::stream::try_unfold(start, |(content, part, mut pieces)| async move {
        let mut part = match part {
            Some(part) => part,
            None => loop {
                match pieces.pop_front() {
                    None => return Ok(None),
                    Some(Piece::Text(text)) => return Ok(Some((text, (content, None, pieces)))),
                    Some(Piece::Part(range)) if range.is_empty() => {}
                    Some(Piece::Part(range)) => break Part::of(&content, range),
                }
            },
        };
        let (chunk, rest) = match part.source {
            PartSource::Here { at } => {
                let range = at..at + part.left.min(CHUNK);
                let chunk = match content.read_cached(&range) {
                    Some(chunk) => chunk,
                    None => read_from_disk(&content, range).await?,
                };
                let at = at + chunk.len() as u64;
                (chunk, PartSource::Here { at })
            }
            PartSource::Chunks(mut chunks) => {
                let chunk = chunks.recv().await.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))?;
                (chunk, PartSource::Chunks(chunks))
            }
        };
        part = Part { source: rest, left: part.left.saturating_sub(chunk.len() as u64) };
        let part = (part.left > 0).then_some(part);
        Ok::<_, io::Error>(Some((chunk, (content, part, pieces))))
    });
    HttpBody::from_stream(chunks)
}

async fn read_from_disk(content: &Content, range: Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(range.end - range.start).unwrap_or(0);
    let mut reader = content.reader(range)?;
    let read = tokio::task::spawn_blocking(move || {
        let mut chunk = vec![0; length];
        reader.read_exact(&mut chunk)?;
        Ok(Bytes::from(chunk))
    });
    read.await.map_err(io::Error::other)?
}

/// A range that is being sent.
struct Part {
    source: PartSource,
    /// Bytes that are still to come.
    left: u64,
}

enum PartSource {
    /// The next byte of a file or of memory. Reading may wait for a disk.
    Here {
        at: u64,
    },
    Chunks(Receiver<io::Result<Bytes>>),
}

impl Part {
    fn of(content: &Content, range: Range<u64>) -> Self {
        let left = range.end.saturating_sub(range.start);
        let source = match content {
            Content::Local(_) | Content::Memory(_) => PartSource::Here { at: range.start },
            Content::Remote(remote) => PartSource::Chunks(remote.stream(range)),
        };
        Self { source, left }
    }
}

/// The ranges of a header, `None` for one that is to be ignored.
fn parse(text: &str, size: u64) -> Result<Option<Vec<Range<u64>>>, Unsatisfiable> {
    let Some(list) = text.strip_prefix("bytes=") else { return Err(Unsatisfiable::Invalid) };
    let mut ranges = Vec::new();
    let mut overlaps_nothing = false;
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').ok_or(Unsatisfiable::Invalid)?;
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| Unsatisfiable::Invalid);
        let last = last.trim();
        if first.trim().is_empty() {
            ranges.push(size.saturating_sub(number(last)?)..size);
            continue;
        }
        let first = number(first)?;
        if first >= size {
            // Whatever its end is.
            overlaps_nothing = true;
            continue;
        }
        let last = if last.is_empty() { size - 1 } else { number(last)? };
        if first > last {
            return Err(Unsatisfiable::Invalid);
        }
        ranges.push(first..last.saturating_add(1).min(size));
    }
    if ranges.is_empty() {
        // Whatever is asked of an empty content, it is sent whole.
        return if overlaps_nothing && size > 0 { Err(Unsatisfiable::NoOverlap) } else { Ok(None) };
    }
    // More than the whole is an attack or a mistake.
    let total = ranges.iter().map(|range| range.end.saturating_sub(range.start)).fold(0, u64::saturating_add);
    Ok((total <= size && ranges.len() <= MAX_RANGES).then_some(ranges))
}

#[derive(Debug, PartialEq)]
enum Unsatisfiable {
    Invalid,
    NoOverlap,
}

fn unsatisfiable_answer(reason: &Unsatisfiable, size: u64) -> Response<HttpBody> {
    let message = match reason {
        Unsatisfiable::Invalid => "invalid range\n",
        Unsatisfiable::NoOverlap => "invalid range: failed to overlap\n",
    };
    let mut response = with_status(StatusCode::RANGE_NOT_SATISFIABLE, HttpBody::from(message));
    insert(&mut response, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    if *reason == Unsatisfiable::NoOverlap {
        insert(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
    }
    response
}

fn describe(response: &mut Response<HttpBody>, content_type: &str, length: u64) {
    insert(response, header::CONTENT_TYPE, content_type);
    insert(response, header::CONTENT_LENGTH, &length.to_string());
    insert(response, header::ACCEPT_RANGES, "bytes");
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    // The last byte of nothing is -1.
    format!("bytes {}-{}/{size}", range.start, i128::from(range.end) - 1)
}

fn insert(response: &mut Response<HttpBody>, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn with_status(status: StatusCode, body: HttpBody) -> Response<HttpBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn seconds(moment: DateTime<Utc>) -> i64 {
    moment.timestamp()
}

/// One of the three forms of RFC 9110 §5.6.7, as a Unix time. Nobody needs the day of the week, so it may be a wrong one.
fn http_date(text: &str) -> Option<i64> {
    const FORMS: [&str; 3] = ["%d %b %Y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"];
    let (day, rest) = text.split_once(' ')?;
    day.trim_end_matches(',').parse::<chrono::Weekday>().ok()?;
    let moment = FORMS.iter().find_map(|form| chrono::NaiveDateTime::parse_from_str(rest, form).ok())?;
    Some(moment.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_all_three_forms_whatever_the_day_of_the_week() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Friday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Tue Nov  6 08:49:37 1994",
        ] {
            assert_eq!(http_date(text), Some(784_111_777), "{text}");
        }
        for text in ["", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994", "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, "] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_are_read_as_browsers_write_them() {
        let pairs = |ranges: Vec<Range<u64>>| ranges.iter().map(|range| (range.start, range.end)).collect::<Vec<_>>();
        let ranges = |text: &str| parse(text, 100).map(|ranges| pairs(ranges.unwrap_or_default()));
        assert_eq!(ranges("bytes=0-9"), Ok(vec![(0, 10)]));
        assert_eq!(ranges("bytes=90-"), Ok(vec![(90, 100)]));
        assert_eq!(ranges("bytes=-5"), Ok(vec![(95, 100)]));
        assert_eq!(ranges("bytes=-500"), Ok(vec![(0, 100)]));
        assert_eq!(ranges("bytes=0-1000"), Ok(vec![(0, 100)]));
        assert_eq!(ranges("bytes=0-0, 5-6,200-"), Ok(vec![(0, 1), (5, 7)]));
        assert_eq!(ranges("bytes="), Ok(vec![]));
        for text in ["bytes=100-", "bytes=100-5", "bytes=200-x"] {
            assert_eq!(ranges(text), Err(Unsatisfiable::NoOverlap), "{text}");
        }
        for text in ["bytes=9-0", "bytes=a-b", "lines=0-1", "bytes=5", "bytes=--5"] {
            assert_eq!(ranges(text), Err(Unsatisfiable::Invalid), "{text}");
        }
        // Everything twice is sent once, and whole.
        assert_eq!(ranges("bytes=0-,0-"), Ok(vec![]));
    }
}
