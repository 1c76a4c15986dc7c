//! Multipart bodies, read as they arrive: files go to disk while the client still sends.

use super::ApiError;
use super::context::blocking;
use super::disposition::Disposition;
use super::paced::Paced;
use crate::files::{Incoming, Spool, is_full};
use axum::body::Body as HttpBody;
use axum::http::header;
use bytes::Bytes;
use futures_util::Stream;
use http_body_util::BodyExt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// Parts of a body.
const MAX_PARTS: usize = 1000;
/// Bytes of the files of one body that stay in memory.
const IN_MEMORY: usize = 4 << 20;

/// A body that is counted while it is read.
#[derive(Clone)]
pub struct Counted {
    state: Arc<Mutex<State>>,
}

struct State {
    body: HttpBody,
    /// Bytes that may still come.
    left: u64,
    exceeded: bool,
    began: bool,
}

impl Counted {
    /// A body of at most so many bytes.
    pub fn new(body: HttpBody, limit: u64) -> Self {
        Self { state: Arc::new(Mutex::new(State { body, left: limit, exceeded: false, began: false })) }
    }

    /// Whether there was more than allowed.
    pub fn exceeded(&self) -> bool {
        self.lock().exceeded
    }

    /// Whether there was nothing at all.
    pub fn is_empty(&self) -> bool {
        !self.lock().began
    }

