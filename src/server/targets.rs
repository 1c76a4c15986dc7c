//! Request targets as people type them. `curl 'http://…?filter=(title="x")'` sends the quotes as they are, which is no URI,
//! and the parser of requests would refuse it before anybody could say why. It also ends the connection over a target that is
//! too long; such a one is cut, so that it can be answered.

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use std::io::{Error, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

/// Bytes that are looked at in one go.
const PIECE: usize = 2048;
/// Bytes of the first line of a request; the parser takes a few more.
const LONGEST: usize = u16::MAX as usize - 1;
/// Bytes of a longer one that are read to its end.
const SKIPPED: usize = 1 << 20;

/// Whether the next bytes of a connection begin a request. Said by who knows: a wrong guess would change a body.
#[derive(Clone)]
pub struct Beginning(Arc<Flags>);

struct Flags {
    begins: AtomicBool,
    cut: AtomicBool,
}

impl Default for Beginning {
    /// A connection begins with a request.
    fn default() -> Self {
        Self(Arc::new(Flags { begins: AtomicBool::new(true), cut: AtomicBool::new(false) }))
    }
}

impl Beginning {
    /// A request has arrived; another follows it directly unless it has a body.
    pub fn follows(&self, has_body: bool) {
        self.0.begins.store(!has_body, Ordering::Relaxed);
    }

    /// Whether the target of the request is only the beginning of what was sent. Nothing may follow such a request.
    pub fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::Relaxed)
    }
}

/// Input of HTTP/1 whose request targets are URIs, whatever the client wrote; as long as the first line of a request comes
/// in one piece and directly follows a request without a body, which is what those do who type.
pub struct Targets<T> {
    inner: T,
    beginning: Beginning,
    line: Line,
    /// What was read and has not been taken yet.
    waiting: Vec<u8>,
}

/// Where the connection is in the first line of a request.
#[derive(Clone, Copy)]
enum Line {
    /// Not in one, as far as that is known.
    Elsewhere,
    /// After so many bytes of it.
    Within(usize),
    /// Behind what is kept of it, after so many bytes that are not.
    Behind(usize),
}

impl<T> Targets<T> {
    pub fn new(inner: T, beginning: Beginning) -> Self {
        Self { inner, beginning, line: Line::Elsewhere, waiting: Vec::new() }
    }

    fn hand_out(&mut self, mut buffer: ReadBufCursor<'_>) {
        let taken = self.waiting.len().min(buffer.remaining());
        buffer.put_slice(&self.waiting[..taken]);
        self.waiting.drain(..taken);
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
    }

    /// What is to be handed out of the next bytes of a line, and of what follows it.
    fn go_on(&mut self, bytes: &[u8]) -> Vec<u8> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let length = end.unwrap_or(bytes.len());
        match self.line {
            Line::Elsewhere => bytes.to_vec(),
            Line::Within(before) if before + length <= LONGEST => {
                self.line = if end.is_some() { Line::Elsewhere } else { Line::Within(before + length) };
                bytes.to_vec()
            }
            Line::Within(before) => {
                let (kept, rest) = bytes.split_at(LONGEST - before);
                self.line = Line::Behind(0);
                // It may be the version that is too much.
                let kept = kept.split(|byte| *byte == b' ').next().unwrap_or_default();
                [kept, &self.go_on(rest)].concat()
            }
            Line::Behind(skipped) => match end {
                Some(end) => {
                    self.line = Line::Elsewhere;
                    self.beginning.0.cut.store(true, Ordering::Relaxed);
                    [b" HTTP/1.1\r", &bytes[end..]].concat()
                }
                // The parser will end it.
                None if skipped > SKIPPED => bytes.to_vec(),
                None => {
                    self.line = Line::Behind(skipped + length);
                    Vec::new()
                }
            },
        }
    }
}

impl<T: Read + Unpin> Read for Targets<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        if !self.waiting.is_empty() {
            self.hand_out(buffer);
            return Poll::Ready(Ok(()));
        }
        let begins = self.beginning.0.begins.load(Ordering::Relaxed);
        if !begins && matches!(self.line, Line::Elsewhere) {
            return Pin::new(&mut self.inner).poll_read(context, buffer);
        }
        let mut piece = [0; PIECE];
        let bytes = loop {
            let mut read = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut self.inner).poll_read(context, read.unfilled()))?;
            let read = read.filled().len();
            if begins || read == 0 {
                break &piece[..read];
            }
            self.waiting = self.go_on(&piece[..read]);
            if !self.waiting.is_empty() {
                self.hand_out(buffer);
                return Poll::Ready(Ok(()));
            }
        };
        if bytes.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.beginning.0.begins.store(false, Ordering::Relaxed);
        let end = bytes.iter().position(|byte| *byte == b'\n');
        self.line = if end.is_none() && begins_request(bytes) { Line::Within(bytes.len()) } else { Line::Elsewhere };
        let (line, rest) = bytes.split_at(end.unwrap_or(0));
        match encoded(line).filter(|_| is_request(line)) {
            Some(line) => self.waiting = [&line, rest].concat(),
            None if bytes.len() > buffer.remaining() => self.waiting = bytes.to_vec(),
            None => {
                buffer.put_slice(bytes);
                return Poll::Ready(Ok(()));
            }
        }
        self.hand_out(buffer);
        Poll::Ready(Ok(()))
    }
}

