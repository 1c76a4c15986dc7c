//! A body for the parser of multipart bodies, which takes whatever there is and looks through all of it again with each
//! piece that it gets. Where it looks for the head of a part it gets small pieces, and not many.

use bytes::Bytes;
use futures_util::Stream;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

/// Bytes of the head of a part, with all that comes before it.
const MAX_HEAD: usize = 64 << 10;
/// Bytes of a piece while a head is read.
const PIECE: usize = 8 << 10;
/// That no head is read.
const NO_HEAD: usize = usize::MAX;

/// Tells a [`Paced`] body what the parser is at.
#[derive(Clone)]
pub struct Pace {
    /// Bytes that the present head may still have.
    left: Arc<AtomicUsize>,
}

impl Pace {
    /// The head of a part is read from now on.
    pub fn begin_head(&self) {
        self.left.store(MAX_HEAD, Ordering::Relaxed);
    }

    /// The head was read.
    pub fn end_head(&self) {
        self.left.store(NO_HEAD, Ordering::Relaxed);
    }
}

/// A body that is given out as fast as it comes, but for the heads of its parts.
pub struct Paced<S> {
    body: Pin<Box<S>>,
    /// What came and was not given out yet.
    rest: Bytes,
    /// Whether the parser has just got a piece of a head, and must look at it before it gets the next.
    given: bool,
    pace: Pace,
}

impl<S> Paced<S> {
    pub fn new(body: S) -> (Self, Pace) {
        let pace = Pace { left: Arc::new(AtomicUsize::new(NO_HEAD)) };
        (Self { body: Box::pin(body), rest: Bytes::new(), given: false, pace: pace.clone() }, pace)
    }
}

impl<S: Stream<Item = io::Result<Bytes>>> Stream for Paced<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let left = self.pace.left.load(Ordering::Relaxed);
        if left != NO_HEAD && std::mem::take(&mut self.given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            match ready!(self.body.as_mut().poll_next(context)) {
                Some(Ok(bytes)) => self.rest = bytes,
                end => return Poll::Ready(end),
            }
        }
        if left == NO_HEAD {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.rest))));
        }
        let size = self.rest.len().min(PIECE);
        let Some(left) = left.checked_sub(size) else {
            return Poll::Ready(Some(Err(io::ErrorKind::FileTooLarge.into())));
        };
        self.pace.left.store(left, Ordering::Relaxed);
        self.given = true;
        Poll::Ready(Some(Ok(self.rest.split_to(size))))
    }
}