    /// What was not read yet.
    pub fn rest(&self) -> HttpBody {
        std::mem::replace(&mut self.lock().body, HttpBody::empty())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for Counted {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.lock();
        if state.exceeded {
            return Poll::Ready(None);
        }
        let mut frame = std::pin::pin!(state.body.frame());
        let frame = match frame.as_mut().poll(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(Some(Ok(frame))) => frame,
        };
        let bytes = frame.into_data().unwrap_or_default();
        state.began |= !bytes.is_empty();
        match state.left.checked_sub(bytes.len() as u64) {
            Some(left) => state.left = left,
            None => {
                state.exceeded = true;
                return Poll::Ready(Some(Err(io::ErrorKind::FileTooLarge.into())));
            }
        }
        Poll::Ready(Some(Ok(bytes)))
    }
}

/// A part of a body.
pub enum Part {
    Text { key: String, text: String },
    File { key: String, name: String, content: Incoming },
}

/// Reads all parts. Files whose keys are not wanted are read over; the others are kept by the spool. The texts, with the
/// names of all parts, may have so many bytes.
///
/// # Errors
/// 400 for what is no multipart body or has too much beside its files, 507 when the disk is full.
pub async fn read(
    content_type: &str,
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    texts: u64,
    spool: Option<&Spool>,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Part>, ApiError> {
    let malformed = |_| ApiError::generic();
    let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
    let (body, pace) = Paced::new(body);
    let mut multipart = multer::Multipart::new(body, boundary);
    let mut parts = Vec::new();
    let mut texts = Allowance(texts);
    let (mut count, mut in_memory) = (0, 0);
    loop {
        pace.begin_head();
        let part = multipart.next_field().await.map_err(malformed)?;
        pace.end_head();
        let Some(mut part) = part else { return Ok(parts) };
        count += 1;
        if count > MAX_PARTS {
            return Err(ApiError::generic());
        }
        let disposition = part.headers().get(header::CONTENT_DISPOSITION).map_or(&b""[..], |value| value.as_bytes());
        let Disposition { name: key, file } = Disposition::parse(disposition);
        if key.is_empty() {
            while part.chunk().await.map_err(malformed)?.is_some() {}
            continue;
        }
        texts.take(key.len() + file.as_ref().map_or(0, String::len))?;
        let Some(name) = file else {
            let mut content = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(malformed)? {
                texts.take(chunk.len())?;
                content.extend_from_slice(&chunk);
            }
            let text = String::from_utf8(content).map_err(|_| ApiError::generic())?;
            parts.push(Part::Text { key, text });
            continue;
        };
        let Some(spool) = spool.filter(|_| wanted(&key)) else {
            while part.chunk().await.map_err(malformed)?.is_some() {}
            continue;
        };
        let mut writer = spool.begin();
        while let Some(chunk) = part.chunk().await.map_err(malformed)? {
            if writer.push(&chunk) {
                writer = blocking(move || writer.flush().map(|()| writer)).await?.map_err(refused)?;
            }
        }
        let content = match writer.in_memory() {
            Some(size) if in_memory + size <= IN_MEMORY => {
                in_memory += size;
                writer.finish()
            }
            _ => blocking(move || writer.flush().and_then(|()| writer.finish())).await?,
        };
        parts.push(Part::File { key, name, content: content.map_err(refused)? });
    }
}

/// Bytes that may still be taken into memory.
struct Allowance(u64);

impl Allowance {
    fn take(&mut self, bytes: usize) -> Result<(), ApiError> {
        self.0 = self.0.checked_sub(bytes as u64).ok_or_else(ApiError::generic)?;
        Ok(())
    }
}

fn refused(error: io::Error) -> ApiError {
    if is_full(&error) { ApiError::no_space(error.to_string()) } else { ApiError::internal(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    const TYPE: &str = "multipart/form-data; boundary=b";

    /// The parts as text, however the body is cut into pieces.
    fn parts(body: &[u8], cut: usize, spool: &Spool) -> Option<Vec<String>> {
        let chunks: Vec<io::Result<Bytes>> = body.chunks(cut).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let reading = read(TYPE, futures_util::stream::iter(chunks), 1 << 20, Some(spool), |key| key == "file");
        let parts = runtime.block_on(reading).ok()?;
        let shown = parts.iter().map(|part| match part {
            Part::Text { key, text } => format!("{key}={text}"),
            Part::File { key, name, content } => {
                let mut bytes = Vec::new();
                content.source().reader().unwrap().0.read_to_end(&mut bytes).unwrap();
                format!("{key}@{name}={bytes:?}")
            }
        });
        Some(shown.collect())
    }

    fn body(text: &str, content: &[u8]) -> Vec<u8> {
        let head = format!(
            "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"other\"; filename=\"x\"\r\n\r\nnot wanted\r\n\
             --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a/b.bin\"\r\n\r\n"
        );
        [head.as_bytes(), content, b"\r\n--b--\r\n"].concat()
    }

    #[test]
    fn small_files_of_many_parts_do_not_pile_up_in_memory() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::new(dir.path().join("spool"));
        let part = [
            &b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"[..],
            &[7; 200 << 10],
            b"\r\n",
        ]
        .concat();
        let body = [part.repeat(40), b"--b--\r\n".to_vec()].concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let stream = futures_util::stream::iter([Ok(Bytes::from(body))]);
        let parts = runtime.block_on(read(TYPE, stream, 1 << 20, Some(&spool), |_| true)).unwrap();
        let files = std::fs::read_dir(dir.path().join("spool")).unwrap().count();
        assert_eq!((parts.len(), files), (40, 20));
        drop(parts);
        assert_eq!(std::fs::read_dir(dir.path().join("spool")).unwrap().count(), 0);
    }

    #[test]
    fn heads_and_texts_are_bounded_however_they_come() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let taken = std::cell::Cell::new(0);
        let read_all = |head: usize, text: usize, cut: usize| {
            let body = format!(
                "--b\r\nX-A: {}\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\n{}\r\n--b--\r\n",
                "a".repeat(head),
                "b".repeat(text),
            );
            taken.set(0);
            let chunks: Vec<_> = body.as_bytes().chunks(cut).map(Bytes::copy_from_slice).collect();
            let counter = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let counted = std::sync::Arc::clone(&counter);
            let stream = futures_util::stream::iter(chunks.into_iter().map(move |chunk| {
                counted.fetch_add(chunk.len(), std::sync::atomic::Ordering::Relaxed);
                Ok(chunk)
            }));
            let parts = runtime.block_on(read(TYPE, stream, 100_000, None, |_| false));
            taken.set(counter.load(std::sync::atomic::Ordering::Relaxed));
            parts.is_ok()
        };
        for cut in [100, 10_000, 10_000_000] {
            assert!(read_all(50_000, 99_000, cut), "{cut}");
            assert!(!read_all(70_000, 1, cut) && !read_all(1, 100_001, cut), "{cut}");
        }
        // No more of it is read than may be.
        assert!(!read_all(1_000_000, 1, 100) && taken.get() <= (64 << 10) + 100, "{}", taken.get());
    }

    proptest! {
        #[test]
        fn where_a_body_is_cut_makes_no_difference(
            text in "[ -~]{0,20}",
            content in prop::collection::vec(any::<u8>(), 0..300),
            cut in 1_usize..100,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let spool = Spool::new(dir.path().to_owned());
            let body = body(&text, &content);
            let expected = vec![format!("text={text}"), format!("file@b.bin={content:?}")];
            prop_assert_eq!(parts(&body, cut, &spool), Some(expected));
        }

        #[test]
        fn any_bytes_are_parts_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0_usize..300) {
            let dir = tempfile::tempdir().unwrap();
            let spool = Spool::new(dir.path().to_owned());
            let mut body = body("text", b"content");
            let at = at.min(body.len());
            body.splice(at..at, bytes);
            let _ = parts(&body, 64, &spool);
        }
    }
}