/// Whether a line is the first one of a request, whole: `GET / HTTP/1.1`. It may also be a header, when a client sends
/// requests before their turn.
fn is_request(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let version = line.iter().rposition(|byte| *byte == b' ').map_or(line, |at| &line[at..]);
    begins_request(line) && matches!(version, b" HTTP/1.1" | b" HTTP/1.0")
}

fn begins_request(line: &[u8]) -> bool {
    let method = line.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    method > 0 && line[method..].starts_with(b" /")
}

/// A line with what no URI may hold percent-encoded; `None` where there is nothing of the kind.
fn encoded(line: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(line).is_ok();
    let foreign = |byte: u8| matches!(byte, b'"' | b'<' | b'>' | b'`') || (!text && !byte.is_ascii());
    if !line.iter().any(|byte| foreign(*byte)) {
        return None;
    }
    let mut out = Vec::with_capacity(line.len() + 64);
    for &byte in line {
        if foreign(byte) {
            out.extend_from_slice(percent_encoding::percent_encode_byte(byte).as_bytes());
        } else {
            out.push(byte);
        }
    }
    Some(out)
}

impl<T: Write + Unpin> Write for Targets<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// What comes out when the pieces go in one by one.
    fn through(pieces: &[&[u8]], beginning: &Beginning) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut client, server) = tokio::io::duplex(64 << 10);
            let mut targets = TokioIo::new(Targets::new(TokioIo::new(server), beginning.clone()));
            let write = async move {
                for piece in pieces {
                    client.write_all(piece).await.unwrap();
                    // The other side reads meanwhile.
                    tokio::task::yield_now().await;
                }
            };
            let read = async {
                let mut out = Vec::new();
                let mut buffer = [0; 7];
                loop {
                    match targets.read(&mut buffer).await.unwrap() {
                        0 => return out,
                        read => out.extend_from_slice(&buffer[..read]),
                    }
                }
            };
            let ((), out) = tokio::join!(write, read);
            String::from_utf8_lossy(&out).into_owned()
        })
    }

    #[test]
    fn only_the_target_is_encoded() {
        let request = b"GET /a?filter=(title>\"x\") HTTP/1.1\r\nX: <a>\r\n\r\n";
        let expected = "GET /a?filter=(title%3E%22x%22) HTTP/1.1\r\nX: <a>\r\n\r\n";
        assert_eq!(through(&[request], &Beginning::default()), expected);
        assert_eq!(through(&[b"GET /\xff HTTP/1.1\r\n\r\n"], &Beginning::default()), "GET /%FF HTTP/1.1\r\n\r\n");
        assert_eq!(through(&["GET /ü HTTP/1.1\r\n\r\n".as_bytes()], &Beginning::default()), "GET /ü HTTP/1.1\r\n\r\n");
    }

    #[test]
    fn a_target_that_is_too_long_is_cut() {
        let cut = |length: usize| {
            let target = "x".repeat(length);
            let request = format!("GET /{target} HTTP/1.0\r\nHost: a\r\n\r\n");
            let beginning = Beginning::default();
            let out = through(&[request.as_bytes()], &beginning);
            assert_eq!(out == request, !beginning.is_cut());
            assert!(out.ends_with("\r\nHost: a\r\n\r\n"));
            beginning.is_cut().then(|| out.split("\r\n").next().unwrap_or_default().to_owned())
        };
        assert_eq!(cut(LONGEST - 20), None);
        let line = cut(LONGEST).unwrap();
        assert!(line.starts_with("GET /") && line.ends_with(" HTTP/1.1") && line.len() <= LONGEST + 9);
        assert!(cut(200_000).is_some());
        // What is too much begins within the version.
        let line = cut(LONGEST - 10).unwrap();
        assert!(line.ends_with("x HTTP/1.1"));
    }

    #[test]
    fn nothing_else_is_touched() {
        for text in [
            "<html>",
            "get /< HTTP/1.1\r\n",
            "GET <",
            "",
            "PUT",
            "X-Name: \"a\"\r\n",
            "GET /<a>\r\n\r\n",
            "GET /< HTTP/1.1",
        ] {
            assert_eq!(through(&[text.as_bytes()], &Beginning::default()), text);
        }
        let beginning = Beginning::default();
        beginning.follows(true);
        assert_eq!(through(&[b"GET /< HTTP/1.1\r\n"], &beginning), "GET /< HTTP/1.1\r\n");
        beginning.follows(false);
        assert_eq!(through(&[b"GET /< HTTP/1.1\r\n"], &beginning), "GET /%3C HTTP/1.1\r\n");
    }
}
