//! Conditional requests and ranges of a content (RFC 9110), streamed from a file.

use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::time::SystemTime;

/// Bytes that are read in one go.
const CHUNK: u64 = 256 << 10;
/// Ranges of one request beyond which the whole content is sent.
const MAX_RANGES: usize = 16;

/// A content to be served.
pub struct Content<'a> {
    pub file: File,
    pub size: u64,
    pub modified: SystemTime,
    pub content_type: &'a str,
}

/// The answer to a GET or HEAD; headers of other rooms are added by the caller.
pub fn serve(content: Content<'_>, method: &Method, request: &HeaderMap) -> Response<HttpBody> {
    let modified: DateTime<Utc> = content.modified.into();
    let mut response = match precondition(request, modified) {
        Some(status) => {
            let mut response = with_status(status, HttpBody::empty());
            if status == StatusCode::PRECONDITION_FAILED {
                insert(&mut response, header::CONTENT_TYPE, content.content_type);
            }
            response
        }
        None => ranged(content, method, request, modified),
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

fn ranged(content: Content<'_>, method: &Method, request: &HeaderMap, modified: DateTime<Utc>) -> Response<HttpBody> {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let fresh = text(header::IF_RANGE).is_none_or(|date| http_date(date) == Some(seconds(modified)));
    let wanted = text(header::RANGE).filter(|_| fresh);
    let ranges = match wanted.map(|text| parse(text, content.size)) {
        None | Some(Ok(None)) => None,
        Some(Ok(Some(ranges))) => Some(ranges),
        Some(Err(unsatisfiable)) => return unsatisfiable_answer(&unsatisfiable, content.size),
    };
    let body = |file, range: Range<u64>| if method == Method::HEAD { HttpBody::empty() } else { stream(file, range) };
    let Content { file, size, content_type, .. } = content;
    match ranges.as_deref() {
        None => {
            let mut response = with_status(StatusCode::OK, body(file, 0..size));
            describe(&mut response, content_type, size);
            response
        }
        Some([range]) => {
            let mut response = with_status(StatusCode::PARTIAL_CONTENT, body(file, range.clone()));
            describe(&mut response, content_type, range.end - range.start);
            insert(&mut response, header::CONTENT_RANGE, &content_range(range, size));
            response
        }
        Some(ranges) => several(file, method, ranges, size, content_type),
    }
}

/// `multipart/byteranges`.
fn several(file: File, method: &Method, ranges: &[Range<u64>], size: u64, content_type: &str) -> Response<HttpBody> {
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
    let body = if method == Method::HEAD { HttpBody::empty() } else { stream_pieces(file, pieces) };
    let mut response = with_status(StatusCode::PARTIAL_CONTENT, body);
    describe(&mut response, &format!("multipart/byteranges; boundary={boundary}"), length);
    response
}

enum Piece {
    Text(Bytes),
    Part(Range<u64>),
}

fn stream(file: File, range: Range<u64>) -> HttpBody {
    stream_pieces(file, vec![Piece::Part(range)])
}

/// Reads chunk by chunk, as the client takes them.
fn stream_pieces(file: File, pieces: Vec<Piece>) -> HttpBody {
    let start = (Some(file), pieces.into_iter().collect::<std::collections::VecDeque<_>>());
    let chunks = futures_util::stream::try_unfold(start, |(mut file, mut pieces)| async move {
        loop {
            let range = match pieces.pop_front() {
                None => return Ok(None),
                Some(Piece::Text(text)) => return Ok(Some((text, (file, pieces)))),
                Some(Piece::Part(range)) if range.is_empty() => continue,
                Some(Piece::Part(range)) => range,
            };
            let Some(mut source) = file.take() else { return Ok(None) };
            let (start, end) = (range.start, range.end.min(range.start + CHUNK));
            let read = tokio::task::spawn_blocking(move || {
                let mut chunk = vec![0; usize::try_from(end - start).unwrap_or(0)];
                source.seek(SeekFrom::Start(start))?;
                source.read_exact(&mut chunk)?;
                Ok::<_, std::io::Error>((source, chunk))
            });
            let (source, chunk) = read.await.map_err(std::io::Error::other)??;
            pieces.push_front(Piece::Part(end..range.end));
            return Ok::<_, std::io::Error>(Some((Bytes::from(chunk), (Some(source), pieces))));
        }
    });
    HttpBody::from_stream(chunks)
}

/// The ranges of a header, `None` for one that is to be ignored.
fn parse(text: &str, size: u64) -> Result<Option<Vec<Range<u64>>>, Unsatisfiable> {
    let Some(list) = text.strip_prefix("bytes=") else { return Err(Unsatisfiable::Invalid) };
    let mut ranges = Vec::new();
    let mut overlaps_nothing = false;
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').ok_or(Unsatisfiable::Invalid)?;
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| Unsatisfiable::Invalid);
        let range = match (first.trim(), last.trim()) {
            ("", last) => size.saturating_sub(number(last)?)..size,
            (first, "") => number(first)?..size,
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if first > last {
                    return Err(Unsatisfiable::Invalid);
                }
                first..last.saturating_add(1).min(size)
            }
        };
        if range.start >= size && size > 0 {
            overlaps_nothing = true;
            continue;
        }
        ranges.push(range);
    }
    if ranges.is_empty() {
        return if overlaps_nothing { Err(Unsatisfiable::NoOverlap) } else { Ok(None) };
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
    format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))
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

fn http_date(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text).ok().map(|moment| moment.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(ranges("bytes=100-"), Err(Unsatisfiable::NoOverlap));
        for text in ["bytes=9-0", "bytes=a-b", "lines=0-1", "bytes=5", "bytes=--5"] {
            assert_eq!(ranges(text), Err(Unsatisfiable::Invalid), "{text}");
        }
        // Everything twice is sent once, and whole.
        assert_eq!(ranges("bytes=0-,0-"), Ok(vec![]));
    }
}
