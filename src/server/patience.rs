//! A connection that is given up when the other side takes nothing for too long.

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// How long a client may leave a full socket unread.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a client that has nothing more to say is taken to be listening.
const LISTENING: Duration = Duration::from_secs(3);
/// Bytes that are read at once while an answer is being worked out, when little or nothing comes.
const PIECE: usize = 512;

/// Input and output whose writes fail when none of them makes progress for [`PATIENCE`], and whose end of input is kept
/// back for a while when an answer is being worked out: a client that has nothing more to say may still listen. Most have
/// hung up, and what is done for them ends with the connection.
pub struct Patient<T> {
    inner: T,
    patience: Duration,
    answering: Answering,
    /// Runs from the first write that could not go on. Boxed and made only then: most connections never need it.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Runs from the end of input, where that is kept back.
    listening: Option<Pin<Box<Sleep>>>,
}

/// What is known of the answers of a connection.
#[derive(Clone, Default)]
pub struct Answering(Arc<Answers>);

#[derive(Default)]
struct Answers {
    /// Requests, read to their end, that wait for the head of their answer.
    waiting: AtomicUsize,
    /// Whether the client leaves a full socket unread.
    unread: AtomicBool,
}

impl Answering {
    /// Counts one more until the guard is dropped.
    pub fn begin(&self) -> impl Drop + Send + 'static {
        struct Guard(Answering);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.0.waiting.fetch_sub(1, Ordering::Relaxed);
            }
        }
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        Guard(self.clone())
    }

    fn any(&self) -> bool {
        self.0.waiting.load(Ordering::Relaxed) > 0
    }

    /// Whether what was answered waits for the client to read.
    pub fn is_unread(&self) -> bool {
        self.0.unread.load(Ordering::Relaxed)
    }
}

impl<T> Patient<T> {
    pub fn new(inner: T, answering: Answering) -> Self {
        Self { inner, patience: PATIENCE, answering, waiting: None, listening: None }
    }

    fn judge<R>(&mut self, context: &mut Context<'_>, written: Poll<Result<R, Error>>) -> Poll<Result<R, Error>> {
        if written.is_ready() {
            if self.waiting.take().is_some() {
                self.answering.0.unread.store(false, Ordering::Relaxed);
            }
            return written;
        }
        self.answering.0.unread.store(true, Ordering::Relaxed);
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<T: Read + Unpin> Read for Patient<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), Error>> {
        if !self.answering.any() {
            return Pin::new(&mut self.inner).poll_read(context, buffer);
        }
        let mut piece = [0; PIECE];
        let room = buffer.remaining().min(PIECE);
        let mut read = ReadBuf::new(&mut piece[..room]);
        ready!(Pin::new(&mut self.inner).poll_read(context, read.unfilled()))?;
        if read.filled().is_empty() && room > 0 {
            // The answer wakes the task that asks here, and then it is asked again.
            let listening = self.listening.get_or_insert_with(|| Box::pin(tokio::time::sleep(LISTENING)));
            ready!(listening.as_mut().poll(context));
        }
        buffer.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl<T: Write + Unpin> Write for Patient<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let shut = Pin::new(&mut self.inner).poll_shutdown(context);
        self.judge(context, shut)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.judge(context, written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::rt::TokioIo;

    #[tokio::test(start_paused = true)]
    async fn a_write_that_nobody_reads_fails_after_a_while() {
        let (near, far) = tokio::io::duplex(16);
        let mut io = Patient::new(TokioIo::new(near), Answering::default());
        let written = std::future::poll_fn(|context| Pin::new(&mut io).poll_write(context, &[0; 16])).await;
        assert_eq!(written.unwrap(), 16);
        let started = Instant::now();
        let refused = std::future::poll_fn(|context| Pin::new(&mut io).poll_write(context, &[0; 16])).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(started.elapsed() >= PATIENCE);
        drop(far);
    }

    #[tokio::test]
    async fn the_end_of_input_waits_for_the_answer() {
        let (near, mut far) = tokio::io::duplex(16);
        let answering = Answering::default();
        let mut io = Patient::new(TokioIo::new(near), answering.clone());
        let guard = answering.begin();
        tokio::io::AsyncWriteExt::write_all(&mut far, b"next").await.unwrap();
        drop(far);
        let mut space = [0; 8];
        let mut read = async |io: &mut Patient<_>| {
            let mut buffer = ReadBuf::new(&mut space);
            let polled = std::future::poll_fn(|context| {
                Poll::Ready(Pin::new(&mut *io).poll_read(context, buffer.unfilled()).map(Result::unwrap))
            });
            polled.await.map(|()| buffer.filled().to_vec())
        };
        assert_eq!(read(&mut io).await, Poll::Ready(b"next".to_vec()));
        assert_eq!(read(&mut io).await, Poll::Pending);
        drop(guard);
        assert_eq!(read(&mut io).await, Poll::Ready(Vec::new()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_input_does_not_wait_long_for_an_answer() {
        let (near, far) = tokio::io::duplex(16);
        let answering = Answering::default();
        let mut io = Patient::new(TokioIo::new(near), answering.clone());
        let _guard = answering.begin();
        drop(far);
        let started = Instant::now();
        let mut space = [0; 8];
        let mut buffer = ReadBuf::new(&mut space);
        let ended = std::future::poll_fn(|context| Pin::new(&mut io).poll_read(context, buffer.unfilled()));
        tokio::time::timeout(2 * LISTENING, ended).await.expect("an end").unwrap();
        assert!(buffer.filled().is_empty() && started.elapsed() >= LISTENING);
    }
}
